package model

import "time"

// judge decides the state of the probes of one pod. It follows section by section what pkg/kubelet/prober/worker.go
// does at a tick, read from outside.
type judge struct {
	now    time.Time
	pod    *Pod
	node   *Node
	events []*Event
	// history is what happened before the facts of now; nil for nothing.
	history *history
	// counted is what the kubelet's counters say of the pod; nil when they are not read.
	counted *podCounts
	// late is how late the events of the node come; zero for in time.
	late late
	// eventsSeen is set when the events source is synced, so that a missing event means something.
	eventsSeen bool
}

// The kubelet's own timing, and what the API adds to it.
const (
	// eventLag is how long an event takes to reach us: the kubelet's queue, the write and our watch.
	eventLag = 1500 * time.Millisecond
	// eventSlack is that and the floor of event times to the second.
	eventSlack = eventLag + time.Second
	// spamBurst and spamRefill are the event spam filter of client-go tools/record/events_cache.go.
	// Five of its 25 tokens are left for warnings that we do not read.
	spamBurst  = 20
	spamRefill = 300 * time.Second
	// statusLag is how long the kubelet may take to act on, or tell, what it knows.
	statusLag = 2 * time.Second
	// attempts is maxProbeRetries of pkg/kubelet/prober/prober.go: an errored probe is tried so often.
	attempts = 3
)

// verdict decides the state of probe p.
func (j *judge) verdict(p *Probe) Verdict {
	v := j.alive(p)
	if until, ok := j.startedInDoubt(p.Container); ok {
		v.cap(CertaintyMedium, until)
	}
	if until, ok := j.eventsLate(); ok && v.Evidence&(ByEvent|ByNoEvent) != 0 {
		v.cap(CertaintyMedium, until)
	}
	if until, ok := j.kubeletAnew(); ok && v.State != StateWaiting && v.State != StateSuspended {
		v.cap(CertaintyNone, until)
	}
	if j.node != nil && j.node.Ready != True {
		v.Certainty, v.Evidence = CertaintyNone, v.Evidence|ByNode
	}
	return v
}

func (j *judge) alive(p *Probe) Verdict {
	c := p.Container
	if c.State != Running || j.pod.Terminal() {
		return Verdict{State: StateWaiting, Certainty: Certain, Evidence: ByStatus}
	}
	if j.pod.Deleting() && p.Type != Readiness && c.Kind == Main {
		return j.suspended(c)
	}
	if v, ok := j.stopping(p); ok {
		return v
	}
	if c.Probes[Startup] != nil && c.Started != True {
		if p.Type == Startup {
			return j.startup(p)
		}
		return Verdict{State: StateGated, Certainty: certainIf(c.Started == False), Evidence: ByStatus}
	}
	if p.Type == Startup {
		return j.started(p)
	}
	if until := c.StartedAt.Add(p.Spec.InitialDelay); j.now.Before(until) {
		return Verdict{State: StateDelayed, Certainty: CertaintyHigh, Evidence: ByStatus | ByTime, Until: until}
	}
	if p.Type == Readiness {
		return j.readiness(p)
	}
	return j.liveness(p)
}

func certainIf(ok bool) Certainty {
	if ok {
		return Certain
	}
	return CertaintyHigh
}

// suspended is the state of the probes that stop when termination begins.
func (j *judge) suspended(c *Container) Verdict {
	v := Verdict{State: StateSuspended, Certainty: Certain, Evidence: ByStatus}
	for _, e := range j.events {
		if e.Kill == KilledByStop && e.Container == c.Name && !e.Last.Before(c.StartedAt) {
			return v
		}
	}
	v.Certainty = CertaintyMedium // the sync of the pod may be busy with another kill
	return v
}

