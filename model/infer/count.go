package infer

import (
	"time"

	"github.com/probetop/probetop/model/fact"
)

// PodCounts is what is known of the counters of a pod. It never changes: clones of the cluster share it.
type PodCounts struct {
	Node string
	// restarted is when the kubelet was last seen to have restarted; zero for never.
	restarted fact.Window
	probes    []probeCounts
}

type probeCounts struct {
	Container string
	typ       fact.ProbeType
	Counts    *fact.Counts
}

// Find returns the counts of a probe; nil when its counters do not exist.
func (p *PodCounts) Find(container string, typ fact.ProbeType) *fact.Counts {
	for i := range p.probes {
		if n := &p.probes[i]; n.typ == typ && n.Container == container {
			return n.Counts
		}
	}
	return nil
}

// Counts returns what the kubelet's counters say of a probe: no results for one that has no counters yet; nil when
// they are not read.
func (j *Facts) Counts(container string, typ fact.ProbeType) *fact.Counts {
	if j.Counted == nil {
		return nil
	}
	if c := j.Counted.Find(container, typ); c != nil {
		return c
	}
	return &fact.Counts{}
}

// KubeletRestarted returns when the counters last showed a restart of the kubelet. It reports false when they
// never did.
func (j *Facts) KubeletRestarted() (fact.Window, bool) {
	if j.Counted == nil || j.Counted.restarted.IsZero() {
		return fact.Window{}, false
	}
	return j.Counted.restarted, true
}

// Look is a second look at the counters of a node; before is nil at the first.
type Look struct{ Before, Now *fact.Counters }

// window returns the time between the looks.
func (l *Look) window() fact.Window { return fact.Window{Earliest: l.Before.Asked, Latest: l.Now.At} }

// restarted reports whether the kubelet is another process than at the look before.
func (l *Look) restarted() bool { return !l.Before.Started.Equal(l.Now.Started) }

// Pod returns what is known of a pod's counters after this look; what is known already when nothing is new.
func (l *Look) Pod(pod *fact.Pod, known *PodCounts, p *fact.PodCounters) *PodCounts {
	old := known
	switch {
	case l.Before == nil || old != nil && old.Node != l.Now.Node:
		old = nil
	case old != nil && l.restarted():
		old = &PodCounts{restarted: l.window()}
	}
	counts := &PodCounts{Node: l.Now.Node, probes: make([]probeCounts, 0, len(p.Probes))}
	if old != nil {
		counts.restarted = old.restarted
	}
	same := old != nil && old == known && len(old.probes) == len(p.Probes)
	for _, n := range p.Probes {
		was, now := l.Probe(pod, old, n)
		same = same && was == now
		counts.probes = append(counts.probes, probeCounts{n.Container, n.Type, now})
	}
	if same {
		return old
	}
	return counts
}

// Probe returns what is known of a probe before this look and after it. A pod that was not looked at before has
// counted since an unknown moment; a counter that fell, or that did not exist, began at zero after the look before.
func (l *Look) Probe(pod *fact.Pod, old *PodCounts, n fact.Counter) (was, now *fact.Counts) {
	if old == nil {
		return nil, fact.BeginCounts(fact.Window{Latest: l.Now.At}, n)
	}
	was = old.Find(n.Container, n.Type)
	if was == nil || n.Successes < was.Successes || n.Failures < was.Failures {
		return was, fact.BeginCounts(l.window(), n)
	}
	if now = was.Next(l.window(), n); now == was {
		now = was.Silent(l.Now.Asked, periodOf(pod, n))
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
