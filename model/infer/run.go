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
	if f.Bound == fact.AtLeast && r.failedThen() {
		f.Run = max(f.Run, f.Threshold)
	}
	if last := c.newest; last != nil && r.goesUnseen(p) {
		known := last.To().Add(EventSlack)
		if r.Until = known; !j.Now.Before(known) {
			f.Run, f.Bound, r.Until = 0, fact.AtLeast, time.Time{} // a success may have come at any moment
		}
	}
	if !j.EventsSeen || j.PodsUnread || j.unattributed(p) != nil {
		f.Bound = fact.AtLeast
	}
	if until, ok := j.eventsLate(); ok {
		f.Bound = fact.AtLeast
		if r.Until.IsZero() || until.Before(r.Until) {
			r.Until = until
		}
	}
	if until, ok := j.kubeletsLate(j.Now); ok {
		f.Bound = fact.AtLeast
		if r.Until.IsZero() || until.Before(r.Until) {
			r.Until = until
		}
	}
	if starved := j.starvedUntil(); j.Now.Before(starved) {
		f.Bound = fact.AtLeast
		if r.Until.IsZero() || starved.Before(r.Until) {
			r.Until = starved
		}
	}
	return f, r.Until
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

// reckoning walks back through the failures of one probe.
type reckoning struct {
	*Facts
	Probe *Probe
	zero  fact.Window
	Until time.Time
}

func (j *Facts) reckoning(p *Probe) reckoning {
	return reckoning{Facts: j, Probe: p, zero: j.zero(p)}
}

// newest returns the newest failure of the running instance that counts; nil for none.
func (r *reckoning) newest() *Failure {
	all := r.Failures()
	for i := len(all) - 1; i >= 0; i-- {
		f := &all[i]
		switch {
		case !r.mine(f):
		case f.To().Before(r.Probe.Container.StartedAt), !r.zero.IsZero() && !f.To().After(r.zero.Earliest):
			return nil
		default:
			return f
		}
	}
	return nil
}

// orphan reports whether a failure may be of a probe that was running when the instance before ended.
func (r *reckoning) orphan(f *Failure) bool {
	c := r.Probe.Container
	return c.Restarts > 0 && f.To().Before(c.StartedAt.Add(r.took(f).Longest+time.Second))
}

// inFlight reports whether a failure may have come when the instance before had just ended by itself.
func (r *reckoning) inFlight(f *Failure) bool {
	c := r.Probe.Container
	return r.Probe.Type != fact.Readiness && c.Last != nil && !f.To().Before(c.Last.FinishedAt) && r.orphan(f)
}

func (r *reckoning) Failures() []Failure {
	if r.History == nil {
		return nil
	}
	return r.History.Failures
}

// mine reports whether a failure is the probe's.
func (r *reckoning) mine(f *Failure) bool {
	return f.Event.Outcome == fact.Failed && f.Event.Probe == r.Probe.Type && f.Event.Container == r.Probe.Container.Name
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

// unreadySince is since when a container has surely not been ready: since a change that was seen, or since it was seen
// first, and not before the pod's conditions say that something ceased to be.
func (j *Facts) unreadySince(c *fact.Container) (since time.Time, known bool) {
	if c.Ready {
		return since, false
	}
	ready := j.Pod.Condition("ContainersReady")
	told := ready != nil && ready.Status == fact.False
	since = j.LastFlip(c, FlipReady, false)
	switch {
	case since.IsZero() && told && j.Pod.ProbedAlone():
		return ready.Since, true
	case since.IsZero():
		since = j.Seen
	}
	if told && ready.Since.After(since) {
		since = ready.Since
	}
	if j.History != nil && j.History.retold.After(since) && !j.Pod.ProbedAlone() {
		since = j.History.retold // it may have been ready while nobody listened
	}
	return since, true
}

// beforeSuccess reports whether a failure came in the second in which the container became ready, or before, and may have
// been first.
func (r *reckoning) beforeSuccess(f *Failure) bool {
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

// ticksAfter is when the run after f began, or begins, by our clock. It comes a period after f began, which nobody says.
func (r *reckoning) ticksAfter(f *Failure) fact.Window {
	from, by := f.Heard, f.Heard
	switch {
	case f.listed():
		from, by = earliest(f.To().Add(time.Second), f.Event.LatestTime()), f.Event.LatestTime()
	case r.Waited(f):
		from = f.To().Add(time.Second)
	}
	if e := r.eligible(); e.After(from) {
		return fact.Window{Earliest: e, Latest: latest(e.Add(r.Probe.Spec.Period), by.Add(r.rest(f)))}
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

func earliest(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

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

// begin is when the first of the failures of a write was.
func (f *Failure) begin() time.Time {
	if f.N == 1 {
		return f.To()
	}
	return f.from
}

// goesUnseen reports whether a success may come at any moment and not be seen: of a readiness probe of which one success is
// not enough. Any sync of the pod runs it out of turn while the container is not ready.
func (j *Facts) goesUnseen(p *Probe) bool {
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
	if r.Probe.Type != fact.Readiness || r.Probe.Container.Ready {
		return r.dense(f)
	}
	return r.unreadyFrom(f.from) && r.Probe.Spec.SuccessThreshold == 1
}

// unreadyFrom reports whether the container was not ready from a moment on, told to the second.
func (r *reckoning) unreadyFrom(at time.Time) bool {
	since, known := r.unreadySince(r.Probe.Container)
	return known && !at.Before(since.Truncate(time.Second))
}

// failedThen reports whether the running instance ceased to be ready, which takes as many failures in a row as the threshold,
// and none of them is made up for by less than what makes it ready again.
func (r *reckoning) failedThen() bool {
	c := r.Probe.Container
	since, known := r.unreadySince(c)
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

// unmade is how many of a write's failures, and of those after it, must have come in a row for the container not to be
// ready: after a success, as many as the threshold; without one, all of them.
func (r *reckoning) unmade(run int32, f *Failure) int32 {
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
