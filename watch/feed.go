package watch

import (
	"context"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/probetop/probetop/model"
)

// DefaultFrame is the least time between two snapshots that people can follow.
const DefaultFrame = 100 * time.Millisecond

const (
	// backlog is how many changes may wait for the fold before emitters do.
	backlog = 1024
	// tick is how often the fold is told that time has passed.
	tick = time.Second
)

// Feed folds the changes of its sources into a cluster and publishes snapshots of it.
type Feed struct {
	// immutable after NewFeed
	interval time.Duration
	changes  chan model.Change
	*publisher
	// Clock tells how time passes for the model; it may be set before Run.
	Clock Clock
	// Each is called for every change of a row, in order, one change of the cluster after the other, where a snapshot has
	// only what came of several. It may be set before Run; nil costs nothing.
	Each func(model.RowChange)
}

// NewFeed returns a feed that publishes at most one snapshot an interval; zero means DefaultFrame. Until Run
// has heard something, its snapshot is the empty one with sequence number 0.
func NewFeed(interval time.Duration) *Feed {
	if interval <= 0 {
		interval = DefaultFrame
	}
	return &Feed{
		interval:  interval,
		changes:   make(chan model.Change, backlog),
		publisher: newPublisher(),
	}
}

// Run folds what the sources emit. A change that can be seen is published at once when nothing was published
// for an interval, and together with those after it otherwise; nothing is published when nothing changed. Run
// returns when ctx ends, or when every source has ended and the rest is published; by then all it started has
// ended. The error is the first that a source returned. Run must be called once.
func (f *Feed) Run(ctx context.Context, sources ...Source) error {
	defer f.end()
	group, ctx := errgroup.WithContext(ctx)
	emit := func(ch model.Change) {
		select {
		case f.changes <- ch:
		case <-ctx.Done():
		}
	}
	for _, s := range sources {
		group.Go(Catch(func() error { return s.Run(ctx, emit) }))
	}
	quiet := make(chan error, 1)
	go func() { quiet <- group.Wait() }()
	return f.fold(quiet)
}

// fold applies changes and publishes snapshots until the sources are quiet. It goes on while they end, so
// that none of them waits for it.
func (f *Feed) fold(quiet <-chan error) error {
	cluster := model.NewCluster()
	cluster.Observe(f.Each)
	clock := time.NewTicker(tick)
	defer clock.Stop()
	next := time.NewTimer(f.interval) // runs while a snapshot is too fresh to be followed by another
	defer next.Stop()
	next.Stop()
	fresh := false
	for {
		select {
		case ch := <-f.changes:
			f.apply(cluster, ch)
			f.drain(cluster)
		case <-clock.C:
			cluster.Apply(model.Change{At: f.Clock.now()})
		case <-next.C:
			fresh = false
		case err := <-quiet:
			f.drain(cluster)
			f.show(cluster)
			return err
		}
		if !fresh && f.show(cluster) {
			fresh = true
			next.Reset(f.interval)
		}
	}
}

// show publishes what the cluster is now. It reports false when nothing has changed.
func (f *Feed) show(c *model.Cluster) bool {
	s := c.Snapshot()
	return s.Seq > 0 && f.publish(s)
}

// drain applies the changes that are waiting now.
func (f *Feed) drain(c *model.Cluster) {
	for range len(f.changes) {
		f.apply(c, <-f.changes)
	}
}

// apply folds a change.
func (f *Feed) apply(c *model.Cluster, ch model.Change) {
	c.Apply(ch)
	if f.Each != nil {
		c.Settle()
	}
}
