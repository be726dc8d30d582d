package infer

import (
	"time"

	"github.com/probetop/probetop/model/fact"
	"github.com/probetop/probetop/model/kubelet"
)

// This file decides the states of a container that is being killed, or about to be.

// stopsWithPod reports whether liveness and startup of a container stop when its pod terminates.
func (j *Facts) stopsWithPod(c *fact.Container) bool {
	return c.Kind == fact.Main || c.Kind == fact.Sidecar && kubelet.SidecarsStop(j.Node.Version())
}

// suspended is the state of the probes that stop when termination begins.
func (j *Facts) suspended(c *fact.Container) Verdict {
	v := Verdict{State: StateSuspended, Certainty: Certain, Evidence: ByStatus}
	for _, e := range j.Events {
		if e.Kill == fact.KilledByStop && e.Container == c.Name && !e.Last.Before(c.StartedAt) {
			return v
		}
	}
	v.Certainty = CertaintyMedium // the sync of the pod may be busy with another kill
	return v
}

// stopping is the state of the probes that stop when the kubelet ends a pod that is not deleted: one that is over because a
// container that is never restarted has failed a probe, or one whose sandbox is gone.
func (j *Facts) stopping(p *Probe) (Verdict, bool) {
	c := p.Container
	if p.Type == fact.Readiness || !j.stopsWithPod(c) || j.Pod.Deleting() {
		return Verdict{}, false
	}
	for _, e := range j.Events {
		if e.Kill != fact.KilledByStop || e.Container != c.Name || e.Last.Before(c.StartedAt) || c.Restarts > 0 && e.Last.Equal(c.StartedAt) {
			continue
		}
		v := Verdict{State: StateSuspended, Certainty: CertaintyMedium, Evidence: ByStatus | ByEvent, Until: e.Last.Add(j.longestGrace() + EventSlack + killLag + patience)}
		if typ, ok := j.stoppedByProbe(end{Container: c.Name}, kill{At: e.Last}); ok && typ == p.Type {
			v.State, v.Certainty = StateFailed, CertaintyHigh
		}
		return v, j.Now.Before(v.Until)
	}
	return Verdict{}, false
}

// decided reports whether a liveness or startup probe has reached its threshold: its worker is held, and the kill is
// due. That waits for the sync of the pod, which is busy as long as it kills another container of the pod.
func (j *Facts) decided(p *Probe) (Verdict, bool) {
	at, ok := j.reached(p)
	if !ok {
		return Verdict{}, false
	}
	due := at.Add(EventSlack + killLag)
	if len(j.Pod.Containers) > 1 {
		due = due.Add(j.longestGrace())
	}
	v := Verdict{State: StateFailed, Certainty: CertaintyHigh, Evidence: ByStatus | ByEvent, Until: due}
	if !j.Now.Before(due) && !j.Now.Before(j.starvedUntil()) {
		v.Certainty, v.Until = CertaintyMedium, due.Add(j.grace(p)+patience) // the node is busy, or one of the failures did not count
	}
	return v, j.Now.Before(v.Until)
}

// patience is how much longer than usual a kill may take before it is not believed in any more.
const patience = 30 * time.Second

// reached is when the newest failure of a liveness or startup probe was, if it was as many in a row as it takes. Silence
// after it means nothing: the probe is not run any more.
func (j *Facts) reached(p *Probe) (time.Time, bool) {
	if p.Type == fact.Readiness {
		return time.Time{}, false
	}
	now := j.reckoning(p)
	f := now.newest()
	if f == nil || f.To().Before(p.Container.StartedAt) {
		return time.Time{}, false
	}
	then := *j
	then.Now = f.To()
	r := then.reckoning(p)
	c := r.course()
	return f.To(), c.Stopped()
}
