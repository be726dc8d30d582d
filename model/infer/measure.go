package infer

import (
	"time"

	"github.com/probetop/probetop/model/fact"
)

// Measured is what the kubelet's counters say of a probe now: its newest result, and how often it has failed in a
// row. It reports false when they are not read, say nothing of the running instance, or are older than what an
// event says.
func (j *Facts) Measured(p *Probe) (success bool, f fact.Failures, ok bool) {
	c := j.Counts(p.Container.Name, p.Type)
	if c == nil {
		return false, f, false
	}
	success, at, known := c.LastResult()
	since := j.runsBy(p.Container).Add(time.Second)
	if p.Container.Restarts > 0 {
		since = since.Add(p.Spec.Timeout) // a probe of the instance before may have been running
	}
	if !known || at.Earliest.Before(since) || !j.Now.Before(p.stale(at)) {
		return false, f, false
	}
	r := j.reckoning(p)
	if e := r.newest(); e != nil && !e.To().Add(time.Second).Before(at.Earliest) {
		return false, f, false // the event may be the newer one
	}
	if e := j.lastOf(p, fact.Errored); e != nil && !e.Last.Add(time.Second).Before(at.Earliest) {
		return false, f, false
	}
	run, bound, counted := c.Run()
	if p.Type != fact.Readiness {
		run, bound, counted = c.RunUnder(p.Spec.FailureThreshold)
	}
	return success, fact.Failures{Run: run, Threshold: p.Spec.FailureThreshold, Bound: bound}, counted
}

// runsBy is by when the running instance had surely started, by the clock of the API server. Where the status that told of it came
// much later than it says, the node's clock may be behind.
func (j *Facts) runsBy(c *fact.Container) time.Time {
	if f := j.flipped(c, flipRunning, true); f != nil && f.At.Sub(c.StartedAt) > EventSlack+statusLag {
		return f.At
	}
	return c.StartedAt
}

// stale is when a result of the counters is too old to say how the probe is: two more were due.
func (p *Probe) stale(at fact.Window) time.Time {
	return at.Latest.Add(2*p.Spec.Period + p.Spec.Timeout + EventSlack)
}

// byCounters is the state of a probe whose newest result the counters tell.
func (j *Facts) byCounters(p *Probe) (Verdict, bool) {
	success, f, ok := j.Measured(p)
	if !ok || p.Type == fact.Readiness && !p.Container.Ready {
		return Verdict{}, false
	}
	v := Verdict{State: StatePassing, Certainty: CertaintyHigh, Evidence: ByStatus | ByCounters}
	switch {
	case success:
	case p.Type != fact.Readiness && f.Run >= f.Threshold && f.Bound == fact.Exact:
		v.State = StateFailed // it is not run any more, and the kill is due
	default:
		v.State = StateFailing
	}
	_, at, _ := j.Counts(p.Container.Name, p.Type).LastResult()
	v.Until = p.stale(at)
	return v, true
}
