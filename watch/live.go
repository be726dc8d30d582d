package watch

import (
	"context"
	"fmt"

	"golang.org/x/sync/errgroup"
	"k8s.io/client-go/rest"

	"github.com/probetop/probetop/model"
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
}

var _ Source = (*Live)(nil)

// NewLive returns a source that reads the scope of the cluster that cfg points to. It sends nothing.
func NewLive(cfg *rest.Config, scope Scope) (*Live, error) {
	plans, err := scope.plans()
	if err != nil {
		return nil, err
	}
	c, err := newClient(cfg)
	if err != nil {
		return nil, fmt.Errorf("preparing the client: %w", err)
	}
	return &Live{client: c, plans: plans}, nil
}

// Run emits what the cluster says until ctx ends, and then returns nil. The first changes announce every
// stream as syncing. A stream that fails says so and is tried again; it never stops the others.
func (l *Live) Run(ctx context.Context, emit func(model.Change)) error {
	streams := make([]*stream, len(l.plans))
	for i, p := range l.plans {
		streams[i] = newStream(l.client, p, emit)
		streams[i].health.syncing()
	}
	var group errgroup.Group
	for _, s := range streams {
		group.Go(func() error {
			s.run(ctx)
			return nil
		})
	}
	return group.Wait()
}
