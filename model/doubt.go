package model

import (
	"time"

	"github.com/probetop/probetop/model/fact"
	"github.com/probetop/probetop/model/kubelet"
)

// cap lowers the certainty to at most c until a moment; until somebody speaks, when that is zero.
func (v *Verdict) cap(c Certainty, until time.Time) {
	if v.Certainty <= c {
		return
	}
	v.Certainty = c
	if v.Until.IsZero() || !until.IsZero() && until.Before(v.Until) {
		v.Until = until
	}
}

// startedInDoubt reports whether a container may be called started only because the instance before it was, and until
// when: the startup probe's next tick sets it right (kubelet 1.35 to 1.37, issue 141155).
func (j *judge) startedInDoubt(c *fact.Container) (time.Time, bool) {
	startup := c.Probes[fact.Startup]
	if startup == nil || c.State != fact.Running || !c.HasStarted() || c.Restarts == 0 || !kubelet.StartupGatingBug(j.node.Version()) {
		return time.Time{}, false
	}
	if j.lastFlip(c, flipStarted, true).After(c.StartedAt) {
		return time.Time{}, false // it was seen to start
	}
	until := c.StartedAt.Add(time.Second + startup.InitialDelay + 2*startup.Period + startup.Timeout + statusLag)
	return until, j.now.Before(until)
}

// readyInDoubt reports whether a container may be called ready because it was once, while it was called started only because
// the instance before it was, and until when: the kubelet keeps that result while it does not run the probe, and the count of
// failures that came after it.
func (j *judge) readyInDoubt(p *Probe) (until time.Time, doubtful bool) {
	c := p.Container
	if p.Type != fact.Readiness || c.Probes[fact.Startup] == nil || c.Restarts == 0 || !kubelet.StartupGatingBug(j.node.Version()) {
		return time.Time{}, false
	}
	begun, not, started := j.lastFlip(c, flipRunning, true), j.lastFlip(c, flipStarted, false), j.lastFlip(c, flipStarted, true)
	if begun.Before(c.StartedAt) || !not.After(begun) || !started.After(not) {
		return time.Time{}, false // it was not called started from the beginning
	}
	return started.Add(p.Spec.Period + p.Spec.LongestRun() + eventLag), true
}

// kubeletAnew reports whether the kubelet was restarted so short a time ago that its probes may not have run again,
// and until when: each waits for a part of its period first.
func (j *judge) kubeletAnew() (time.Time, bool) {
	w, ok := j.restartOfKubelet()
	if !ok {
		return time.Time{}, false
	}
	until := w.Latest.Add(j.slowest() + statusLag)
	return until, j.now.Before(until)
}

// restartOfKubelet returns when the kubelet was restarted last, as far as its counters and events show it.
func (j *judge) restartOfKubelet() (fact.Window, bool) {
	w, counted := j.kubeletRestarted()
	told, repeated := (&Case{Events: j.events}).KubeletRestart()
	if repeated && told.Latest.After(w.Latest) {
		return told, true
	}
	return w, counted
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

// frozen reports whether the container is called ready because nobody can find out any more that it is not.
func (j *judge) frozen(p *Probe) bool {
	v := j.node.Version()
	return v.Known() && kubelet.ExecReadinessFrozen(v) && p.Type == fact.Readiness && p.Spec.Handler == fact.Exec && p.Container.Ready && j.pod.Deleting()
}
