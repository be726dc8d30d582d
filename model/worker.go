package model

import (
	"math"

	"github.com/probetop/probetop/model/fact"
)

// many is more failures in a row than any number that is known.
const many = math.MaxInt32

// workers is the set of states in which the kubelet's worker of a probe may be (pkg/kubelet/prober/worker.go): those that
// nothing that was said contradicts. A run of failures is an interval: within it, nothing tells one number from another.
type workers struct {
	// well is set when the newest result may be a success, or none.
	well bool
	// failing is set when the newest results may be failures: so many in a row, at least lo and at most hi.
	failing bool
	lo, hi  int32
	// held is set when the worker may have reached its threshold and does not run the probe until the container's next instance.
	held bool
}

// anew returns a worker that has had no result, or whose newest is a success.
func anew() workers { return workers{well: true} }

// anything is a worker of which nothing is known but that it runs the probe.
func anything(limit int32) workers {
	w := workers{well: true, failing: true, lo: 1, hi: many}
	if limit > 0 {
		w.hi = limit - 1
		w.failing = w.hi > 0
	}
	return w
}

// or returns the states of both sets.
func (w workers) or(o workers) workers {
	switch {
	case !w.failing:
		w.lo, w.hi = o.lo, o.hi
	case o.failing:
		w.lo, w.hi = min(w.lo, o.lo), max(w.hi, o.hi)
	}
	return workers{well: w.well || o.well, failing: w.failing || o.failing, lo: w.lo, hi: w.hi, held: w.held || o.held}
}

// fails returns the states after one more failure. limit is the number of failures in a row that holds the worker; zero for a
// probe that is run on. A worker that is held does not fail: it was not held, or its kill was not told and it has begun anew.
func (w workers) fails(limit int32) workers {
	next := workers{}
	if w.well {
		next.failing, next.lo, next.hi = true, 1, 1
	}
	if w.failing {
		next = next.or(workers{failing: true, lo: sum(w.lo, 1), hi: sum(w.hi, 1)})
	}
	if !next.failing {
		next = workers{failing: true, lo: 1, hi: limit}
	}
	return next.under(limit)
}

// under moves the runs that have reached the limit to where they are held.
func (w workers) under(limit int32) workers {
	if limit == 0 || !w.failing || w.hi < limit {
		return w
	}
	w.held = true
	if w.hi = limit - 1; w.lo > w.hi {
		w.failing, w.lo, w.hi = false, 0, 0
	}
	return w
}

// stopped reports whether the worker is surely held.
func (w workers) stopped() bool { return w.held && !w.failing && !w.well }

// succeeds returns the states after a success. A worker that is held has none.
func (w workers) succeeds() workers { return workers{well: w.well || w.failing, held: w.held} }

// maySucceed returns the states after what may have been a success, or nothing.
func (w workers) maySucceed() workers { return w.or(w.succeeds()) }

// mayFail returns the states after at most n results that left no trace, whatever they were.
func (w workers) mayFail(n, limit int32) workers {
	if n == 0 || !w.well && !w.failing {
		return w
	}
	most := n
	if w.failing {
		most = sum(w.hi, n)
	}
	return w.or(workers{well: true, failing: true, lo: 1, hi: most}).under(limit)
}

// sum adds to a number that may be many.
func sum(a, b int32) int32 {
	if a > many-b {
		return many
	}
	return a + b
}

// failures is how often the probe has failed in a row, for a threshold.
func (w workers) failures(threshold int32) fact.Failures {
	f := fact.Failures{Threshold: threshold, Bound: fact.Exact}
	switch {
	case w.stopped():
		f.Run = threshold
	case w.well:
		f.Bound = exactIf(!w.failing && !w.held)
	default:
		f.Run, f.Bound = w.lo, exactIf(w.lo == w.hi && !w.held)
	}
	return f
}

// most is the longest run.
func (w workers) most() int32 {
	if w.failing {
		return w.hi
	}
	return 0
}

func exactIf(ok bool) fact.Bound {
	if ok {
		return fact.Exact
	}
	return fact.AtLeast
}
