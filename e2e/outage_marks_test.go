package e2e

import (
	"strings"
	"sync"
	"testing"
	"time"
)

// markPeriod is how often the board is looked at.
const markPeriod = 200 * time.Millisecond

// mark is what the header of the board said of how far it can be believed.
type mark struct {
	at time.Time
	// live is set when it says that all is well, and deaf when it says that it does not hear what happens.
	live, deaf bool
	header     string
}

// markOf reads a screen.
func markOf(screen string) mark {
	lines := strings.Split(screen, "\n")
	header := strings.Join(lines[:min(4, len(lines))], "\n")
	first := lines[0]
	return mark{
		at: time.Now(), header: header,
		live: strings.Contains(first, "live") && !strings.Contains(header, "API server takes"),
		deaf: strings.Contains(first, "stale") || strings.Contains(first, "syncing") || strings.Contains(first, "connecting"),
	}
}

// markLog watches the header of a board.
type markLog struct {
	stop func() []mark // ends it

	mu    sync.Mutex
	marks []mark // guarded by mu
}

// watchMarks looks at a board until the test ends.
func watchMarks(t *testing.T, b *board) *markLog {
	t.Helper()
	l := &markLog{}
	ending, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(markPeriod)
		defer tick.Stop()
		for {
			m := markOf(b.screen(t))
			l.mu.Lock()
			l.marks = append(l.marks, m)
			l.mu.Unlock()
			select {
			case <-tick.C:
			case <-ending:
				return
			}
		}
	}()
	end := sync.OnceFunc(func() {
		close(ending)
		<-ended
	})
	t.Cleanup(end)
	l.stop = func() []mark {
		end()
		return l.marks
	}
	return l
}

// live reports whether the board says that all is well.
func (l *markLog) live() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.marks) > 0 && l.marks[len(l.marks)-1].live
}
