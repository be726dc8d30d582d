package watch

import (
	"context"
	"errors"
	"sync/atomic"

	"github.com/probetop/probetop/model"
)

// ErrEnded is returned by Reader.Next when there will be no more snapshots and the reader has seen the last.
var ErrEnded = errors.New("the feed has ended")

// publisher hands the latest of a row of snapshots to any number of readers. One goroutine publishes.
type publisher struct {
	// immutable after newPublisher
	first *frame // the empty one, which is never shown
	ended chan struct{}

	current atomic.Pointer[frame]
}

// frame is a published snapshot; superseded is closed when there is a newer one.
type frame struct {
	snapshot   *model.Snapshot
	superseded chan struct{}
}

func newPublisher() *publisher {
	p := &publisher{
		first: &frame{&model.Snapshot{}, make(chan struct{})},
		ended: make(chan struct{}),
	}
	p.current.Store(p.first)
	return p
}

// publish makes s the latest snapshot. It reports false when it was that already.
func (p *publisher) publish(s *model.Snapshot) bool {
	old := p.current.Load()
	if old.snapshot == s {
		return false
	}
	p.current.Store(&frame{s, make(chan struct{})})
	close(old.superseded)
	return true
}

// end tells readers that nothing more will be published. It must be called once.
func (p *publisher) end() { close(p.ended) }

// Snapshot returns the latest snapshot; it is never nil.
func (p *publisher) Snapshot() *model.Snapshot { return p.current.Load().snapshot }

// Reader returns a reader that has seen nothing yet.
func (p *publisher) Reader() *Reader { return &Reader{publisher: p, seen: p.first} }

// Reader is one reader's place in a row of snapshots. It belongs to one goroutine; readers need not be closed.
type Reader struct {
	publisher *publisher
	seen      *frame
}

// Next blocks until there is a snapshot other than the one it returned before, and returns the latest. It
// returns an error when ctx ends, and ErrEnded when nothing will be published any more and nothing new is left.
func (r *Reader) Next(ctx context.Context) (*model.Snapshot, error) {
	for {
		f := r.publisher.current.Load()
		if f != r.seen {
			r.seen = f
			return f.snapshot, nil
		}
		select {
		case <-f.superseded:
		case <-r.publisher.ended:
			if r.publisher.current.Load() == f {
				return nil, ErrEnded
			}
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}
