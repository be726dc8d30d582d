package infer

import (
	"time"

	"github.com/probetop/probetop/model/fact"
	"github.com/probetop/probetop/model/kubelet"
)

// cap lowers the certainty to at most c until a moment, or until a new fact comes when that is zero.
func (v *Verdict) cap(c Certainty, until time.Time) {
	if v.Certainty <= c {
		return
	}
	v.Certainty = c
	if v.Until.IsZero() || !until.IsZero() && until.Before(v.Until) {
		v.Until = until
	}
}

// StartedInDoubt reports whether a container may be called started only because the instance before it was, and until
// when: the startup probe's next tick sets it right (kubelet 1.35 to 1.37, issue 141155).
func (j *Facts) StartedInDoubt(c *fact.Container) (time.Time, bool) {
	startup := c.Probes[fact.Startup]
	if startup == nil || c.State != fact.Running || !c.HasStarted() || c.Restarts == 0 || !kubelet.StartupGatingBug(j.Node.Version()) {
		return time.Time{}, false
	}
	if j.LastFlip(c, flipStarted, true).After(c.StartedAt) {
		return time.Time{}, false // it was seen to start
	}
	until := c.StartedAt.Add(time.Second + startup.InitialDelay + 2*startup.Period + startup.Timeout + statusLag)
	return until, j.Now.Before(until)
}

// readyInDoubt reports whether a container may be called ready because it was once, while it was called started only because
// the instance before it was, and until when: the kubelet keeps that result while it does not run the probe, and the count of
// failures that came after it.
func (j *Facts) readyInDoubt(p *Probe) (until time.Time, doubtful bool) {
	c := p.Container
	if p.Type != fact.Readiness || c.Probes[fact.Startup] == nil || c.Restarts == 0 || !kubelet.StartupGatingBug(j.Node.Version()) {
		return time.Time{}, false
	}
	begun, not, started := j.LastFlip(c, flipRunning, true), j.LastFlip(c, flipStarted, false), j.LastFlip(c, flipStarted, true)
	if begun.Before(c.StartedAt) || !not.After(begun) || !started.After(not) {
		return time.Time{}, false // it was not called started from the beginning
	}
	return started.Add(p.Spec.Period + p.Spec.LongestRun() + EventLag), true
}

// KubeletAnew reports whether the kubelet was restarted so short a time ago that its probes may not have run again,
// and until when: each waits for a part of its period first.
func (j *Facts) KubeletAnew() (time.Time, bool) {
	w, ok := j.restartOfKubelet()
	if !ok {
		return time.Time{}, false
	}
	told := w.Latest
	if j.Start.Tells(w) {
		told = j.Start.By // its clock may be wrong
	}
	until := told.Add(j.slowest() + statusLag)
	return until, j.Now.Before(until)
}

// restartOfKubelet returns when the kubelet was restarted last, as far as its own word, its counters and its events show it.
func (j *Facts) restartOfKubelet() (fact.Window, bool) {
	w, known := j.KubeletRestarted()
	if told, repeated := (&Case{Events: j.Events}).KubeletRestart(); repeated && told.Latest.After(w.Latest) {
		w, known = told, true
	}
	if j.Start.Tells(w) {
		return j.Start.window(), true
	}
	return w, known
}

// KubeletRestart returns when the pod's kubelet was restarted last, as far as the pod's events show it: a kubelet
// counts the same event again in the same object, and only one that has forgotten it writes another.
func (r *Case) KubeletRestart() (fact.Window, bool) {
	var w fact.Window
	for i, e := range r.Events {
		for _, old := range r.Events[:i] {
			if old.Reason == e.Reason && old.Container == e.Container && old.Message == e.Message && !e.Combined &&
				e.First.After(old.Last) && e.First.After(w.Latest) {
				w = fact.Window{Earliest: old.Last, Latest: e.First}
			}
		}
	}
	return w, !w.IsZero()
}

// Frozen reports whether the container is called ready because its probe cannot be run any more to find out that it is not.
func (j *Facts) Frozen(p *Probe) bool {
	v := j.Node.Version()
	return v.Known() && kubelet.ExecReadinessFrozen(v) && p.Type == fact.Readiness && p.Spec.Handler == fact.Exec && p.Container.Ready && j.Pod.Deleting()
}
