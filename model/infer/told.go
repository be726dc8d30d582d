package infer

import (
	"time"

	"github.com/probetop/probetop/model/fact"
	"github.com/probetop/probetop/model/kubelet"
)

// lastOf returns the newest event of that outcome in the life of the running instance; nil for none. An event that
// merges others says only what was said last, of whichever probe: what it said before is history.
func (j *Facts) lastOf(p *Probe, o fact.Outcome) *fact.Event {
	var last *fact.Event
	for i := len(p.Events) - 1; i >= 0 && last == nil; i-- {
		if e := p.Events[i]; e.Outcome == o && !e.Last.Before(p.Container.StartedAt) {
			last = e
		}
	}
	if j.History == nil {
		return last
	}
	for i := len(j.History.Failures) - 1; i >= 0; i-- {
		e := j.History.Failures[i].Event
		if e.Combined && e.Outcome == o && e.Probe == p.Type && e.Container == p.Container.Name && !e.Last.Before(p.Container.StartedAt) && (last == nil || e.Last.After(last.Last)) {
			return e
		}
	}
	return last
}

// only reports whether no other container of the pod has a probe of that type, so that every event of that type is about
// this one.
func (j *Facts) only(p *Probe) bool {
	for i := range j.Pod.Containers {
		if c := &j.Pod.Containers[i]; c.Name != p.Container.Name && c.Probes[p.Type] != nil {
			return false
		}
	}
	return true
}

// unattributed returns the newest failure that may be this probe's or that of another container; nil for none. Of a write
// of a combined event that tells of several, only the last is known.
func (j *Facts) unattributed(p *Probe) *Failure {
	if j.History == nil || j.only(p) {
		return nil
	}
	for i := len(j.History.Failures) - 1; i >= 0; i-- {
		f := &j.History.Failures[i]
		if e := f.Event; e.Probe != p.Type || e.Outcome == fact.Warned || e.Container == p.Container.Name {
			continue
		} else if e.Container == "" || e.Combined && f.N > 1 {
			return f
		}
	}
	return nil
}

// hiddenUntil is until when an unattributed failure may hide that the probe fails.
func (f *Failure) hiddenUntil(p *Probe) time.Time {
	if f.Event.Container == "" {
		return f.To().Add(2*p.Spec.Period + kubelet.Attempts*p.Spec.Timeout + EventSlack)
	}
	last := f.To()
	if f.initial && f.N == 2 {
		last = f.from // the other is told
	}
	return last.Add(p.Spec.Pace() + p.Spec.LongestRun() + EventSlack)
}
