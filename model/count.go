package model

import (
	"time"

	"github.com/probetop/probetop/model/fact"
)

// podCounts is what is known of the counters of a pod. It never changes: clones of the cluster share it.
type podCounts struct {
	node string
	// restarted is when the kubelet was last seen to have restarted; zero for never.
	restarted fact.Window
	probes    []probeCounts
}

type probeCounts struct {
	container string
	typ       fact.ProbeType
	counts    *fact.Counts
}

// find returns the counts of a probe; nil when its counters do not exist.
func (p *podCounts) find(container string, typ fact.ProbeType) *fact.Counts {
	for i := range p.probes {
		if n := &p.probes[i]; n.typ == typ && n.container == container {
			return n.counts
		}
	}
	return nil
}

// counts returns what the kubelet's counters say of a probe: no results for one that has no counters yet; nil when
// nobody reads them.
func (j *judge) counts(container string, typ fact.ProbeType) *fact.Counts {
	if j.counted == nil {
		return nil
	}
	if c := j.counted.find(container, typ); c != nil {
		return c
	}
	return &fact.Counts{}
}

// kubeletRestarted returns when the counters last showed a restart of the kubelet. It reports false when they
// never did.
func (j *judge) kubeletRestarted() (fact.Window, bool) {
	if j.counted == nil || j.counted.restarted.IsZero() {
		return fact.Window{}, false
	}
	return j.counted.restarted, true
}

// look is a second look at the counters of a node; before is nil at the first.
type look struct{ before, now *fact.Counters }

// window returns the time between the looks.
func (l *look) window() fact.Window { return fact.Window{Earliest: l.before.Asked, Latest: l.now.At} }

// restarted reports whether the kubelet is another process than at the look before.
func (l *look) restarted() bool { return !l.before.Started.Equal(l.now.Started) }

// pod returns what is known of a pod's counters after this look; what is known already when nothing is new.
func (l *look) pod(pod *fact.Pod, known *podCounts, p *fact.PodCounters) *podCounts {
	old := known
	switch {
	case l.before == nil || old != nil && old.node != l.now.Node:
		old = nil
	case old != nil && l.restarted():
		old = &podCounts{restarted: l.window()}
	}
	counts := &podCounts{node: l.now.Node, probes: make([]probeCounts, 0, len(p.Probes))}
	if old != nil {
		counts.restarted = old.restarted
	}
	same := old != nil && old == known && len(old.probes) == len(p.Probes)
	for _, n := range p.Probes {
		was, now := l.probe(pod, old, n)
		same = same && was == now
		counts.probes = append(counts.probes, probeCounts{n.Container, n.Type, now})
	}
	if same {
		return old
	}
	return counts
}

// probe returns what is known of a probe before this look and after it. A pod that was not looked at before has
// counted since nobody knows when; a counter that fell, or that did not exist, began at zero after the look before.
func (l *look) probe(pod *fact.Pod, old *podCounts, n fact.Counter) (was, now *fact.Counts) {
	if old == nil {
		return nil, fact.BeginCounts(fact.Window{Latest: l.now.At}, n)
	}
	was = old.find(n.Container, n.Type)
	if was == nil || n.Successes < was.Successes || n.Failures < was.Failures {
		return was, fact.BeginCounts(l.window(), n)
	}
	if now = was.Next(l.window(), n); now == was {
		now = was.Silent(l.now.Asked, periodOf(pod, n))
	}
	return was, now
}

// periodOf returns the period of the probe that a counter is about.
func periodOf(pod *fact.Pod, n fact.Counter) time.Duration {
	if c := pod.Container(n.Container); c != nil && c.Probes[n.Type] != nil {
		return c.Probes[n.Type].Period
	}
	return 0
}
