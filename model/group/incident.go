package group

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/probetop/probetop/model"
)

// Incident is pods that fail alike and together. Every pod with a fault is in exactly one. It never changes.
type Incident struct {
	// ID stays the same while the pods fail alike; pods may come and go.
	ID ID
	// Sample is the pod that tells most, and Diagnosis its own, as of when the row was new.
	Sample    *model.Row
	Diagnosis model.Diagnosis
	// Rows are the pods, those that failed first first; Onsets says when each did, as far as is known: zero, and last, where
	// it is not.
	Rows   []*model.Row
	Onsets []Onset
	// Of is how many pods could fail alike: those of the workload, or of the node.
	Of int
	// Unready counts the pods that are not ready, and Worst is the severity of the worst.
	Unready int
	Worst   model.Severity
	// Probes counts the pods by the types of probes that fail.
	Probes [len(model.ProbeTypes)]int
	// Traits are what the pods share, and what they do not, the most telling first.
	Traits []Trait
	// Services are those that select the pods, the worst hurt first.
	Services []Harm

	nexts []model.Next
	// workloads are those of the pods, and peers the pods of these that are well.
	workloads []workload
	peers     []*model.Row
}

// ID identifies an incident by what its pods have in common.
type ID struct {
	// Namespace and Workload are those of the pods; empty for pods that share a node alone.
	Namespace, Workload string
	// Pod is set for a pod that has no workload.
	Pod model.UID
	// Node is set for pods of several workloads that share a node.
	Node string
	// Container is the one that fails; empty when it is the pod as a whole, or containers of several workloads.
	Container string
	// Class is the kind of the root cause; empty when it is what probes find, which is in Cause then.
	Class model.CauseClass
	Cause model.Cause
}

// compare makes a total order of IDs.
func (a ID) compare(b ID) int {
	return cmp.Or(cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Workload, b.Workload), cmp.Compare(a.Pod, b.Pod),
		cmp.Compare(a.Node, b.Node), cmp.Compare(a.Container, b.Container), cmp.Compare(a.Class, b.Class), cmp.Compare(a.Cause, b.Cause))
}

// workload names what controls pods.
type workload struct{ namespace, kind, name string }

func workloadOf(p *model.Pod) workload { return workload{p.Namespace, p.Owner.Kind, p.Owner.Name} }

// Finder finds the incidents of one snapshot after the other. What it has found out about a row it does not find out again.
type Finder struct{ symptoms map[*model.Row]*symptom }

// Find returns the incidents among rows as seen at a moment, worst first.
func (f *Finder) Find(rows []*model.Row, now time.Time) []*Incident {
	var list []*symptom
	known := make(map[*model.Row]*symptom, len(f.symptoms))
	for _, r := range rows {
		if !r.Severity.Fault() && !unreached(r) {
			continue
		}
		s := f.symptoms[r]
		if s == nil {
			s = symptomOf(r, now)
		}
		if s != nil {
			known[r] = s
			list = append(list, s)
		}
	}
	f.symptoms = known
	if len(list) == 0 {
		return nil
	}
	incidents := gather(list, shareNode(list, rows))
	surround(incidents, rows)
	for _, i := range incidents {
		i.conclude()
	}
	slices.SortFunc(incidents, func(a, b *Incident) int { return a.compare(b) })
	return incidents
}

// gather puts symptoms that are alike into one incident. Those that share a node are told by moved.
func gather(list []*symptom, moved map[*symptom]ID) []*Incident {
	index := make(map[ID]*Incident, len(list))
	var incidents []*Incident
	slices.SortStableFunc(list, (*symptom).compare)
	for _, s := range list {
		id, ok := moved[s]
		if !ok {
			id = s.id
		}
		i := index[id]
		if i == nil {
			i = &Incident{ID: id, Worst: model.Finished}
			index[id] = i
			incidents = append(incidents, i)
		}
		i.add(s)
	}
	return incidents
}

func (i *Incident) add(s *symptom) {
	r := s.row
	if i.Sample == nil || s.tellsMore(i) {
		i.Sample, i.Diagnosis = r, s.diagnosis
	}
	i.Rows, i.Onsets, i.nexts = append(i.Rows, r), append(i.Onsets, s.onset), append(i.nexts, s.next)
	i.Worst = min(i.Worst, r.Severity)
	if !r.Pod.Ready() {
		i.Unready++
	}
	for _, typ := range model.ProbeTypes {
		if slices.ContainsFunc(r.Probes, func(p model.Probe) bool { return p.Type == typ && p.Fails() }) {
			i.Probes[typ]++
		}
	}
	if w := workloadOf(r.Pod); !slices.Contains(i.workloads, w) {
		i.workloads = append(i.workloads, w)
	}
}

// conclude finds out what the pods share, once all are known.
func (i *Incident) conclude() {
	i.Of = max(i.Of, len(i.Rows))
	i.Traits = i.traits()
	slices.SortFunc(i.Services, Harm.compare)
	i.peers = nil
}

// compare orders incidents, worst harm first: by the Services without a ready endpoint, by the pods that are not ready, by how
// bad the worst is, and by the number of pods. It is a total order.
func (i *Incident) compare(o *Incident) int {
	return cmp.Or(cmp.Compare(o.Dead(), i.Dead()), cmp.Compare(o.Unready, i.Unready), cmp.Compare(i.Worst, o.Worst),
		cmp.Compare(len(o.Rows), len(i.Rows)), i.ID.compare(o.ID))
}

// Name is what fails: a workload, a node, or a pod that has neither. It is as the cluster spells it.
func (i *Incident) Name() string {
	switch {
	case i.ID.Node != "":
		return "node " + i.ID.Node
	case i.ID.Pod != "":
		return i.Sample.Pod.Name
	}
	_, name, _ := strings.Cut(i.ID.Workload, "/")
	return name
}

// Has reports whether a pod is one of the incident's.
func (i *Incident) Has(uid model.UID) bool {
	return slices.ContainsFunc(i.Rows, func(r *model.Row) bool { return r.Pod.UID == uid })
}

// Touches reports whether a row says something about the incident: it is one of its pods or of their workloads, on its node, or an
// endpoint of a Service that is hurt.
func (i *Incident) Touches(r *model.Row) bool {
	if i.ID.Node != "" && r.Pod.Node == i.ID.Node || slices.Contains(i.workloads, workloadOf(r.Pod)) {
		return true
	}
	return slices.ContainsFunc(r.Traffic, func(t model.Traffic) bool {
		return slices.ContainsFunc(i.Services, func(h Harm) bool { return h.Name == t.Service && h.Namespace == r.Pod.Namespace })
	})
}

// Successor returns the incident that goes on with i among those of a later snapshot: the one of the same ID, or the one that has
// most of its pods; nil when they all are well.
func (i *Incident) Successor(incidents []*Incident) *Incident {
	for _, o := range incidents {
		if o.ID == i.ID {
			return o
		}
	}
	pods := make(map[model.UID]bool, len(i.Rows))
	for _, r := range i.Rows {
		pods[r.Pod.UID] = true
	}
	var next *Incident
	most := 0
	for _, o := range incidents {
		n := 0
		for _, r := range o.Rows {
			if pods[r.Pod.UID] {
				n++
			}
		}
		if n > most {
			next, most = o, n
		}
	}
	return next
}
