package infer

import (
	"time"

	"github.com/probetop/probetop/model/fact"
)

// zero is when the count was last zero for sure: at the kill that the same probe caused, or at the success that
// made the pod ready, or with a new kubelet. It is the zero Window when there is no such moment, and one without an
// Earliest when there may have been one.
func (j *Facts) zero(p *Probe) fact.Window {
	z := j.zeroOf(p)
	if e := j.lastOf(p, fact.Warned); e != nil && e.Last.After(z.Latest) {
		z = fact.Window{Earliest: e.Last, Latest: e.Last} // a success with a remark
	}
	if w, ok := j.restartOfKubelet(); ok && w.Latest.After(z.Latest) {
		z = w
	}
	return z
}

// zeroOf is when what the probe itself brought about made the count zero.
func (j *Facts) zeroOf(p *Probe) fact.Window {
	if j.History == nil {
		return fact.Window{}
	}
	cause := map[fact.ProbeType]fact.KillCause{fact.Liveness: fact.KilledByLiveness, fact.Startup: fact.KilledByStartup}[p.Type]
	if cause != fact.NotKilled {
		_, dying := j.killed(p, cause)
		for i := len(j.History.kills) - 1; i >= 0; i-- {
			if k := j.History.kills[i]; k.Container == p.Container.Name && k.cause == cause && !dying {
				return fact.Window{Earliest: k.At, Latest: k.At}
			}
		}
		return fact.Window{}
	}
	return j.succeeded(p)
}

// succeeded is when the success came that made a container ready, as far as anything tells: the pod's conditions, a change
// that was seen, or that none was.
func (j *Facts) succeeded(p *Probe) fact.Window {
	if until, ok := j.readyInDoubt(p); ok && !j.LastFlip(p.Container, FlipReady, true).After(until) {
		return fact.Window{Latest: until}
	}
	alone, ready := j.Pod.ProbedAlone(), j.Pod.Condition("ContainersReady")
	since := p.Container.Ready && ready != nil && ready.Status == fact.True
	if alone && since {
		return fact.Window{Earliest: ready.Since.Add(-time.Nanosecond), Latest: ready.Since.Add(time.Second)} // it is told to the second
	}
	f := j.flipped(p.Container, FlipReady, true)
	switch {
	case f == nil && p.Container.Ready && !j.Seen.Before(p.Container.StartedAt):
		by := j.Seen // it was not seen to become ready since
		if since && ready.Since.Add(time.Second).Before(by) {
			by = ready.Since.Add(time.Second)
		}
		return fact.Window{Earliest: p.Container.StartedAt, Latest: by}
	case f == nil:
		return fact.Window{}
	case !f.told.IsZero() && alone:
		return fact.Window{Earliest: f.told.Add(-time.Nanosecond), Latest: f.told.Add(time.Second)}
	case f.listed || f.By().Before(f.At):
		return fact.Window{Latest: f.By()}
	}
	return fact.Window{Earliest: f.At.Add(-j.delayOf(f.At)), Latest: f.At}
}

// statusDelay is how long a status takes to reach us.
const statusDelay = time.Second
