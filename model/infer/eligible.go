package infer

import (
	"time"

	"github.com/probetop/probetop/model/fact"
)

// eligible is since when every tick surely runs the probe: the instance runs, its initial delay is over, and its
// startup probe has succeeded. A tick before that is skipped, and neither counts nor breaks a run.
func (r *reckoning) eligible() time.Time { return r.eligibility().Latest }

// eligibility is the same as a window: before it no tick runs the probe.
func (r *reckoning) eligibility() fact.Window {
	c := r.Probe.Container
	from := r.begun(c).Add(r.Probe.Spec.InitialDelay)
	w := fact.Window{Earliest: from, Latest: from}
	if c.Probes[fact.Startup] == nil || r.Probe.Type == fact.Startup {
		return w
	}
	if started := r.startedIn(c); started.Latest.After(w.Latest) {
		w.Latest = started.Latest
		if started.Earliest.After(from) {
			w.Earliest = started.Earliest
		}
	}
	return w
}

// told is when the kubelet has surely told of the instance: it probes only what is in its own status, which it writes when
// it has started the other containers of the pod, too (pkg/kubelet/prober/worker.go, doProbe).
func (j *Facts) told(c *fact.Container) time.Time {
	if f := j.flipped(c, flipRunning, true); f != nil && !f.At.Before(j.begun(c)) {
		return f.At
	}
	last := j.begun(c)
	for i := range j.Pod.Containers {
		if other := &j.Pod.Containers[i]; c.Restarts == 0 && other.Restarts == 0 && j.begun(other).After(last) {
			last = j.begun(other)
		}
	}
	return last
}