// stopping is the state of the probes that stop when the kubelet ends a pod that nobody deleted: one that is over because a
// container that is never restarted has failed a probe, or one whose sandbox is gone.
func (j *judge) stopping(p *Probe) (Verdict, bool) {
	c := p.Container
	if p.Type == Readiness || c.Kind != Main || j.pod.Deleting() {
		return Verdict{}, false
	}
	for _, e := range j.events {
		if e.Kill != KilledByStop || e.Container != c.Name || e.Last.Before(c.StartedAt) || c.Restarts > 0 && e.Last.Equal(c.StartedAt) {
			continue
		}
		v := Verdict{State: StateSuspended, Certainty: CertaintyMedium, Evidence: ByStatus | ByEvent, Until: e.Last.Add(j.longestGrace() + eventSlack + killLag + patience)}
		if typ, ok := j.stoppedByProbe(end{container: c.Name}, kill{at: e.Last}); ok && typ == p.Type {
			v.State, v.Certainty = StateFailed, CertaintyHigh
		}
		return v, j.now.Before(v.Until)
	}
	return Verdict{}, false
}

// startup is the state of a startup probe that has not succeeded.
func (j *judge) startup(p *Probe) Verdict {
	if v, ok := j.killed(p, KilledByStartup); ok {
		return v
	}
	if v, ok := j.decided(p); ok {
		return v
	}
	if until := p.Container.StartedAt.Add(p.Spec.InitialDelay); j.now.Before(until) {
		return Verdict{State: StateDelayed, Certainty: CertaintyHigh, Evidence: ByStatus | ByTime, Until: until}
	}
	if v, ok := j.erroring(p); ok {
		return v
	}
	return Verdict{State: StateStarting, Certainty: Certain, Evidence: ByStatus}
}

// started is the state of a startup probe that has succeeded.
func (j *judge) started(p *Probe) Verdict {
	if until, ok := j.startedInDoubt(p.Container); ok {
		return Verdict{State: StateUnknown, Certainty: CertaintyMedium, Evidence: ByStatus, Until: until}
	}
	c := p.Container
	seen := j.lastFlip(c, flipStarted, true).After(c.StartedAt)
	return Verdict{State: StateHeld, Certainty: certainIf(seen || c.Restarts == 0 || !startupGatingBug(j.node.Version())), Evidence: ByStatus}
}

func (j *judge) readiness(p *Probe) Verdict {
	if v, ok := j.erroring(p); ok && j.frozen(p) {
		return v
	}
	if j.frozen(p) {
		return Verdict{State: StateUnknown, Certainty: CertaintyNone, Evidence: ByStatus | ByNode}
	}
	v := j.probed(p)
	if p.Spec.Handler == Exec && j.pod.Deleting() && !j.node.Version().Known() {
		v.cap(CertaintyMedium, time.Time{}) // some kubelets cannot run it any more
	}
	return v
}

// probed is the state of a readiness probe that is run.
func (j *judge) probed(p *Probe) Verdict {
	if v, ok := j.byCounters(p); ok {
		return v
	}
	if v, ok := j.erroring(p); ok {
		return v
	}
	v, failing := j.failing(p)
	switch {
	case p.Container.Ready && failing:
		return v
	case p.Container.Ready:
		return j.passing(p)
	case j.lastOf(p, Failed) != nil:
		return Verdict{State: StateFailed, Certainty: CertaintyHigh, Evidence: ByStatus | ByEvent}
	}
	if first := j.firstResult(p); j.now.Before(first) {
		return Verdict{State: StateDelayed, Certainty: CertaintyMedium, Evidence: ByStatus | ByTime, Until: first}
	}
	return Verdict{State: StateFailed, Certainty: CertaintyMedium, Evidence: ByStatus}
}

