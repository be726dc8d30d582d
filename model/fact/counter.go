package fact

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// Counters is what one kubelet's probe counters said (GET /metrics/probes). A change of it that is Gone says
// that the counters of the node are not read any more; then only Node counts.
type Counters struct {
	Node string
	// Asked and At are when the request was sent and when the answer was there: the counters were read in between.
	Asked, At time.Time
	// Started is when the kubelet process started, by its own clock. Its counters began at zero then.
	Started time.Time
	// Pods has every pod that was looked for on the node, sorted by UID. That of a static pod is its MirrorUID.
	Pods []PodCounters
}

// PodCounters are the counters of one pod; those of a probe that never had a result do not exist.
type PodCounters struct {
	Pod    UID
	Probes []Counter
}

// Counter is how often a probe has had a result that counts. It survives the container, but not the kubelet
// process or its worker for the probe. A probe that could not be carried out is not counted.
type Counter struct {
	Container           string
	Type                ProbeType
	Successes, Failures int32
}

// Sort puts pods and counters in their order.
func (f *Counters) Sort() {
	slices.SortFunc(f.Pods, func(a, b PodCounters) int { return strings.Compare(a.Pod, b.Pod) })
	for _, p := range f.Pods {
		slices.SortFunc(p.Probes, func(a, b Counter) int {
			return cmp.Or(strings.Compare(a.Container, b.Container), cmp.Compare(a.Type, b.Type))
		})
	}
}

// Find returns the counters of a pod; nil when it was not looked for.
func (f *Counters) Find(pod UID) *PodCounters {
	i, ok := slices.BinarySearchFunc(f.Pods, pod, func(p PodCounters, uid UID) int { return strings.Compare(p.Pod, uid) })
	if !ok {
		return nil
	}
	return &f.Pods[i]
}

// maxStretches is how many stretches of a probe are kept.
const maxStretches = 8

// Counts is what the counters of one probe have said while they were read. It never changes. A worker that ends
// between two looks is not noticed when its successor has had as many results of both kinds by the second; that one
// begins with a period without any.
type Counts struct {
	// Successes and Failures count since the kubelet made its worker for the probe.
	Successes, Failures int32
	// Stretches are the newest results, oldest first, a stretch for each row of equal ones.
	Stretches []Stretch
	// Began holds the first of all these results; its Earliest is zero when the counters were not read yet.
	Began Window
	// Seen is a moment up to which nothing came after the newest result. It may be known of later ones: while a
	// probe has no result, Seen moves on when the silence has doubled, and not before it is a period long.
	Seen time.Time
}

// Stretch is a row of results: successes alone, failures alone, or both in an order that is not known.
type Stretch struct {
	Successes, Failures int32
	// First and Last hold the first result and the last. Earliest is zero when the counters were not read yet.
	First, Last Window
}

// mixed reports whether the order of the results is not known.
func (s *Stretch) mixed() bool { return s.Successes > 0 && s.Failures > 0 }

// continues reports whether s and the stretch after it are one row of equal results.
func (s *Stretch) continues(next *Stretch) bool {
	return s.Failures == 0 && next.Failures == 0 || s.Successes == 0 && next.Successes == 0
}

// last returns the newest stretch and the one before it; nil for none.
func (c *Counts) last() (last, before *Stretch) {
	n := len(c.Stretches)
	if n > 0 {
		last = &c.Stretches[n-1]
	}
	if n > 1 {
		before = &c.Stretches[n-2]
	}
	return last, before
}

// LastResult returns the newest result that counts, and when it came. It is not known when there was none, or
// when a success and a failure came between two looks.
func (c *Counts) LastResult() (ok bool, at Window, known bool) {
	last, _ := c.last()
	if last == nil || last.mixed() {
		return false, Window{}, false
	}
	return last.Failures == 0, last.Last, true
}

// Run returns how many failures in a row are the newest results. Container instances do not matter to it: what
// the kubelet does when a liveness or startup probe reaches its threshold is in RunUnder. It reports false when
// nothing is known.
func (c *Counts) Run() (failures int32, bound Bound, ok bool) {
	last, before := c.last()
	switch {
	case last == nil:
		return 0, Exact, true
	case last.mixed():
		return 0, AtLeast, false
	case before != nil && before.mixed() && last.Failures > 0:
		return last.Failures, AtLeast, true
	}
	return last.Failures, Exact, true
}

// RunUnder returns the run of a liveness or startup probe as the kubelet counts it: the failure that reaches the
// threshold is followed by the end of the container, and then by the first. It reports false when nothing is known.
func (c *Counts) RunUnder(threshold int32) (failures int32, bound Bound, ok bool) {
	failures, bound, ok = c.Run()
	if !ok || failures == 0 || threshold < 1 {
		return failures, bound, ok
	}
	if bound == AtLeast {
		if _, before := c.last(); failures+before.Failures <= threshold {
			return failures, AtLeast, true
		}
		return 1, AtLeast, true // it may have begun anew at any of them
	}
	return (failures-1)%threshold + 1, Exact, true
}

// Since returns when the first of the newest row of equal results came: when a probe began to fail, or to
// succeed again. It reports false when that is not known to be the first.
func (c *Counts) Since() (Window, bool) {
	last, before := c.last()
	if last == nil || last.mixed() || before != nil && before.mixed() {
		return Window{}, false
	}
	return last.First, !last.First.Earliest.IsZero()
}

// Anchor returns when the newest result came. It reports false when that has no earliest moment.
func (c *Counts) Anchor() (Window, bool) {
	last, _ := c.last()
	if last == nil || last.Last.Earliest.IsZero() {
		return Window{}, false
	}
	return last.Last, true
}

// Silence returns how long the probe is known to have had no result up to Seen: at least half of what could be
// known, and nothing until it is a period.
func (c *Counts) Silence() time.Duration {
	last, _ := c.last()
	if last == nil {
		return c.Seen.Sub(c.Began.Latest)
	}
	return c.Seen.Sub(last.Last.Latest)
}

// BeginCounts returns the counts of a probe whose counters began in w.
func BeginCounts(w Window, n Counter) *Counts {
	c := &Counts{Began: w, Seen: w.Latest}
	return c.Next(w, n)
}

// Next returns the counts after another look, which covers w and found n; c itself when nothing is new.
func (c *Counts) Next(w Window, n Counter) *Counts {
	s := Stretch{Successes: n.Successes - c.Successes, Failures: n.Failures - c.Failures, First: w, Last: w}
	if s.Successes == 0 && s.Failures == 0 {
		return c
	}
	next := *c
	next.Successes, next.Failures, next.Seen = n.Successes, n.Failures, w.Latest
	last, _ := c.last()
	if last != nil && last.continues(&s) {
		s.Successes, s.Failures, s.First = s.Successes+last.Successes, s.Failures+last.Failures, last.First
		next.Stretches = append(slices.Clip(c.Stretches[:len(c.Stretches)-1]), s)
		return &next
	}
	kept := c.Stretches[max(0, len(c.Stretches)+1-maxStretches):]
	next.Stretches = append(slices.Clip(kept), s)
	return &next
}

// Silent returns the counts after a look that found nothing new up to at; c itself when that says little.
func (c *Counts) Silent(at time.Time, period time.Duration) *Counts {
	known := c.Silence()
	if grown := known + at.Sub(c.Seen); period == 0 || grown < period || grown < 2*known {
		return c
	}
	next := *c
	next.Seen = at
	return &next
}
