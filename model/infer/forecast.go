package infer

import (
	"cmp"
	"time"

	"github.com/probetop/probetop/model/fact"
	"github.com/probetop/probetop/model/kubelet"
)

// ConsequenceKind is what follows when a probe goes on failing.
type ConsequenceKind string

// The consequences.
const (
	// NoConsequence is expected of a probe that passes, or is not run.
	NoConsequence ConsequenceKind = ""
	// WillRestart is the restart of the container.
	WillRestart ConsequenceKind = "restart"
	// WillKill is the end of a container that is not restarted.
	WillKill ConsequenceKind = "kill"
	// WillUnready is the removal of the pod from traffic.
	WillUnready ConsequenceKind = "unready"
)

// Consequence is what follows, and when, if the probe fails from now on.
type Consequence struct {
	Kind ConsequenceKind
	fact.Window
}

// Forecast is what comes next for a probe.
type Forecast struct {
	// Next is when it is run next.
	Next fact.Window
	// Consequence is what follows if it goes on failing.
	Consequence Consequence
}

// killLag is how long the kubelet may take from the result that decides to the kill: the pod's sync waits for a
// look at the runtime that is newer than its last (PLEG, once a second).
const killLag = 3 * time.Second

// leastGrace is what the kubelet leaves a container at least (pkg/kubelet/kuberuntime/kuberuntime_container.go).
const leastGrace = 2 * time.Second

// Forecast returns when probe p of the row is run next, as seen at that moment, and what follows if it goes on
// failing. It says nothing about probes that are not run, and nothing of consequences for those that do not fail.
func (r *Case) Forecast(p *Probe, now time.Time) Forecast {
	j := r.Facts
	j.Now = now
	k := j.reckoning(p)
	switch p.State {
	case StateFailed:
		if p.Type != fact.Readiness {
			if c := j.killing(p); c.Kind != NoConsequence {
				return Forecast{Consequence: c}
			}
			return Forecast{Consequence: k.consequence(fact.Window{Earliest: now, Latest: now})}
		}
		return Forecast{Next: k.Next()}
	case StatePassing, StateErroring, StateDelayed:
		return Forecast{Next: k.Next()}
	case StateFailing, StateStarting:
		next := k.Next()
		return Forecast{next, k.consequence(next)}
	}
	return Forecast{}
}

// Next is when the probe is run next. The worker ticks once a period.
func (r *reckoning) Next() fact.Window {
	period := r.Probe.Spec.Period
	if e := r.eligibility(); r.Now.Before(e.Latest) {
		return fact.Window{Earliest: e.Earliest.Add(-time.Second), Latest: e.Latest.Add(period)}.From(r.Now)
	}
	tick, ok := r.lastTick()
	if !ok {
		return fact.Window{Earliest: r.Now, Latest: r.Now.Add(r.Probe.Spec.Pace())}
	}
	if passed := r.Now.Sub(tick.Latest); passed > 0 {
		skipped := (passed + period - 1) / period * period
		tick = tick.Shift(skipped, skipped)
	}
	if r.Probe.Type == fact.Readiness && !r.Probe.Container.Ready {
		tick.Earliest = r.Now // any sync of the pod makes the kubelet run it at once
	}
	return tick.From(r.Now)
}

// lastTick is the tick of the newest result that is known. It reports false when that tells nothing of the phase: a run that
// takes longer than a period leaves the beat.
func (r *reckoning) lastTick() (fact.Window, bool) {
	if _, _, ok := r.Measured(r.Probe); ok {
		at, ok := r.Counts(r.Probe.Container.Name, r.Probe.Type).Anchor()
		took := span{0, r.Probe.Spec.LongestRun()}
		if f := r.newest(); f != nil && !f.To().Add(time.Second).Before(at.Earliest) {
			took = r.took(f)
		}
		return at.Shift(-took.Longest, -took.shortest), ok && !r.Probe.Spec.Overruns()
	}
	f := r.newest()
	if f == nil || r.Now.Sub(f.To()) > time.Hour || r.took(f).Longest >= r.Probe.Spec.Period || !r.onBeat(f) {
		return fact.Window{}, false
	}
	return r.ticked(f), true
}

