package watch

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
)

const (
	// beat is how often the silence is looked at.
	beat = 500 * time.Millisecond
	// askAfter is how long nothing may be heard before the server is asked whether it is there, and askAnyway how long it is
	// not asked while something is heard: that may be late, and how late shows in how long an answer takes.
	askAfter, askAnyway = 2 * time.Second, 3 * time.Second
	// askAgain is the least time between two such requests.
	askAgain = time.Second
	// silentAfter is how long nothing may be heard, and unanswered how long a request may take, before the silence is told.
	silentAfter, unanswered = 4 * time.Second, 2 * time.Second
	// muteAfter is how long it may last before the sources count as stale, and the connections are given up.
	muteAfter = 9 * time.Second
	// slowAnswer is how long an answer takes that is told.
	slowAnswer = 1500 * time.Millisecond
)

// errSilent is why sources are stale whose watches look open.
var errSilent = errors.New("the server does not answer")

// audience hears how the server is heard. Its methods are called by one goroutine at a time.
type audience interface {
	// listens reports whether it believes that it would be told what happens.
	listens() bool
	// silent says that nothing has been heard since then, although the server was asked.
	silent(since time.Time)
	// mute says that this has lasted too long.
	mute(since time.Time)
	// audible says that the server is heard, and what there is to remark about it; empty for nothing.
	audible(remark string)
}

// pulse finds out whether the server is still there while nothing happens: a connection that has frozen looks like a cluster
// in which nothing changes. When nothing was heard for a while it sends a request that costs the server nothing.
type pulse struct {
	// immutable after newPulse
	ask   func(context.Context) error
	lines *lines
	began time.Time
	heard atomic.Int64 // when something was heard last, since began
	late  atomic.Int64 // how long the last answer has taken, or takes so far

	mu       sync.Mutex
	audience []audience // guarded by mu

	// owned by run
	answers chan error
	asked   time.Time // when the last request was sent
	asking  bool      // it is not answered
	said    pulseState
	remark  string
	cut     time.Time // when connections were given up last
}

// pulseState is how the server is heard.
type pulseState uint8

const (
	audible pulseState = iota
	silent
	mute
)

func newPulse(ask func(context.Context) error, l *lines) *pulse {
	return &pulse{ask: ask, lines: l, began: time.Now(), answers: make(chan error, 1)}
}

// hear notes that the server has said something.
func (p *pulse) hear() {
	now := int64(time.Since(p.began))
	for {
		was := p.heard.Load()
		if now <= was || p.heard.CompareAndSwap(was, now) {
			return
		}
	}
}

// last returns when something was heard last.
func (p *pulse) last() time.Time { return p.began.Add(time.Duration(p.heard.Load())) }

// underWay is how long ago what arrives now may have been sent.
func (p *pulse) underWay() time.Duration { return max(time.Duration(p.late.Load()), unanswered) }

// attend makes a hear how the server is heard.
func (p *pulse) attend(a audience) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.audience = append(p.audience, a)
}

// run watches over the silence until ctx ends. It returns when the last request has ended.
func (p *pulse) run(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	var asking sync.WaitGroup
	defer asking.Wait()
	defer cancel()
	p.hear()
	p.asked = time.Now()
	tick := time.NewTicker(beat)
	defer tick.Stop()
	for {
		select {
		case err := <-p.answers:
			p.asking = false
			p.answered(err)
		case <-tick.C:
		case <-ctx.Done():
			return
		}
		if p.due() && p.attended() {
			p.asked, p.asking = time.Now(), true
			asking.Go(func() { p.answers <- p.ask(ctx) })
		}
		p.look()
	}
}

// due reports whether the server is to be asked now.
func (p *pulse) due() bool {
	since := time.Since(p.asked)
	return !p.asking && (since >= askAnyway || since >= askAgain && time.Since(p.last()) >= askAfter)
}

// attended reports whether there is a listener at all. Streams that know that they hear nothing ask for themselves.
func (p *pulse) attended() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.ContainsFunc(p.audience, audience.listens)
}

// answered takes an answer. One that was not wanted will do: the server has said it.
func (p *pulse) answered(err error) {
	var status apierrors.APIStatus
	if err != nil && !errors.As(err, &status) {
		return
	}
	p.hear()
	remark, took := "", time.Since(p.asked)
	p.late.Store(int64(took))
	if took >= slowAnswer {
		remark = fmt.Sprintf("the API server takes %.0f s to answer", took.Seconds())
	}
	if remark != p.remark {
		p.remark = remark
		p.tell(func(a audience) { a.audible(remark) })
	}
}

// look tells when the silence has become another.
func (p *pulse) look() {
	state, since := p.state()
	if p.asking {
		p.late.Store(max(p.late.Load(), int64(time.Since(p.asked))))
	}
	if state == mute && p.lines.silence() >= muteAfter && time.Since(p.cut) >= muteAfter {
		p.cut = time.Now()
		p.lines.cut()
	}
	if state == p.said {
		return
	}
	p.said = state
	p.tell(func(a audience) {
		switch state {
		case silent:
			a.silent(since)
		case mute:
			a.mute(since)
		default:
			a.audible(p.remark)
		}
	})
}

// state returns how the server is heard, and since when it is not. What is heard while a request waits for its answer may be late.
func (p *pulse) state() (pulseState, time.Time) {
	since := p.last()
	silence, limit := time.Since(since), silentAfter
	if p.asking && time.Since(p.asked) >= unanswered {
		limit = unanswered
		if p.asked.Before(since) {
			since, silence = p.asked, time.Since(p.asked)
		}
	}
	switch {
	case silence >= muteAfter:
		return mute, since
	case silence >= limit:
		return silent, since
	}
	return audible, since
}

func (p *pulse) tell(f func(audience)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, a := range p.audience {
		f(a)
	}
}