func (j *judge) liveness(p *Probe) Verdict {
	if v, ok := j.killed(p, KilledByLiveness); ok {
		return v
	}
	if v, ok := j.decided(p); ok {
		return v
	}
	if v, ok := j.byCounters(p); ok {
		return v
	}
	if v, ok := j.erroring(p); ok {
		return v
	}
	if v, ok := j.failing(p); ok {
		return v
	}
	if !j.eventsSeen {
		return Verdict{State: StateUnknown, Certainty: CertaintyNone, Evidence: ByStatus}
	}
	if first := j.firstResult(p); j.now.Before(first) {
		return Verdict{State: StateDelayed, Certainty: CertaintyMedium, Evidence: ByStatus | ByTime, Until: first}
	}
	return j.passing(p)
}

// passing is the state of a probe that nobody says fails. Silence is evidence only while events come through, and say
// which container they are about.
func (j *judge) passing(p *Probe) Verdict {
	v := Verdict{State: StatePassing, Certainty: CertaintyHigh, Evidence: ByStatus | ByNoEvent}
	dark := j.starvedUntil()
	if f := j.unattributed(p); f != nil {
		if until := f.to().Add(2*p.Spec.Period + attempts*p.Spec.Timeout + eventSlack); until.After(dark) {
			dark = until
		}
	}
	if r := j.reckoning(p); r.newest() != nil {
		if until := r.silent(r.newest()); j.now.Before(until) {
			v.cap(CertaintyMedium, until) // it may have failed once more
		}
	}
	if until, ok := j.beforeReady(p); ok {
		v.cap(CertaintyMedium, until)
	}
	if at, bound, held := j.reached(p); held && bound == Exact {
		if until := at.Add(10 * patience); j.now.Before(until) {
			v.cap(CertaintyMedium, until) // then the count was wrong
		}
	}
	switch {
	case !j.eventsSeen:
		v.Certainty, v.Evidence = CertaintyMedium, ByStatus
	case j.now.Before(dark):
		v.Certainty, v.Until = CertaintyLow, dark
		if r := j.reckoning(p); r.newest() != nil {
			v.State, v.Evidence = StateFailing, ByStatus|ByEvent
		}
	}
	return v
}

// decided reports whether a liveness or startup probe has reached its threshold: its worker is held, and the kill is
// due. That waits for the sync of the pod, which is busy as long as it kills another container of the pod.
func (j *judge) decided(p *Probe) (Verdict, bool) {
	at, bound, ok := j.reached(p)
	if !ok {
		return Verdict{}, false
	}
	due := at.Add(eventSlack + killLag)
	if len(j.pod.Containers) > 1 {
		due = due.Add(j.longestGrace())
	}
	v := Verdict{State: StateFailed, Certainty: CertaintyHigh, Evidence: ByStatus | ByEvent, Until: due}
	if !j.now.Before(due) && bound == Exact && !j.now.Before(j.starvedUntil()) {
		v.Certainty, v.Until = CertaintyMedium, due.Add(j.grace(p)+patience) // the node is busy, or one of the failures did not count
	}
	return v, j.now.Before(v.Until)
}

// beforeReady reports whether a readiness probe failed so little before its container became ready that the success may have
// been first, and until when: a kubelet that is so busy that it is late with its statuses notes the result of a probe later than it tells of its failure.
func (j *judge) beforeReady(p *Probe) (until time.Time, doubtful bool) {
	ready := j.flipped(p.Container, flipReady, true)
	if p.Type != Readiness || ready == nil || ready.told.IsZero() || ready.at.Sub(ready.told) < noted/2 {
		return until, false // it was told at once
	}
	r := j.reckoning(p)
	for i := len(j.history.failures) - 1; i >= 0; i-- {
		if f := &j.history.failures[i]; r.mine(f) {
			until = r.silent(f)
			return until, !f.heard.IsZero() && !f.to().Before(ready.told.Add(-noted)) && j.now.Before(until)
		}
	}
	return until, false
}

// noted is how long a kubelet may take from the result of a probe to the condition that follows from it.
const noted = 3 * time.Second

// patience is how much longer than usual a kill may take before it is not believed in any more.
const patience = 30 * time.Second