// ticked is when the tick was that led to a failure.
func (r *reckoning) ticked(f *Failure) fact.Window {
	tick := fact.Window{Earliest: f.To(), Latest: f.To().Add(time.Second)}
	heard := f.Heard
	if f.listed() {
		if heard = f.Event.LatestTime(); heard.Sub(tick.Latest) > EventSlack {
			tick.Latest = heard // it waited on its way, or the node's clock is behind
		}
	}
	if heard.Before(tick.Latest) {
		tick.Latest = heard
	}
	if heard.Before(tick.Earliest) {
		tick.Earliest = heard // the node's clock is ahead
	}
	return tick.Shift(-r.took(f).Longest, -r.took(f).shortest)
}

// consequence is what follows if every probe that we have not heard of fails.
func (r *reckoning) consequence(next fact.Window) Consequence {
	if r.Probe.Type != fact.Readiness && r.Pod.Deleting() {
		return Consequence{} // sidecars are probed until they end, and not restarted
	}
	f := r.Probe.Failures
	decided := f.Run >= f.Threshold
	if decided && r.Probe.Type != fact.Readiness {
		return Consequence{r.Ending(r.Probe.Container), fact.Window{Earliest: r.Now, Latest: r.Now.Add(EventLag + r.killTime(r.Probe))}}
	}
	if decided {
		return Consequence{WillUnready, fact.Window{Earliest: r.Now, Latest: r.Now.Add(statusLag)}} // the status is on its way
	}
	period, pace, left := r.Probe.Spec.Period, r.Probe.Spec.Pace(), time.Duration(max(f.Threshold-f.Run, 1))
	w := next.Shift((left-1)*period, (left-1)*pace)
	if tick, ok := r.lastTick(); ok && !r.Now.Before(r.eligible()) {
		w = tick.Shift(left*period, left*pace)
	}
	if r.Probe.Spec.Overruns() {
		w.Earliest = w.Earliest.Add(-period) // the next one may begin off the beat
	}
	if f.Bound == fact.AtLeast {
		w = r.openWindow(w, next)
	}
	if tick, ok := r.lastTick(); ok {
		w.Latest = fact.Latest(w.Latest, tick.Latest.Add(r.uncounted(tick)+left*pace))
	}
	if w.Latest.Before(w.Earliest) {
		w.Latest = w.Earliest // what is known does not agree
	}
	w = w.Shift(0, r.Probe.Spec.LongestRun()+EventLag).From(r.Now)
	if r.Probe.Type == fact.Readiness {
		return Consequence{WillUnready, w}
	}
	return Consequence{r.Ending(r.Probe.Container), w.Shift(0, r.killTime(r.Probe))}
}

// uncounted is how long the counters have known of no run since a tick, in whole periods: what was due was not carried out.
func (r *reckoning) uncounted(tick fact.Window) time.Duration {
	if _, _, counted := r.Measured(r.Probe); !counted {
		return 0
	}
	told := r.Now.Add(-r.Probe.Spec.LongestRun() - EventLag)
	return max(0, told.Sub(tick.Latest)/r.Probe.Spec.Period*r.Probe.Spec.Period)
}

// openWindow widens the window of a consequence for a run that may be longer than is known.
func (r *reckoning) openWindow(w, next fact.Window) fact.Window {
	f := r.Probe.Failures
	most := r.most()
	if c := r.course(); c.Failing && !c.Held && c.newest != nil && !r.Now.Before(r.starvedUntil()) {
		hi := c.Hi
		if !r.Now.Before(r.ticksAfter(c.newest).Earliest) {
			hi = kubelet.Sum(hi, 1) // which has not been told
		}
		most = min(most, hi)
	}
	left := max(f.Threshold-max(f.Run, most), 0)
	w.Earliest = next.Earliest.Add(time.Duration(max(left-1, 0)) * r.Probe.Spec.Period) // it may be the next one
	switch {
	case left == 0 && r.justFailed():
		w.Earliest = r.Now // or the one that we have just heard of
	case w.Latest.Before(w.Earliest):
		w.Earliest = next.Earliest // what is known does not agree
	}
	return w
}

