package infer

import (
	"time"

	"github.com/probetop/probetop/model/fact"
	"github.com/probetop/probetop/model/kubelet"
)

// This file says what the events of a probe, and their absence, are worth.

// failureMayPrecedeSuccess reports whether the last failure of a readiness probe may predate the success that made the container
// ready, and until when that is open. A busy kubelet stamps the Ready condition up to 3 s after the result, so their order is unknown.
func (j *Facts) failureMayPrecedeSuccess(p *Probe) (until time.Time, doubtful bool) {
	ready := j.flipped(p.Container, FlipReady, true)
	if p.Type != fact.Readiness || ready == nil || ready.told.IsZero() || ready.At.Sub(ready.told) < noted/2 {
		return until, false // it was told at once
	}
	r := j.reckoning(p)
	for i := len(j.History.Failures) - 1; i >= 0; i-- {
		if f := &j.History.Failures[i]; r.mine(f) {
			until = r.silent(f)
			return until, !f.Heard.IsZero() && !f.To().Before(ready.told.Add(-noted)) && j.Now.Before(until)
		}
	}
	return until, false
}

// noted is how long a kubelet may take from the result of a probe to the condition that follows from it.
const noted = 3 * time.Second

// succeededAfter reports whether a failure and the success that made the container ready came in the same second, and the success was
// last: we heard of it last, or a list told both. What fails is run again at once then, and what succeeds a period later.
func (r *reckoning) succeededAfter(f *Failure) bool {
	if r.Probe.Type != fact.Readiness || !r.Probe.Container.Ready || !f.To().Before(r.zero.Latest) {
		return false
	}
	if f.listed() {
		return f.To().Add(time.Second).Equal(r.zero.Latest)
	}
	return r.LastFlip(r.Probe.Container, FlipReady, true).After(f.Heard)
}

// firstResult is when the first probe of the running instance must have left its mark: the worker ticks once
// a period, from a moment that is not known.
func (j *Facts) firstResult(p *Probe) time.Time {
	r := j.reckoning(p)
	from := r.eligible()
	if told := j.told(p.Container); told.After(from) {
		from = told
	}
	return from.Add(p.Spec.Period + kubelet.Attempts*p.Spec.Timeout + statusLag)
}

// reasonScheduled is the reason of the only event of a pod's ordinary life that is not its kubelet's.
const reasonScheduled = "Scheduled"