// reached is when the newest failure of a liveness or startup probe was, if it was as many in a row as it takes. Silence
// after it means nothing: the probe is not run any more.
func (j *judge) reached(p *Probe) (time.Time, Bound, bool) {
	if p.Type == Readiness {
		return time.Time{}, Exact, false
	}
	now := j.reckoning(p)
	f := now.newest()
	if f == nil || f.to().Before(p.Container.StartedAt) {
		return time.Time{}, Exact, false
	}
	then := *j
	then.now = f.to()
	r := then.reckoning(p)
	run, bound := r.run(r.zero.Earliest)
	return f.to(), bound, run >= p.Spec.FailureThreshold
}

// longestGrace is how long the kill of one of the pod's containers may take.
func (j *judge) longestGrace() time.Duration {
	longest := max(j.pod.GracePeriod, leastGrace)
	for i := range j.pod.Containers {
		for _, p := range j.pod.Containers[i].Probes {
			if p != nil && p.TerminationGracePeriod != nil {
				longest = max(longest, *p.TerminationGracePeriod)
			}
		}
	}
	return longest
}

// failing reports whether the probe failed when it was last run, as far as events tell.
func (j *judge) failing(p *Probe) (Verdict, bool) {
	r := j.reckoning(p)
	f := r.newest()
	if f == nil {
		return Verdict{}, false
	}
	until := r.silent(f)
	if r.overcome(f) {
		return Verdict{}, false
	}
	v := Verdict{State: StateFailing, Certainty: CertaintyHigh, Evidence: ByStatus | ByEvent, Until: until}
	if f.to().Before(r.zero.Latest) || r.orphan(f) || f.heard.Before(r.eligible()) && f.to().Before(r.eligible()) {
		v.Certainty = CertaintyMedium
	}
	return v, j.now.Before(until)
}

// overcome reports whether a failure and the success that made the container ready came in the same second, and we heard
// of the success last.
func (r *reckoning) overcome(f *failure) bool {
	ready := r.lastFlip(r.probe.Container, flipReady, true)
	return r.probe.Type == Readiness && r.probe.Container.Ready && f.to().Before(r.zero.Latest) && !f.heard.IsZero() && ready.After(f.heard)
}

// erroring reports whether the probe could not be carried out when it was last run.
func (j *judge) erroring(p *Probe) (Verdict, bool) {
	e := j.lastOf(p, Errored)
	if e == nil {
		return Verdict{}, false
	}
	if f := j.lastOf(p, Failed); f != nil && f.Last.After(e.Last) {
		return Verdict{}, false
	}
	if p.Type == Readiness && p.Container.Ready && j.lastFlip(p.Container, flipReady, true).After(e.Last.Add(time.Second)) {
		return Verdict{}, false // it has succeeded since
	}
	sure := e.Last.Add(p.Spec.Period + eventSlack)
	until := e.Last.Add(p.Spec.Period + attempts*p.Spec.Timeout + eventSlack)
	v := Verdict{State: StateErroring, Certainty: CertaintyHigh, Evidence: ByStatus | ByEvent, Until: sure}
	if c := p.Container; !j.now.Before(sure) || c.Restarts > 0 && e.Last.Before(c.StartedAt.Add(attempts*p.Spec.Timeout+time.Second)) {
		v.Certainty, v.Until = CertaintyMedium, until // or the probe met the instance before
	}
	if starved := j.starvedUntil(); starved.After(until) {
		v.Until, v.Certainty = starved, CertaintyMedium
	}
	return v, j.now.Before(v.Until)
}

