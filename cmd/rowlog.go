package cmd

import (
	"context"
	"sync"

	"github.com/probetop/probetop/model"
)

// rowLog keeps the changes of rows, in order, until they are written. It grows as long as the reader of the output is slower
// than the cluster: a change that is dropped would be a line that is missing.
type rowLog struct {
	news chan struct{} // has one element while there are changes

	mu      sync.Mutex
	changes []model.RowChange // guarded by mu
}

func newRowLog() *rowLog { return &rowLog{news: make(chan struct{}, 1)} }

// add takes a change.
func (l *rowLog) add(ch model.RowChange) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.changes = append(l.changes, ch)
	select {
	case l.news <- struct{}{}:
	default:
	}
}

// take returns the changes since the last call, as soon as there are any, or ctx's error.
func (l *rowLog) take(ctx context.Context) ([]model.RowChange, error) {
	select {
	case <-l.news:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	taken := l.changes
	l.changes = nil
	return taken, nil
}
