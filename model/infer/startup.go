package infer

import (
	"time"

	"github.com/probetop/probetop/model/fact"
	"github.com/probetop/probetop/model/kubelet"
)

// startedIn is when the startup probe of a container that is started has succeeded, as far as anything tells.
func (j *Facts) startedIn(c *fact.Container) fact.Window {
	if at := j.LastFlip(c, flipStarted, true); at.After(c.StartedAt) {
		return fact.Window{Earliest: at.Add(-j.delayOf(at)), Latest: at}
	}
	w := fact.Window{Earliest: c.StartedAt, Latest: j.budget(c)}
	for _, by := range [...]time.Time{j.wasReady(c), j.gateOpen(c)} {
		if !by.IsZero() && by.Before(w.Latest) {
			w.Latest = by
		}
	}
	return w
}

// budget is by when a startup probe has succeeded, or its container is killed: it may fail up to its threshold. One
// that cannot be carried out may take any time, until its events end.
func (j *Facts) budget(c *fact.Container) time.Time {
	s := c.Probes[fact.Startup]
	w := c.StartedAt.Add(s.InitialDelay + time.Duration(s.FailureThreshold)*max(s.Period, s.Timeout) + s.Timeout + statusLag)
	for _, e := range j.Events {
		if e.Outcome == fact.Errored && e.Probe == fact.Startup && (e.Container == c.Name || e.Container == "" || e.Combined) && !e.Last.Before(c.StartedAt) {
			if until := e.Last.Add(s.Period + kubelet.Attempts*s.Timeout + EventSlack); until.After(w) {
				w = until
			}
		}
	}
	if starved := j.starvedUntil(); starved.After(w) {
		return starved
	}
	return w
}

// wasReady is a moment at which the pod's conditions say that all its containers had started; zero for none.
func (j *Facts) wasReady(c *fact.Container) time.Time {
	ready := j.Pod.Condition("ContainersReady")
	if ready == nil || !ready.Since.After(c.StartedAt) {
		return time.Time{} // it is about the instance before
	}
	return ready.Since.Add(time.Second) // ready since then, or until then
}

// gateOpen is a moment at which a probe of the instance failed that is not run before the startup probe has succeeded;
// zero for none.
func (j *Facts) gateOpen(c *fact.Container) (first time.Time) {
	for _, e := range j.Events {
		p := c.Probes[e.Probe]
		if e.Outcome == fact.NoOutcome || e.Combined || e.Probe == fact.Startup || e.Container != c.Name || p == nil {
			continue
		}
		at := e.First
		if inherited := c.StartedAt.Add(kubelet.Attempts*p.Timeout + time.Second); c.Restarts > 0 && at.Before(inherited) {
			if at = e.Last; at.Before(inherited) {
				continue // the probe met the instance before
			}
		}
		if at.Before(c.StartedAt) {
			at = e.Last
		}
		if !at.Before(c.StartedAt) && (first.IsZero() || at.Before(first)) {
			first = at.Add(time.Second)
		}
	}
	return first
}
