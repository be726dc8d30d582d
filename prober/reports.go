package prober

import (
	"context"
	"sync"
	"time"

	"github.com/probetop/probetop/model"
)

// reportsKept is how many runs wait to be read. When there are more, the oldest are lost.
const reportsKept = 4096

// Reports is a source of what all runs of a Prober come to, each as a *model.Shadow.
type Reports struct {
	mu sync.Mutex
	// guarded by mu
	waiting []model.Change
	ended   bool

	news chan struct{} // of one slot
}

func newReports() *Reports { return &Reports{news: make(chan struct{}, 1)} }

// Run emits what runs come to until ctx ends or the Prober is closed, and then returns nil. It is run once at a time.
func (r *Reports) Run(ctx context.Context, emit func(model.Change)) error {
	for {
		waiting, ended := r.take()
		for _, change := range waiting {
			emit(change)
		}
		if ended {
			return nil
		}
		select {
		case <-r.news:
		case <-ctx.Done():
			return nil
		}
	}
}

func (r *Reports) take() ([]model.Change, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	waiting := r.waiting
	r.waiting = nil
	return waiting, r.ended
}

// add tells what a run came to that ended at that time. It never waits.
func (r *Reports) add(at time.Time, s *model.Shadow) {
	r.mu.Lock()
	if len(r.waiting) == reportsKept {
		r.waiting = r.waiting[1:]
	}
	r.waiting = append(r.waiting, model.Change{At: at, Fact: s})
	r.mu.Unlock()
	r.wake()
}

// end says that there will be no more.
func (r *Reports) end() {
	r.mu.Lock()
	r.ended = true
	r.mu.Unlock()
	r.wake()
}

func (r *Reports) wake() {
	select {
	case r.news <- struct{}{}:
	default:
	}
}
