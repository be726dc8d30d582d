package infer

import (
	"time"

	"github.com/probetop/probetop/model/fact"
	"github.com/probetop/probetop/model/kubelet"
)

// reckon counts how often probe p failed in a row, from what is known of its failures. The kubelet counts
// consecutive equal results (pkg/kubelet/prober/worker.go); a success leaves no event, so it shows only as a
// tick without a failure. The second result is when the count changes by time alone; zero for never.
func (j *Facts) reckon(p *Probe) (fact.Failures, time.Time) {
	f := fact.Failures{Threshold: p.Spec.FailureThreshold, Bound: fact.Exact}
	if !p.Counts() {
		if p.Certainty < CertaintyHigh || p.State != StatePassing && p.State != StateHeld && j.failedBefore(p) {
			f.Bound = fact.AtLeast // a worker keeps its count while it does not run the probe
		}
		return f, time.Time{}
	}
	if p.Type != fact.Readiness && p.State == StateFailed && p.Certainty >= CertaintyHigh {
		f.Run = f.Threshold // or there would be no kill
		return f, time.Time{}
	}
	if _, f, ok := j.Measured(p); ok {
		_, at, _ := j.Counts(p.Container.Name, p.Type).LastResult()
		return f, p.stale(at)
	}
	r := j.reckoning(p)
	c := r.course()
	f, r.Until = c.Failures(f.Threshold), c.Until
	if c.Stopped() && p.State != StateFailed {
		f.Run, f.Bound = 0, fact.AtLeast // no kill has come: some of them did not count
	}
	if first := j.firstResult(p); p.Type == fact.Startup && c.newest == nil && f.Bound == fact.Exact {
		if r.Until = first; !j.Now.Before(first) {
			f.Bound, r.Until = fact.AtLeast, time.Time{} // it must have failed since, and nothing was told
		}
	}
	if f.Run == 0 && r.zero.Earliest.IsZero() {
		f.Bound = fact.AtLeast // what made it fail is not known
	}
	if f.Bound == fact.AtLeast && r.reachedThreshold() {
		f.Run = max(f.Run, f.Threshold)
	}
	if last := c.newest; last != nil && r.successMayBeUnseen(p) {
		known := last.To().Add(EventSlack)
		if r.Until = known; !j.Now.Before(known) {
			f.Run, f.Bound, r.Until = 0, fact.AtLeast, time.Time{} // a success may have come at any moment
		}
	}
	doubtful, until := j.runMayBeLonger(p)
	if doubtful {
		f.Bound = fact.AtLeast
	}
	next := Soonest{At: r.Until}
	next.Add(until)
	return f, next.At
}

// runMayBeLonger reports whether failures of a probe may be missing from what is known, and until when that is so by time alone;
// zero when time does not change it.
func (j *Facts) runMayBeLonger(p *Probe) (bool, time.Time) {
	doubtful := !j.EventsSeen || j.PodsUnread || j.unattributed(p) != nil
	var next Soonest
	lasts := func(until time.Time, ok bool) {
		if ok {
			doubtful = true
			next.Add(until)
		}
	}
	_, until, late := j.statusesLate()
	lasts(until, late)
	lasts(j.kubeletsLate(j.Now))
	starved := j.starvedUntil()
	lasts(starved, j.Now.Before(starved))
	return doubtful, next.At
}

// failedBefore reports whether a probe has failed that may not have succeeded since.
func (j *Facts) failedBefore(p *Probe) bool {
	r := j.reckoning(p)
	for i := len(r.Failures()) - 1; i >= 0; i-- {
		if f := &r.History.Failures[i]; r.mine(f) {
			return r.zero.IsZero() || f.To().After(r.zero.Earliest)
		}
	}
	return false
}

// Counts reports whether the probe is in a state in which failures add up.
func (p *Probe) Counts() bool {
	return p.State == StateFailing || p.State == StateFailed || p.State == StateStarting
}

// reachedThreshold reports whether the container turned unready while running. That takes FailureThreshold consecutive failures, and it
// has not become ready since, so the run is at least the threshold.
func (r *reckoning) reachedThreshold() bool {
	c := r.Probe.Container
	since, known := r.unreadySince(c)
	if _, _, late := r.statusesLate(); late {
		return false // it may have become ready
	}
	if !known || r.Probe.Type != fact.Readiness || r.Probe.Spec.SuccessThreshold > 1 || since.Sub(c.StartedAt) <= 2*time.Second ||
		kubelet.ForgetsAtRestart(r.Node.Version()) {
		return false
	}
	if w, anew := r.restartOfKubelet(); anew && w.Latest.After(since) {
		return false // its worker counts anew
	}
	if f := r.flipped(c, FlipReady, false); f != nil {
		return !f.listed && f.At.After(r.LastFlip(c, flipRunning, true)) // not by being replaced
	}
	return c.Restarts == 0 && r.Pod.ProbedAlone() && !since.Equal(r.Seen)
}
