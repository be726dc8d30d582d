package prober

import (
	"slices"
	"sync"
	"time"
)

// tripsKept is how many of the newest round trips count.
const tripsKept = 9

// trips are the newest round trips of a connection.
type trips struct {
	mu sync.Mutex
	// guarded by mu
	newest []time.Duration
}

func (t *trips) add(d time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.newest) == tripsKept {
		t.newest = slices.Delete(t.newest, 0, 1)
	}
	t.newest = append(t.newest, d)
}

// median returns zero when there are none yet.
func (t *trips) median() time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.newest) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(t.newest))
	return sorted[len(sorted)/2]
}
