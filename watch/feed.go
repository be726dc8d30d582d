package watch

import (
	"context"
	"errors"
	"sync/atomic"
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

// ErrEnded is returned by Reader.Next when the feed has ended and the reader has seen its last snapshot.
var ErrEnded = errors.New("the feed has ended")

// Feed folds the changes of its sources into a cluster and publishes snapshots of it.
type Feed struct {
	// immutable after NewFeed
	interval time.Duration
	changes  chan model.Change
	ended    chan struct{}
	// current is the latest snapshot.
	current atomic.Pointer[frame]
}

// frame is a published snapshot; superseded is closed when there is a newer one.
type frame struct {
	snapshot   *model.Snapshot
	superseded chan struct{}
}

// NewFeed returns a feed that publishes at most one snapshot an interval; zero means DefaultFrame. Until Run
// has heard something, its snapshot is the empty one with sequence number 0.
func NewFeed(interval time.Duration) *Feed {
	if interval <= 0 {
		interval = DefaultFrame
	}
	f := &Feed{
		interval: interval,
		changes:  make(chan model.Change, backlog),
		ended:    make(chan struct{}),
	}
	f.current.Store(&frame{&model.Snapshot{}, make(chan struct{})})
	return f
}

// Run folds what the sources emit. A change that can be seen is published at once when nothing was published
// for an interval, and together with those after it otherwise; nothing is published when nothing changed. Run
// returns when ctx ends, or when every source has ended and the rest is published; by then all it started has
// ended. The error is the first that a source returned. Run must be called once.
func (f *Feed) Run(ctx context.Context, sources ...Source) error {
	defer close(f.ended)
	group, ctx := errgroup.WithContext(ctx)
	emit := func(ch model.Change) {
		select {
		case f.changes <- ch:
		case <-ctx.Done():
		}
	}
	for _, s := range sources {
		group.Go(func() error { return s.Run(ctx, emit) })
	}
	quiet := make(chan error, 1)
	go func() { quiet <- group.Wait() }()
	return f.fold(quiet)
}

// fold applies changes and publishes snapshots until the sources are quiet. It goes on while they end, so
// that none of them waits for it.
func (f *Feed) fold(quiet <-chan error) error {
	cluster := model.NewCluster()
	clock := time.NewTicker(tick)
	defer clock.Stop()
	next := time.NewTimer(f.interval) // runs while a snapshot is too fresh to be followed by another
	defer next.Stop()
	next.Stop()
	fresh := false
	for {
		select {
		case ch := <-f.changes:
			cluster.Apply(ch)
			f.drain(cluster)
		case now := <-clock.C:
			cluster.Apply(model.Change{At: now.UTC()})
		case <-next.C:
			fresh = false
		case err := <-quiet:
			f.drain(cluster)
			f.publish(cluster.Snapshot())
			return err
		}
		if !fresh && f.publish(cluster.Snapshot()) {
			fresh = true
			next.Reset(f.interval)
		}
	}
}

// drain applies the changes that are waiting now.
func (f *Feed) drain(c *model.Cluster) {
	for range len(f.changes) {
		c.Apply(<-f.changes)
	}
}

// publish makes s the latest snapshot. It reports false when it was that already.
func (f *Feed) publish(s *model.Snapshot) bool {
	old := f.current.Load()
	if old.snapshot.Seq == s.Seq {
		return false
	}
	f.current.Store(&frame{s, make(chan struct{})})
	close(old.superseded)
	return true
}

// Snapshot returns the latest snapshot; it is never nil.
func (f *Feed) Snapshot() *model.Snapshot { return f.current.Load().snapshot }

// Reader returns a reader that has seen nothing yet.
func (f *Feed) Reader() *Reader { return &Reader{feed: f} }

// Reader is one reader's place in a feed. It belongs to one goroutine; readers need not be closed.
type Reader struct {
	feed *Feed
	seen uint64
}

// Next blocks until there is a snapshot newer than the one it returned before, and returns the latest. It
// returns an error when ctx ends, and ErrEnded when the feed has ended and nothing new is left.
func (r *Reader) Next(ctx context.Context) (*model.Snapshot, error) {
	for ended := r.feed.ended; ; {
		f := r.feed.current.Load()
		if f.snapshot.Seq > r.seen {
			r.seen = f.snapshot.Seq
			return f.snapshot, nil
		}
		select {
		case <-f.superseded:
		case <-ended:
			if r.feed.current.Load() == f {
				return nil, ErrEnded
			}
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}
