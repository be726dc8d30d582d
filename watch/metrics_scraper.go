package watch

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"sync"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/probetop/probetop/model"
)

const (
	// scrapesAtATime bounds the requests that are not answered yet.
	scrapesAtATime = 4
	// nodesAtATime bounds the nodes that are read in turn, and nodeTurn is how long the turn of these lasts.
	nodesAtATime = 100
	nodeTurn     = time.Minute
	// scrapeTimeout bounds a request with its answer.
	scrapeTimeout = 5 * time.Second
	// shortestRest and longestRest bound the time between two requests to a kubelet.
	shortestRest = time.Second
	longestRest  = 30 * time.Second
	// scrapePause is how long a kubelet rests at most that fails, and refusedPause how long one rests that we
	// have no permission for.
	scrapePause  = time.Minute
	refusedPause = 5 * time.Minute
	// scrapePatience is how often in a row a kubelet may fail before its counters are forgotten.
	scrapePatience = 2
)

// scraper asks kubelets for their counters, each in its time. All of it belongs to run.
type scraper struct {
	client   *client
	clock    Clock
	snapshot func() *model.Snapshot
	emit     func(model.Change)
	health   *health

	answers chan scrape
	pending sync.WaitGroup
	flying  int // requests that are not answered

	seen    *model.Snapshot // the snapshot that targets are about
	looked  time.Time       // when it was looked at
	nodes   int             // how many nodes there are to read, in turn
	turn    time.Time       // when the turn of the present ones began
	from    int             // the first of them
	targets map[string]*target
	order   []*target
	// rests is until when no kubelet is asked. Until one has answered, one request is sent at a time.
	rests    time.Time
	answered bool
	throttle time.Duration
}

// target is a node whose kubelet is asked.
type target struct {
	roll     *roll
	next     time.Time
	busy     bool
	tried    bool
	told     bool // the model has counters of it
	failures int  // in a row
	err      error
}

// scrape is the answer of a kubelet.
type scrape struct {
	target   *target
	counters *model.Counters
	err      error
}

func newScraper(c *client, clock Clock, snapshot func() *model.Snapshot, emit func(model.Change)) *scraper {
	return &scraper{
		client: c, clock: clock, snapshot: snapshot, emit: emit, answers: make(chan scrape), targets: map[string]*target{},
		health: &health{stream: metricsStream, clock: clock, source: model.Source{Kind: model.KubeletMetrics}, emit: emit},
	}
}

// run asks until ctx ends. It returns when every request has ended.
func (s *scraper) run(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	defer s.pending.Wait()
	defer cancel()
	s.health.syncing()
	wake := time.NewTimer(0)
	defer wake.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case a := <-s.answers:
			s.hear(a, time.Now())
		case <-wake.C:
		}
		s.look(time.Now())
		s.tellState()
		wake.Reset(s.send(ctx, time.Now()))
	}
}

// send asks the kubelets whose time has come, and returns when it must be called again at the latest.
func (s *scraper) send(ctx context.Context, now time.Time) time.Duration {
	atATime, wait := scrapesAtATime, s.pause()
	if !s.answered {
		atATime = 1
	}
	if now.Before(s.rests) {
		return min(wait, s.rests.Sub(now))
	}
	for _, t := range s.order {
		switch due := t.next.Sub(now); {
		case t.busy:
		case s.flying == atATime:
			return wait // an answer comes first
		case due > 0:
			wait = min(wait, due)
		default:
			t.busy, s.flying = true, s.flying+1
			wanted := t.roll // which is replaced while the request is under way
			s.pending.Go(func() { s.ask(ctx, t, wanted) })
		}
	}
	return wait
}

// ask sends one request and hands the answer to run. It is the one thing that other goroutines do.
func (s *scraper) ask(ctx context.Context, t *target, r *roll) {
	counters, err := s.client.counters(ctx, s.clock, r)
	select {
	case s.answers <- scrape{t, counters, err}:
	case <-ctx.Done():
	}
}

// counters asks a kubelet for its counters. When they are heard is for the caller to say.
func (c *client) counters(ctx context.Context, clock Clock, r *roll) (*model.Counters, error) {
	ctx, cancel := context.WithTimeout(ctx, scrapeTimeout)
	defer cancel()
	f := &model.Counters{Node: r.node, Asked: clock.now()}
	body, err := c.core.Get().Resource("nodes").Name(r.node).SubResource("proxy").Suffix("metrics/probes").
		SetHeader("Accept", "text/plain;version=0.0.4,application/json;q=0.5").MaxRetries(0).Stream(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { _ = body.Close() }()
	tally := r.tally()
	text := metricsText{count: tally.count}
	if err := text.read(body); err != nil {
		return nil, fmt.Errorf("reading the counters of node %q: %w", r.node, cutOff(ctx, err))
	}
	f.Started, f.Pods = text.started, tally.pods
	f.Sort()
	return f, nil
}

// cutOff returns why a body could not be read to its end.
func cutOff(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return errCutOff
	}
	return err
}