// most is how often the probe can have failed in a row by now: at every tick since its count was zero. That is when the first
// instance started, or the pod was made when it was restarted since; a mirror pod is made at any time.
func (r *reckoning) most() int32 {
	c, threshold := r.Probe.Container, r.Probe.Spec.FailureThreshold
	from := r.begun(c).Add(r.Probe.Spec.InitialDelay)
	switch {
	case r.Probe.Type == fact.Readiness && !c.Ready:
		return threshold // it is run out of turn
	case c.Restarts > 0 && r.Pod.MirrorUID != "":
		from = time.Time{}
	case c.Restarts > 0:
		from = r.Pod.Created
	}
	if r.zero.Earliest.After(from) {
		from = r.zero.Earliest
	}
	if first := r.firstTold(); first.After(from) {
		from = first
	}
	if from.IsZero() {
		return threshold
	}
	ticks := r.Now.Sub(from.Add(-EventLag))/r.Probe.Spec.Period + 1
	if r.Probe.Spec.Overruns() {
		ticks += 2 // this run and the next may begin off the beat
	}
	return int32(min(max(ticks, 0), time.Duration(threshold)))
}

// firstTold is when the run began at the earliest that led to the first failure that may be the probe's; zero when not every
// failure in the life of the pod is told.
func (r *reckoning) firstTold() (first time.Time) {
	if !r.EventsSeen || r.Now.Sub(r.Pod.Created) >= EventLife-EventSlack || !r.starvedUntil().IsZero() {
		return time.Time{}
	}
	for _, e := range r.Events {
		may := e.Combined || e.Container == "" || e.Container == r.Probe.Container.Name && e.Probe == r.Probe.Type
		if e.Outcome == fact.Failed && may && (first.IsZero() || e.First.Before(first)) {
			first = e.First
		}
	}
	if first.IsZero() {
		return first
	}
	return first.Add(-r.Probe.Spec.LongestRun())
}

// Ending is what the kubelet does with a container that a probe ends (pkg/kubelet/kuberuntime/kuberuntime_manager.go,
// computePodActions).
func (j *Facts) Ending(c *fact.Container) ConsequenceKind {
	if c.Spec != nil && len(c.Spec.RestartRules) > 0 {
		return WillRestart // by its rules, which are there for how it ends
	}
	if c.Kind == fact.Main && cmp.Or(c.RestartPolicy, j.Pod.RestartPolicy) == "Never" {
		return WillKill
	}
	return WillRestart
}

// justFailed reports whether the newest failure may have been decisive, and its consequence is on its way.
func (r *reckoning) justFailed() bool {
	all := r.Failures()
	for i := len(all) - 1; i >= 0; i-- {
		if f := &all[i]; r.mine(f) {
			return r.Now.Before(f.To().Add(EventSlack + killLag + r.grace(r.Probe)))
		}
	}
	return false
}

// killing is when the restart comes of a container that is being killed.
func (j *Facts) killing(p *Probe) Consequence {
	cause := map[fact.ProbeType]fact.KillCause{fact.Liveness: fact.KilledByLiveness, fact.Startup: fact.KilledByStartup}[p.Type]
	for _, e := range j.Events {
		if e.Kill == cause && e.Container == p.Container.Name && !e.Last.Before(p.Container.StartedAt) {
			return Consequence{j.Ending(p.Container), fact.Window{Earliest: e.Last, Latest: e.Last.Add(time.Second + j.killTime(p))}}
		}
	}
	return Consequence{}
}

// killTime is how long it takes at most from the result that decides to the restart. The sync of the pod kills one container
// after the other (pkg/kubelet/kuberuntime/kuberuntime_manager.go), and restarts none before.
func (j *Facts) killTime(p *Probe) time.Duration {
	d := killLag + j.grace(p)
	for _, e := range j.Events {
		c := j.Pod.Container(e.Container)
		if e.Kill != fact.NotKilled && c != nil && c.Name != p.Container.Name && c.State == fact.Running && !e.Last.Before(c.StartedAt) {
			return d + j.longestGrace()
		}
	}
	return d
}
