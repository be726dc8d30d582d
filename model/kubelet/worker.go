package kubelet

import (
	"math"

	"github.com/probetop/probetop/model/fact"
)

// Many is more failures in a row than any number that is known.
const Many = math.MaxInt32

// Workers is the set of states in which the kubelet's worker of a probe may be (pkg/kubelet/prober/worker.go): those that
// nothing that was said contradicts. A run of failures is an interval: within it, nothing tells one number from another.
type Workers struct {
	// well is set when the newest result may be a success, or none.
	well bool
	// Failing is set when the newest results may be failures: so many in a row, at least lo and at most hi.
	Failing bool
	Lo, Hi  int32
	// Held is set when the worker may have reached its threshold and does not run the probe until the container's next instance.
	Held bool
}

// Anew returns a worker that has had no result, or whose newest is a success.
func Anew() Workers { return Workers{well: true} }

// Anything is a worker of which nothing is known but that it runs the probe.
func Anything(limit int32) Workers {
	w := Workers{well: true, Failing: true, Lo: 1, Hi: Many}
	if limit > 0 {
		w.Hi = limit - 1
		w.Failing = w.Hi > 0
	}
	return w
}

// Or returns the states of both sets.
func (w Workers) Or(o Workers) Workers {
	switch {
	case !w.Failing:
		w.Lo, w.Hi = o.Lo, o.Hi
	case o.Failing:
		w.Lo, w.Hi = min(w.Lo, o.Lo), max(w.Hi, o.Hi)
	}
	return Workers{well: w.well || o.well, Failing: w.Failing || o.Failing, Lo: w.Lo, Hi: w.Hi, Held: w.Held || o.Held}
}

// Fails returns the states after one more failure. limit is the number of failures in a row that holds the worker; zero for a
// probe that is run on. A worker that is held does not fail: it was not held, or its kill was not told and it has begun anew.
func (w Workers) Fails(limit int32) Workers {
	next := Workers{}
	if w.well {
		next.Failing, next.Lo, next.Hi = true, 1, 1
	}
	if w.Failing {
		next = next.Or(Workers{Failing: true, Lo: Sum(w.Lo, 1), Hi: Sum(w.Hi, 1)})
	}
	if !next.Failing {
		next = Workers{Failing: true, Lo: 1, Hi: limit}
	}
	return next.Under(limit)
}

// Under moves the runs that have reached the limit to where they are held.
func (w Workers) Under(limit int32) Workers {
	if limit == 0 || !w.Failing || w.Hi < limit {
		return w
	}
	w.Held = true
	if w.Hi = limit - 1; w.Lo > w.Hi {
		w.Failing, w.Lo, w.Hi = false, 0, 0
	}
	return w
}

// Stopped reports whether the worker is surely held.
func (w Workers) Stopped() bool { return w.Held && !w.Failing && !w.well }

// Succeeds returns the states after a success. A worker that is held has none.
func (w Workers) Succeeds() Workers { return Workers{well: w.well || w.Failing, Held: w.Held} }

// MaySucceed returns the states after what may have been a success, or nothing.
func (w Workers) MaySucceed() Workers { return w.Or(w.Succeeds()) }

// MayFail returns the states after at most n results that left no trace, whatever they were.
func (w Workers) MayFail(n, limit int32) Workers {
	if n == 0 || !w.well && !w.Failing {
		return w
	}
	most := n
	if w.Failing {
		most = Sum(w.Hi, n)
	}
	return w.Or(Workers{well: true, Failing: true, Lo: 1, Hi: most}).Under(limit)
}

// Sum adds to a number that may be many.
func Sum(a, b int32) int32 {
	if a > Many-b {
		return Many
	}
	return a + b
}

// Failures is how often the probe has failed in a row, for a threshold.
func (w Workers) Failures(threshold int32) fact.Failures {
	f := fact.Failures{Threshold: threshold, Bound: fact.Exact}
	switch {
	case w.Stopped():
		f.Run = threshold
	case w.well:
		f.Bound = exactIf(!w.Failing && !w.Held)
	default:
		f.Run, f.Bound = w.Lo, exactIf(w.Lo == w.Hi && !w.Held)
	}
	return f
}

// Most is the longest run.
func (w Workers) Most() int32 {
	if w.Failing {
		return w.Hi
	}
	return 0
}

func exactIf(ok bool) fact.Bound {
	if ok {
		return fact.Exact
	}
	return fact.AtLeast
}