// lastOf returns the newest event of that outcome in the life of the running instance; nil for none. An event that
// merges others says only what was said last, of whichever probe: what it said before is history.
func (j *judge) lastOf(p *Probe, o Outcome) *Event {
	var last *Event
	for i := len(p.Events) - 1; i >= 0 && last == nil; i-- {
		if e := p.Events[i]; e.Outcome == o && !e.Last.Before(p.Container.StartedAt) {
			last = e
		}
	}
	if j.history == nil || !j.only(p) {
		return last
	}
	for i := len(j.history.failures) - 1; i >= 0; i-- {
		e := j.history.failures[i].event
		if e.Combined && e.Outcome == o && e.Probe == p.Type && !e.Last.Before(p.Container.StartedAt) && (last == nil || e.Last.After(last.Last)) {
			return e
		}
	}
	return last
}

// only reports whether no other container of the pod has a probe of that type, so that an event that names no
// container for sure is about this one.
func (j *judge) only(p *Probe) bool {
	for i := range j.pod.Containers {
		if c := &j.pod.Containers[i]; c.Name != p.Container.Name && c.Probes[p.Type] != nil {
			return false
		}
	}
	return true
}

// unattributed returns the newest failure that may be this probe's or that of another container; nil for none.
func (j *judge) unattributed(p *Probe) *failure {
	if j.history == nil || j.only(p) {
		return nil
	}
	for i := len(j.history.failures) - 1; i >= 0; i-- {
		f := &j.history.failures[i]
		if f.event.Combined && f.event.Probe == p.Type && f.event.Outcome != Warned {
			return f
		}
	}
	return nil
}

// killed reports whether the kubelet has said that it kills the running instance for that cause, and how sure that is:
// within a second one instance may be killed and the next one start. The event counts kills, so only its last occurrence
// speaks of now. A container that still runs when the kill must be over was not the one.
func (j *judge) killed(p *Probe, cause KillCause) (Verdict, bool) {
	c := p.Container
	for _, e := range j.events {
		if e.Kill != cause || e.Container != c.Name || e.Last.Before(c.StartedAt) || c.Last != nil && !e.Last.After(c.Last.FinishedAt) {
			continue
		}
		v := Verdict{State: StateFailed, Certainty: Certain, Evidence: ByStatus | ByEvent}
		if c.Restarts > 0 && e.Last.Equal(c.StartedAt) {
			v.Certainty, v.Until = CertaintyMedium, e.Last.Add(j.grace(p)+eventSlack+killLag)
		}
		return v, v.Until.IsZero() || j.now.Before(v.Until)
	}
	return Verdict{}, false
}

// firstResult is when the first probe of the running instance must have left its mark: the worker ticks once
// a period, from a moment nobody tells.
func (j *judge) firstResult(p *Probe) time.Time {
	r := j.reckoning(p)
	from := r.eligible()
	if told := j.told(p.Container); told.After(from) {
		from = told
	}
	return from.Add(p.Spec.Period + attempts*p.Spec.Timeout + statusLag)
}

// reasonScheduled is the reason of the only event of a pod's ordinary life that is not its kubelet's.
const reasonScheduled = "Scheduled"

// starvedUntil is when the kubelet's event spam filter surely has a token for this pod again; the zero time
// while it has never run out. Up to 1.31 all events of a pod share the tokens, later only its warnings.
func (j *judge) starvedUntil() time.Time {
	var count int32
	var last time.Time
	shared := sharedSpamBucket(j.node.Version())
	for _, e := range j.events {
		if e.Outcome == NoOutcome && e.Reason != ReasonBackOff && (!shared || e.Reason == reasonScheduled) {
			continue
		}
		count += e.Count
		if e.Last.After(last) {
			last = e.Last
		}
	}
	if count < spamBurst {
		return time.Time{}
	}
	return last.Add(spamRefill + j.slowest() + eventSlack)
}

// slowest is the longest period of the pod's probes: so long it may take until a failure shows that events come
// through again.
func (j *judge) slowest() time.Duration {
	var longest time.Duration
	for i := range j.pod.Containers {
		for _, p := range j.pod.Containers[i].Probes {
			if p != nil {
				longest = max(longest, p.Period+p.Timeout)
			}
		}
	}
	return longest
}
