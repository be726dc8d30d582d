package model

import "time"

// zero is when the count was last zero for sure: at the kill that the same probe caused, or at the success that
// made the pod ready, or with a new kubelet. It is the zero Window when there is no such moment, and one without an
// Earliest when there may have been one.
func (j *judge) zero(p *Probe) Window {
	z := j.zeroOf(p)
	if e := j.lastOf(p, Warned); e != nil && e.Last.After(z.Latest) {
		z = Window{e.Last, e.Last} // a success with a remark
	}
	if w, ok := j.restartOfKubelet(); ok && w.Latest.After(z.Latest) {
		z = w
	}
	return z
}

// zeroOf is when what the probe itself brought about made the count zero.
func (j *judge) zeroOf(p *Probe) Window {
	if j.history == nil {
		return Window{}
	}
	cause := map[ProbeType]KillCause{Liveness: KilledByLiveness, Startup: KilledByStartup}[p.Type]
	if cause != NotKilled {
		_, dying := j.killed(p, cause)
		for i := len(j.history.kills) - 1; i >= 0; i-- {
			if k := j.history.kills[i]; k.container == p.Container.Name && k.cause == cause && !dying {
				return Window{k.at, k.at}
			}
		}
		return Window{}
	}
	return j.succeeded(p)
}

// succeeded is when the success came that made a container ready, as far as anything tells: the pod's conditions, a change
// that was seen, or that none was.
func (j *judge) succeeded(p *Probe) Window {
	if until, ok := j.readyInDoubt(p); ok && !j.lastFlip(p.Container, flipReady, true).After(until) {
		return Window{Latest: until}
	}
	alone, ready := j.pod.probedAlone(), j.pod.Condition("ContainersReady")
	since := p.Container.Ready && ready != nil && ready.Status == True
	if alone && since {
		return Window{ready.Since.Add(-time.Nanosecond), ready.Since.Add(time.Second)} // it is told to the second
	}
	f := j.flipped(p.Container, flipReady, true)
	switch {
	case f == nil && p.Container.Ready && !j.seen.Before(p.Container.StartedAt):
		by := j.seen // nobody saw it become ready since
		if since && ready.Since.Add(time.Second).Before(by) {
			by = ready.Since.Add(time.Second)
		}
		return Window{p.Container.StartedAt, by}
	case f == nil:
		return Window{}
	case !f.told.IsZero() && alone:
		return Window{f.told.Add(-time.Nanosecond), f.told.Add(time.Second)}
	case f.listed || f.by().Before(f.at):
		return Window{Latest: f.by()}
	}
	return Window{f.at.Add(-statusDelay), f.at}
}

// statusDelay is how long a status takes to reach us.
const statusDelay = time.Second

// lastFlip is when the container was last seen to become ready or started, or to cease to be; zero when it was
// not seen.
func (j *judge) lastFlip(c *Container, what flipKind, to bool) time.Time {
	if f := j.flipped(c, what, to); f != nil {
		return f.at
	}
	return time.Time{}
}

// flipped returns that change; nil when it was not seen.
func (j *judge) flipped(c *Container, what flipKind, to bool) *flip {
	if j.history == nil {
		return nil
	}
	for i := len(j.history.flips) - 1; i >= 0; i-- {
		if f := &j.history.flips[i]; f.container == c.Name && f.what == what && f.to == to {
			return f
		}
	}
	return nil
}
