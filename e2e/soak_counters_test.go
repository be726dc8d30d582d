//go:build soak

package e2e

import (
	"context"
	"sync"
	"time"
)

// soakLook is how often the kubelet's counters are read: five times as often as the fastest probe is run.
const soakLook = 200 * time.Millisecond

// soakResults are the results of a probe between two looks at its counters.
type soakResults struct {
	from, to            time.Time // the older look was sent, the newer one answered
	successes, failures int
}

// soakCounters is the kubelet's own account of every probe in a namespace.
type soakCounters struct {
	// immutable
	node, ns string

	// owned by run, and of anybody who has waited for it
	results map[countedProbe][]soakResults
	sums    map[countedProbe][2]int
	looks   int
	slowest time.Duration
	err     error // the newest; a look that fails makes the time between two others longer
	done    sync.WaitGroup
}

func newSoakCounters(node, ns string) *soakCounters {
	return &soakCounters{node: node, ns: ns, results: map[countedProbe][]soakResults{}, sums: map[countedProbe][2]int{}}
}

// run reads the counters until ctx ends.
func (c *soakCounters) run(ctx context.Context) {
	tick := time.NewTicker(soakLook)
	defer tick.Stop()
	before := time.Now()
	for ctx.Err() == nil {
		asked := time.Now()
		sums, err := readCounters(ctx, c.node, c.ns)
		if got := time.Now(); err == nil {
			c.note(before, got, sums)
			c.looks++
			c.slowest = max(c.slowest, got.Sub(before))
			before = asked
		} else if ctx.Err() == nil {
			c.err = err
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
		}
	}
}

// note compares a look with the one before it.
func (c *soakCounters) note(from, to time.Time, sums map[countedProbe][2]int) {
	for p, sum := range sums {
		old := c.sums[p]
		r := soakResults{from, to, sum[0] - old[0], sum[1] - old[1]}
		if r.successes == 0 && r.failures == 0 {
			continue
		}
		c.sums[p] = sum
		c.results[p] = append(c.results[p], r)
	}
}