// hear takes the answer of a kubelet.
func (s *scraper) hear(a scrape, now time.Time) {
	t := a.target
	s.flying--
	t.busy, t.tried, t.err = false, true, a.err
	if s.targets[t.roll.node] != t {
		return // its turn is over
	}
	if a.err != nil {
		s.fail(t, now)
		return
	}
	s.answered, s.throttle, t.failures, t.told = true, 0, 0, true
	a.counters.At = s.clock.now()
	s.emit(model.Change{At: a.counters.At, Stream: metricsStream, Fact: a.counters})
	t.next = now.Add(t.rest())
}

// rest is how long to wait after an answer: half the shortest period, so that no two results of a probe fall
// between two looks, and a little more, so that kubelets are not asked all at once.
func (t *target) rest() time.Duration {
	d := min(max(t.roll.period/2, shortestRest), longestRest)
	if t.roll.period == 0 {
		d = longestRest
	}
	return d + rand.N(d/8)
}

// fail decides when a kubelet that did not answer is asked again.
func (s *scraper) fail(t *target, now time.Time) {
	t.failures++
	forbidden := apierrors.IsForbidden(t.err)
	if t.told && (t.failures >= scrapePatience || forbidden) {
		s.forget(t)
	}
	switch {
	case forbidden:
		t.next = now.Add(refusedPause + rand.N(refusedPause/8))
		if !s.anyTold() {
			s.answered, s.rests = false, t.next
		}
	case apierrors.IsTooManyRequests(t.err):
		s.throttle = min(max(2*s.throttle, scrapeTimeout), scrapePause)
		if seconds, ok := apierrors.SuggestsClientDelay(t.err); ok {
			s.throttle = max(s.throttle, time.Duration(seconds)*time.Second)
		}
		s.rests, t.next = now.Add(s.throttle), now.Add(s.throttle)
	default:
		t.next = now.Add(min(t.rest()<<min(t.failures, 6), scrapePause))
	}
}

func (s *scraper) anyTold() bool {
	for _, t := range s.order {
		if t.told {
			return true
		}
	}
	return false
}

// forget tells that the counters of a node are not read any more.
func (s *scraper) forget(t *target) {
	t.told = false
	s.emit(model.Change{At: s.clock.now(), Stream: metricsStream, Gone: true, Fact: &model.Counters{Node: t.roll.node}})
}

// pause is how long to wait at most before looking for nodes again.
func (s *scraper) pause() time.Duration {
	if s.health.current().State == model.SourceSyncing {
		return DefaultFrame
	}
	return shortestRest
}

// look finds out which nodes are to be read.
func (s *scraper) look(now time.Time) {
	if now.Sub(s.looked) < s.pause() {
		return
	}
	snapshot := s.snapshot()
	turned := s.nodes > nodesAtATime && now.Sub(s.turn) >= nodeTurn
	if snapshot == s.seen && !turned {
		return
	}
	s.seen, s.looked = snapshot, now
	all := rolls(snapshot)
	if turned {
		s.from += nodesAtATime
	}
	if turned || s.nodes <= nodesAtATime {
		s.turn = now
	}
	s.nodes = len(all)
	s.aim(s.present(all))
}

// present returns the nodes whose turn it is.
func (s *scraper) present(all []*roll) []*roll {
	if len(all) <= nodesAtATime {
		return all
	}
	s.from %= len(all)
	twice := append(all[s.from:len(all):len(all)], all...)
	return twice[:nodesAtATime]
}

// aim makes the targets those of the rolls.
func (s *scraper) aim(list []*roll) {
	before := s.targets
	s.targets, s.order = make(map[string]*target, len(list)), s.order[:0]
	for _, r := range list {
		t := before[r.node]
		if t == nil {
			t = &target{}
		}
		t.roll = r
		s.targets[r.node], s.order = t, append(s.order, t)
	}
	for node, t := range before {
		if s.targets[node] == nil && t.told {
			s.forget(t)
		}
	}
}

// settled reports whether the nodes to read are those of a snapshot that has every pod.
func (s *scraper) settled() bool {
	pods := s.seen.Source(model.Pods)
	return pods.State != model.SourceOff && pods.Settled()
}

// tellState tells how far the source can be believed.
func (s *scraper) tellState() {
	tried, failing, forbidden := 0, 0, 0
	var err error
	for _, t := range s.order {
		if t.tried {
			tried++
		}
		if t.err != nil {
			failing, err = failing+1, cmp.Or(err, t.err)
		}
		if apierrors.IsForbidden(t.err) {
			forbidden++
		}
	}
	state, text := model.SourceSynced, ""
	switch {
	case forbidden > 0 && !s.answered:
		state, text = model.SourceForbidden, plain(err)
	case failing > 0 && failing == len(s.order):
		state, text = model.SourceStale, plain(err)
	case s.health.current().State == model.SourceSyncing && (tried < len(s.order) || !s.settled()):
		return
	case failing > 0:
		text = fmt.Sprintf("%d of %d nodes do not answer: %s", failing, len(s.order), plain(err))
	case s.nodes > len(s.order):
		text = fmt.Sprintf("%d of %d nodes at a time", len(s.order), s.nodes)
	}
	s.health.locked(func() { s.health.enterLocked(state, text) })
}
