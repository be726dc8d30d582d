package group

import (
	"cmp"
	"slices"
	"time"

	"github.com/probetop/probetop/model"
)

// symptom is how one pod fails.
type symptom struct {
	row       *model.Row
	id        ID
	diagnosis model.Diagnosis
	onset     Onset
	next      model.Next
}

// symptomOf finds out how a pod fails; nil for one that gets no traffic only for the moment.
func symptomOf(r *model.Row, now time.Time) *symptom {
	s := &symptom{row: r, diagnosis: model.Diagnosis{Cause: model.ClassUnknown, Headline: r.Severity.String()}}
	if d := r.Diagnosis(now); d != nil {
		s.diagnosis = *d
	}
	if !r.Severity.Fault() && s.diagnosis.Cause != model.ClassEndpoints {
		return nil
	}
	s.id, s.onset, s.next = s.identity(), onsetOf(r, &s.diagnosis), nextOf(r, &s.diagnosis, now)
	return s
}

// unreached reports whether a pod is ready, and a Service that selects it may send it no traffic.
func unreached(r *model.Row) bool {
	if len(r.Services) == 0 || !r.TrafficKnown() || !r.Pod.Ready() || r.Severity == model.Terminating {
		return false
	}
	return len(r.Traffic) < len(r.Services) || slices.ContainsFunc(r.Traffic, func(t model.Traffic) bool { return !t.Ready })
}

func (s *symptom) identity() ID {
	p, d := s.row.Pod, &s.diagnosis
	if d.Cause == model.ClassNode && p.Node != "" {
		return ID{Node: p.Node, Class: model.ClassNode}
	}
	id := ID{Namespace: p.Namespace, Workload: p.Owner.String(), Container: d.Container, Class: d.Cause}
	if id.Workload == "" {
		id.Pod = p.UID
	}
	if probe := s.probe(); probe != nil && probe.Cause() != "" {
		id.Class, id.Cause = "", probe.Cause()
	}
	return id
}

// probe is the one that the diagnosis is about; nil for none.
func (s *symptom) probe() *model.Probe { return probeOf(s.row, &s.diagnosis) }

func probeOf(r *model.Row, d *model.Diagnosis) *model.Probe {
	if !d.Probed {
		return nil
	}
	for i := range r.Probes {
		if p := &r.Probes[i]; p.Type == d.Probe && p.Container.Name == d.Container {
			return p
		}
	}
	return nil
}

// compare orders symptoms by when they began, those of which that is not known last, and then by name.
func (s *symptom) compare(o *symptom) int {
	if a, b := s.onset.At.IsZero(), o.onset.At.IsZero(); a != b {
		if a {
			return 1
		}
		return -1
	}
	return cmp.Or(s.onset.At.Compare(o.onset.At), model.CompareNames(s.row, o.row))
}

// tellsMore reports whether a symptom is worse than what the incident is told by, or as bad and surer.
func (s *symptom) tellsMore(i *Incident) bool {
	return cmp.Or(cmp.Compare(s.row.Severity, i.Sample.Severity), cmp.Compare(i.Diagnosis.Certainty, s.diagnosis.Certainty)) < 0
}
