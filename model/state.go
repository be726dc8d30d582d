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
		return j.suspended()
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
func (j *judge) suspended() Verdict {
	stopped := j.pod.Deleted.Add(-j.pod.GracePeriod).Add(statusLag)
	v := Verdict{State: StateSuspended, Certainty: Certain, Evidence: ByStatus}
	if j.now.Before(stopped) {
		v.Certainty, v.Until = CertaintyHigh, stopped
	}
	return v
}

// startup is the state of a startup probe that has not succeeded.
func (j *judge) startup(p *Probe) Verdict {
	if j.killed(p.Container, KilledByStartup) {
		return Verdict{State: StateFailed, Certainty: Certain, Evidence: ByStatus | ByEvent}
	}
	if until := p.Container.StartedAt.Add(p.Spec.InitialDelay); j.now.Before(until) {
		return Verdict{State: StateDelayed, Certainty: CertaintyHigh, Evidence: ByStatus | ByTime, Until: until}
	}
	if v, ok := j.erroring(p); ok {
		return v
	}
	return Verdict{State: StateStarting, Certainty: Certain, Evidence: ByStatus}
}

// started is the state of a startup probe that has succeeded. For its first period a replacement may be
// called started because the instance before it was (kubelet 1.35 to 1.37, issue 141155).
func (j *judge) started(p *Probe) Verdict {
	v := Verdict{State: StateHeld, Certainty: Certain, Evidence: ByStatus}
	sure := p.Container.StartedAt.Add(p.Spec.Period + statusLag)
	if p.Container.Restarts > 0 && j.now.Before(sure) && startupGatingBug(j.node.Version()) {
		v.Certainty, v.Until = CertaintyMedium, sure
	}
	return v
}

func (j *judge) readiness(p *Probe) Verdict {
	if v, ok := j.byCounters(p); ok {
		return v
	}
	if v, ok := j.erroring(p); ok {
		return v
	}
	v, failing := j.failing(p)
	switch {
	case j.frozen(p):
		return Verdict{State: StateUnknown, Certainty: CertaintyNone, Evidence: ByStatus | ByNode}
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
	if j.killed(p.Container, KilledByLiveness) {
		return Verdict{State: StateFailed, Certainty: Certain, Evidence: ByStatus | ByEvent}
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

// passing is the state of a probe that nobody says fails. Silence is evidence only while events come through.
func (j *judge) passing(p *Probe) Verdict {
	v := Verdict{State: StatePassing, Certainty: CertaintyHigh, Evidence: ByStatus | ByNoEvent}
	switch starvedUntil := j.starvedUntil(); {
	case !j.eventsSeen:
		v.Certainty, v.Evidence = CertaintyMedium, ByStatus
	case j.now.Before(starvedUntil):
		v.Certainty, v.Until = CertaintyLow, starvedUntil
		if r := j.reckoning(p); r.newest() != nil {
			v.State, v.Evidence = StateFailing, ByStatus|ByEvent
		}
	}
	return v
}

// failing reports whether the probe failed when it was last run, as far as events tell.
func (j *judge) failing(p *Probe) (Verdict, bool) {
	r := j.reckoning(p)
	f := r.newest()
	if f == nil {
		return Verdict{}, false
	}
	until := r.silent(f)
	v := Verdict{State: StateFailing, Certainty: CertaintyHigh, Evidence: ByStatus | ByEvent, Until: until}
	if f.to().Before(r.zero.Latest) || r.orphan(f) {
		v.Certainty = CertaintyMedium
	}
	return v, j.now.Before(until)
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
	until := e.Last.Add(2*p.Spec.Period + attempts*p.Spec.Timeout + eventSlack)
	v := Verdict{State: StateErroring, Certainty: CertaintyHigh, Evidence: ByStatus | ByEvent, Until: until}
	if starved := j.starvedUntil(); starved.After(until) {
		v.Until, v.Certainty = starved, CertaintyMedium
	}
	return v, j.now.Before(v.Until)
}

// lastOf returns the newest event of that outcome in the life of the running instance; nil for none.
func (j *judge) lastOf(p *Probe, o Outcome) *Event {
	for i := len(p.Events) - 1; i >= 0; i-- {
		if e := p.Events[i]; e.Outcome == o && !e.Last.Before(p.Container.StartedAt) {
			return e
		}
	}
	return nil
}

// killed reports whether the kubelet has said that it kills the running instance for that cause. The event
// counts kills, so only its last occurrence speaks of now.
func (j *judge) killed(c *Container, cause KillCause) bool {
	for _, e := range j.events {
		if e.Kill != cause || e.Container != c.Name || e.Last.Before(c.StartedAt) {
			continue
		}
		if c.Last == nil || e.Last.After(c.Last.FinishedAt) {
			return true
		}
	}
	return false
}

// firstResult is when the first probe of the running instance must have left its mark: the worker ticks once
// a period, from a moment nobody tells.
func (j *judge) firstResult(p *Probe) time.Time {
	return p.Container.StartedAt.Add(p.Spec.InitialDelay + p.Spec.Period + p.Spec.Timeout + statusLag)
}

// starvedUntil is when the kubelet's event spam filter surely has a token for this pod again; the zero time
// while it has never run out.
func (j *judge) starvedUntil() time.Time {
	var count int32
	var last time.Time
	for _, e := range j.events {
		if e.Outcome == NoOutcome && e.Reason != ReasonBackOff {
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
