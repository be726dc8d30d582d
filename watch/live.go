package watch

import (
	"context"
	"fmt"
	"sync"

	"golang.org/x/sync/errgroup"
	"k8s.io/client-go/rest"

	"github.com/probetop/probetop/model"
	"github.com/probetop/probetop/recording/mask"
)

// Source is where changes come from. Run emits them until ctx ends or there are no more, and returns after
// everything it started has ended. It may call emit from several goroutines at a time, and not after it has
// returned.
type Source interface {
	Run(ctx context.Context, emit func(model.Change)) error
}

// Live reads a cluster through its API server.
type Live struct {
	// immutable after NewLive
	client *client
	plans  []plan
	pulse  *pulse
	// Clock tells when something is heard; it may be set before Run.
	Clock Clock
	// Mask says how what the cluster says is masked; it may be set before Run.
	Mask mask.Policy

	mu sync.Mutex
	// guarded by mu
	recorder Recorder
	streams  []*stream // those that run
}

var _ Source = (*Live)(nil)

// NewLive returns a source that reads the scope of the cluster that cfg points to. A page of a list that takes longer
// than cfg.Timeout, and than a minute, is given up and asked for again. It sends nothing.
func NewLive(cfg *rest.Config, scope Scope) (*Live, error) {
	plans, err := scope.plans()
	if err != nil {
		return nil, err
	}
	cfg = rest.CopyConfig(cfg)
	connections := newLines(cfg.Dial)
	cfg.Dial = connections.connect
	c, err := newClient(cfg)
	if err != nil {
		return nil, fmt.Errorf("preparing the client: %w", err)
	}
	c.timeout = max(c.timeout, pagePatience)
	return &Live{client: c, plans: plans, pulse: newPulse(c.ping, connections)}, nil
}

// Run emits what the cluster says until ctx ends, and then returns nil. The first changes announce every
// stream as syncing. A stream that fails says so and is tried again; it never stops the others.
func (l *Live) Run(ctx context.Context, emit func(model.Change)) error {
	group, ctx := errgroup.WithContext(ctx)
	streams := l.start(emit)
	group.Go(Catch(func() error {
		l.pulse.run(ctx)
		return nil
	}))
	for _, s := range streams {
		group.Go(Catch(func() error {
			s.run(ctx)
			return nil
		}))
	}
	return group.Wait()
}

// start makes the streams and announces them.
func (l *Live) start(emit func(model.Change)) []*stream {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, p := range l.plans {
		s := newStream(l.client, p, l.Clock, l.pulse, masked(l.Mask, emit))
		s.facts.policy = l.Mask
		l.pulse.attend(s.health)
		s.want(l.recorder)
		s.health.syncing()
		l.streams = append(l.streams, s)
	}
	return l.streams
}

// Record makes r hear everything that is read, beginning with a new list of each stream; nil ends that. While
// nothing is recorded, recording costs nothing. A stream tells r nothing after its Run has returned.
func (l *Live) Record(r Recorder) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.recorder = r
	for _, s := range l.streams {
		s.record(r)
	}
}

// masked returns emit for sources whose errors may have secrets in them.
func masked(policy mask.Policy, emit func(model.Change)) func(model.Change) {
	return func(ch model.Change) {
		if s, ok := ch.Fact.(*model.Source); ok && s.Error != "" {
			told := *s
			told.Error = policy.Text(s.Error)
			ch.Fact = &told
		}
		emit(ch)
	}
}
