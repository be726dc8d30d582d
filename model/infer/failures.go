package infer

import (
	"time"

	"github.com/probetop/probetop/model/fact"
)

// orphan reports whether a failure may be of a probe that was running when the instance before ended.
func (r *reckoning) orphan(f *Failure) bool {
	c := r.Probe.Container
	return c.Restarts > 0 && f.To().Before(c.StartedAt.Add(r.took(f).Longest+time.Second))
}

// askedPreviousInstance reports whether the failed probe may have started against the previous instance, which exited before the
// probe finished.
func (r *reckoning) askedPreviousInstance(f *Failure) bool {
	c := r.Probe.Container
	return r.Probe.Type != fact.Readiness && c.Last != nil && !f.To().Before(c.Last.FinishedAt) && r.orphan(f)
}

// unbroken reports whether no success can have come after a failure, because it would show: the first success
// of a startup probe ends it, and that of a readiness probe, when one is enough, makes the container ready.
func (r *reckoning) unbroken(f *Failure) bool {
	c := r.Probe.Container
	switch {
	case f.To().Before(c.StartedAt):
		return false
	case r.Probe.Type == fact.Startup:
		return !c.HasStarted()
	case r.Probe.Type == fact.Readiness:
		return r.Probe.Spec.SuccessThreshold == 1 && r.unreadyFrom(f.To())
	}
	return false
}

// mayPrecedeSuccess reports whether a failure came in the second in which the container became ready, or before, and may have
// been first.
func (r *reckoning) mayPrecedeSuccess(f *Failure) bool {
	ready := r.flipped(r.Probe.Container, FlipReady, true)
	if ready == nil {
		return false
	}
	second := ready.told
	if second.IsZero() {
		second = ready.At.Truncate(time.Second)
	}
	return !f.To().After(second) && (f.Heard.IsZero() || !f.Heard.After(ready.At))
}

// silent is when a failure of the tick after f would have reached us, however long it took.
func (r *reckoning) silent(f *Failure) time.Time {
	return r.ticksAfter(f).Latest.Add(r.Probe.Spec.LongestRun() + EventLag)
}

// prompt is when one that came as soon as it may and took no time would have: a success may have come meanwhile.
func (r *reckoning) prompt(f *Failure) time.Time {
	return r.ticksAfter(f).Earliest.Add(fact.Promptly + EventLag)
}

// ticksAfter is when the run after f began, or begins, by our clock. It comes a period after f began, which is not known.
func (r *reckoning) ticksAfter(f *Failure) fact.Window {
	from, by := f.Heard, f.Heard
	switch {
	case f.listed():
		from, by = fact.Earliest(f.To().Add(time.Second), f.Event.LatestTime()), f.Event.LatestTime()
	case r.Waited(f):
		from = f.To().Add(time.Second)
	}
	if e := r.eligible(); e.After(from) {
		return fact.Window{Earliest: e, Latest: fact.Latest(e.Add(r.Probe.Spec.Period), by.Add(r.rest(f)))}
	}
	if r.onBeat(f) {
		from = from.Add(max(0, r.Probe.Spec.Period-r.took(f).Longest))
	}
	return fact.Window{Earliest: from, Latest: by.Add(r.rest(f))}
}

// Waited reports whether a failure reached us so late that it must have waited on its way, unless the node's clock is behind.
func (r *reckoning) Waited(f *Failure) bool {
	_, late := r.eventsLate()
	return f.Heard.Sub(f.To()) > EventSlack && !late
}

// begin is when the first of the failures of a write was.
func (f *Failure) begin() time.Time {
	if f.N == 1 {
		return f.To()
	}
	return f.from
}

// successMayBeUnseen reports whether a success may come at any moment and not be seen: of a readiness probe of which one success is
// not enough. Any sync of the pod runs it out of turn while the container is not ready.
func (j *Facts) successMayBeUnseen(p *Probe) bool {
	return p.Type == fact.Readiness && p.Spec.SuccessThreshold > 1 && !p.Container.Ready
}

// alone reports whether a write of a combined event most likely tells of this probe alone: its words name it, it counts as
// many failures as the probe has had ticks, and no other probe of the pod is known to have failed.
func (r *reckoning) alone(f *Failure) bool {
	if !f.Event.Named || !r.dense(f) || time.Duration(f.N-2)*r.Probe.Spec.Period > f.To().Sub(f.from)+time.Second {
		return false
	}
	for i := range r.Failures() {
		if o := &r.History.Failures[i]; o.Event.Outcome != fact.Warned && !r.mine(o) {
			return false
		}
	}
	return true
}

// inARow reports whether no success can have come between the failures of one write. What is run out of turn when a
// container becomes unready makes up for a tick at which it succeeded.
func (r *reckoning) inARow(f *Failure) bool {
	if r.Probe.Type != fact.Readiness || r.Probe.Container.Ready || !r.shows(f) {
		return r.dense(f)
	}
	return r.unreadyFrom(f.from) && r.Probe.Spec.SuccessThreshold == 1
}

// unreadyFrom reports whether the container was not ready from a moment on, told to the second.
func (r *reckoning) unreadyFrom(at time.Time) bool {
	since, known := r.unreadySince(r.Probe.Container)
	return known && !at.Before(since.Truncate(time.Second))
}

// minRunWhileUnready is the lower bound of the run that follows from the container being unready: after a success, the threshold;
// without one, all failures of the write and those after it.
func (r *reckoning) minRunWhileUnready(run int32, f *Failure) int32 {
	if p := r.Probe; p.Type != fact.Readiness || p.Container.Ready || p.Spec.SuccessThreshold > 1 || f.Event.Combined || f.from.Before(p.Container.StartedAt) {
		return 0
	}
	return min(run+f.N, r.Probe.Spec.FailureThreshold)
}

// dense reports whether a write counts as many failures as there may have been ticks in its time, so that every one of them
// failed. The first may have taken long, and the last not.
func (r *reckoning) dense(f *Failure) bool {
	took := r.took(f)
	ticks := int32((f.To().Sub(f.from) + time.Second + took.Longest - took.shortest) / r.Probe.Spec.Period)
	if f.initial {
		ticks++
	}
	return f.N >= ticks
}

// beginning says what it means that there is no older failure that counts. Events older than an hour have
// expired, and do not count any more; but a worker carries its count over a restart that it did not cause.
func (r *reckoning) beginning(oldest *Failure) fact.Bound {
	if r.Probe.Container.Restarts > 0 && oldest.To().Sub(r.Probe.Container.StartedAt) < 2*r.Probe.Spec.Pace()+r.took(oldest).Longest+time.Second {
		return fact.AtLeast
	}
	return fact.Exact
}
