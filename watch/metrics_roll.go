package watch

import (
	"slices"
	"strings"
	"time"

	"github.com/probetop/probetop/model"
)

// roll is the pods of one node whose counters are wanted.
type roll struct {
	node string
	pods []*model.Pod
	// period is the shortest of any probe of theirs that is run; zero when none is.
	period time.Duration
}

// rolls lists the nodes of a snapshot that have pods with probes, by name.
func rolls(s *model.Snapshot) []*roll {
	byNode := map[string]*roll{}
	for _, row := range s.Rows {
		p := row.Pod
		if p.Node == "" || p.Terminal() || len(row.Probes) == 0 {
			continue
		}
		r := byNode[p.Node]
		if r == nil {
			r = &roll{node: p.Node}
			byNode[p.Node] = r
		}
		r.pods = append(r.pods, p)
		r.hurry(row.Probes)
	}
	list := make([]*roll, 0, len(byNode))
	for _, r := range byNode {
		list = append(list, r)
	}
	slices.SortFunc(list, func(a, b *roll) int { return strings.Compare(a.node, b.node) })
	return list
}

// hurry makes the period that of one of the probes if it is shorter. A startup probe that has succeeded is not run.
func (r *roll) hurry(probes []model.Probe) {
	for i := range probes {
		p := &probes[i]
		if p.Type == model.Startup && p.Container.HasStarted() {
			continue
		}
		if r.period == 0 || p.Spec.Period < r.period {
			r.period = p.Spec.Period
		}
	}
}

// tally counts for the pods of a roll.
type tally struct {
	pods     []model.PodCounters
	specs    []*model.Pod // in the order of pods
	position map[string]int
}

func (r *roll) tally() *tally {
	t := &tally{pods: make([]model.PodCounters, len(r.pods)), specs: r.pods, position: make(map[string]int, len(r.pods))}
	for i, p := range r.pods {
		uid := p.UID
		if p.MirrorUID != "" {
			uid = p.MirrorUID
		}
		t.pods[i].Pod, t.position[uid] = uid, i
	}
	return t
}

// count adds a counter, unless it is about another pod. It is metricsText.count.
func (t *tally) count(l *metricLabels, n int32) {
	i, mine := t.position[string(l.pod)]
	typ, known := l.probeType()
	if !mine || !known {
		return
	}
	c := t.counter(i, string(l.container), typ)
	switch {
	case c == nil:
	case string(l.result) == "successful":
		c.Successes = n
	case string(l.result) == "failed":
		c.Failures = n
	}
}

// counter returns the counter of a probe of the i-th pod; nil when the pod has no such container.
func (t *tally) counter(i int, container string, typ model.ProbeType) *model.Counter {
	p := &t.pods[i]
	for k := range p.Probes {
		if c := &p.Probes[k]; c.Type == typ && c.Container == container {
			return c
		}
	}
	spec := t.specs[i].Container(container)
	if spec == nil {
		return nil
	}
	p.Probes = append(p.Probes, model.Counter{Container: spec.Name, Type: typ})
	return &p.Probes[len(p.Probes)-1]
}
