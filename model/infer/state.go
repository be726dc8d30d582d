package infer

import (
	"time"

	"github.com/probetop/probetop/model/fact"
	"github.com/probetop/probetop/model/kubelet"
)

// Facts decides the state of the probes of one pod. It follows section by section what pkg/kubelet/prober/worker.go
// does at a tick, read from outside.
type Facts struct {
	Now time.Time
	Pod *fact.Pod
	// Seen is when the pod was heard of first.
	Seen time.Time
	Node *fact.Node
	// NodeGone is set when the pod is bound to a node of which there is no object.
	NodeGone bool
	Events   []*fact.Event
	// History is what happened before the facts of now; nil for nothing.
	History *History
	// Counted is what the kubelet's counters say of the pod; nil when they are not read.
	Counted *PodCounts
	// Late is how late the events of the node come; zero for in time.
	Late Late
	// Start is when the pod's kubelet started last, nil when that is not known, and StartsFrom since when every start is known.
	Start      *KubeletStart
	StartsFrom time.Time
	// Ahead is how far the clock of the node is ahead, at least; zero when nothing shows that it is.
	Ahead time.Duration
	// EventsSeen is set when the events source is synced, so that a missing event means something.
	EventsSeen bool
	// PodsUnread is set while pods are not listened to: the status may have changed since.
	PodsUnread bool
	// NodesUnread is set while nodes are not: that of the pod may be lost.
	NodesUnread bool
	// Again is when pods were listened to again after an outage; zero when there was none.
	Again time.Time
}

// The kubelet's own timing, and what the API adds to it.
const (
	// EventLag is how long an event takes to reach us: the kubelet's queue, the write and our watch.
	EventLag = 1500 * time.Millisecond
	// EventSlack is that and the floor of event times to the second.
	EventSlack = EventLag + time.Second
	// statusLag is how long the kubelet may take to act on, or tell, what it knows.
	statusLag = 2 * time.Second
)

// verdict decides the state of probe p.
func (j *Facts) verdict(p *Probe) Verdict {
	v := j.alive(p)
	if until, ok := j.StartedInDoubt(p.Container); ok {
		v.cap(CertaintyMedium, until)
	}
	if j.Pod.Deleting() && p.Type != fact.Readiness && p.Container.Kind == fact.Sidecar && !j.Node.Version().Known() {
		v.cap(CertaintyMedium, time.Time{}) // some kubelets have stopped it
	}
	if until, ok := j.readyInDoubt(p); ok && j.Now.Before(until) && v.State == StatePassing {
		v.cap(CertaintyMedium, until)
	}
	if _, until, ok := j.statusesLate(); ok {
		v.cap(CertaintyMedium, until)
	}
	if until, ok := j.KubeletAnew(); ok && v.State != StateWaiting && v.State != StateSuspended {
		v.cap(CertaintyNone, until)
	}
	if j.PodsUnread || j.NodesUnread {
		v.cap(CertaintyMedium, time.Time{})
	}
	if until, ok := j.kubeletsLate(j.Now); ok {
		v.cap(CertaintyMedium, until)
	}
	if j.Node != nil && j.Node.Virtual && v.State != StateWaiting {
		v.cap(CertaintyLow, time.Time{})
		v.Evidence |= ByNode
	}
	if j.NodeGone || j.Node != nil && j.Node.Ready != fact.True {
		v.Certainty, v.Evidence = CertaintyNone, v.Evidence|ByNode
	}
	return v
}

func (j *Facts) alive(p *Probe) Verdict {
	c := p.Container
	if c.State != fact.Running || j.Pod.Terminal() {
		return Verdict{State: StateWaiting, Certainty: Certain, Evidence: ByStatus}
	}
	if j.Pod.Deleting() && p.Type != fact.Readiness && j.stopsWithPod(c) {
		return j.suspended(c)
	}
	if v, ok := j.stopping(p); ok {
		return v
	}
	if c.Probes[fact.Startup] != nil && !c.HasStarted() {
		if p.Type == fact.Startup {
			return j.startup(p)
		}
		if v, ok := j.killed(p, fact.KilledByLiveness); ok && p.Type == fact.Liveness {
			return v // kubelets from 1.35 on take the instance before for started, and may have run it
		}
		return Verdict{State: StateGated, Certainty: certainIf(c.Started == fact.False), Evidence: ByStatus}
	}
	if p.Type == fact.Startup {
		return j.started(p)
	}
	if until := j.begun(c).Add(p.Spec.InitialDelay); j.Now.Before(until) && !j.hasFailed(p) {
		return Verdict{State: StateDelayed, Certainty: CertaintyHigh, Evidence: ByStatus | ByTime, Until: until}
	}
	if p.Type == fact.Readiness {
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

// startup is the state of a startup probe that has not succeeded.
func (j *Facts) startup(p *Probe) Verdict {
	if v, ok := j.killed(p, fact.KilledByStartup); ok {
		return v
	}
	if v, ok := j.decided(p); ok {
		return v
	}
	if until := j.begun(p.Container).Add(p.Spec.InitialDelay); j.Now.Before(until) {
		return Verdict{State: StateDelayed, Certainty: CertaintyHigh, Evidence: ByStatus | ByTime, Until: until}
	}
	if v, ok := j.erroring(p); ok {
		return v
	}
	return Verdict{State: StateStarting, Certainty: Certain, Evidence: ByStatus}
}

// started is the state of a startup probe that has succeeded.
func (j *Facts) started(p *Probe) Verdict {
	if until, ok := j.StartedInDoubt(p.Container); ok {
		return Verdict{State: StateUnknown, Certainty: CertaintyMedium, Evidence: ByStatus, Until: until}
	}
	return Verdict{State: StateHeld, Certainty: certainIf(j.surelyStarted(p.Container)), Evidence: ByStatus}
}

func (j *Facts) readiness(p *Probe) Verdict {
	if v, ok := j.erroring(p); ok && j.Frozen(p) {
		return v
	}
	if j.Frozen(p) {
		return Verdict{State: StateUnknown, Certainty: CertaintyNone, Evidence: ByStatus | ByNode}
	}
	v := j.probed(p)
	if p.Spec.Handler == fact.Exec && j.Pod.Deleting() && !j.Node.Version().Known() {
		v.cap(CertaintyMedium, time.Time{}) // some kubelets cannot run it any more
	}
	return v
}

// probed is the state of a readiness probe that is run.
func (j *Facts) probed(p *Probe) Verdict {
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
	case j.lastOf(p, fact.Failed) != nil:
		return Verdict{State: StateFailed, Certainty: CertaintyHigh, Evidence: ByStatus | ByEvent}
	}
	if first := j.firstResult(p); j.Now.Before(first) {
		return Verdict{State: StateDelayed, Certainty: CertaintyMedium, Evidence: ByStatus | ByTime, Until: first}
	}
	return Verdict{State: StateFailed, Certainty: CertaintyMedium, Evidence: ByStatus}
}

func (j *Facts) liveness(p *Probe) Verdict {
	if v, ok := j.killed(p, fact.KilledByLiveness); ok {
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
	if !j.EventsSeen {
		return Verdict{State: StateUnknown, Certainty: CertaintyNone, Evidence: ByStatus}
	}
	if first := j.firstResult(p); j.Now.Before(first) && !j.hasFailed(p) {
		return Verdict{State: StateDelayed, Certainty: CertaintyMedium, Evidence: ByStatus | ByTime, Until: first}
	}
	return j.passing(p)
}

// hasFailed reports whether the running instance has surely failed the probe.
func (j *Facts) hasFailed(p *Probe) bool {
	r := j.reckoning(p)
	f := r.newest()
	return f != nil && !r.orphan(f) && f.To().After(p.Container.StartedAt)
}

// passing is the state of a probe of which no failure is known. Silence is evidence only while events come through, and say
// which container they are about.
func (j *Facts) passing(p *Probe) Verdict {
	v := Verdict{State: StatePassing, Certainty: CertaintyHigh, Evidence: ByStatus | ByNoEvent}
	dark := fact.Latest(j.starvedUntil(), j.deafUntil(p))
	if f := j.unattributed(p); f != nil {
		if until := f.hiddenUntil(p); until.After(dark) {
			dark = until
		}
	}
	if r := j.reckoning(p); r.newest() != nil {
		if until := r.silent(r.newest()); j.Now.Before(until) {
			v.cap(CertaintyMedium, until) // it may have failed once more
		}
	}
	if until, ok := j.failureMayPrecedeSuccess(p); ok {
		v.cap(CertaintyMedium, until)
	}
	if at, held := j.reached(p); held {
		if until := at.Add(10 * patience); j.Now.Before(until) {
			v.cap(CertaintyMedium, until) // then the count was wrong
		}
	}
	switch {
	case !j.EventsSeen:
		v.Certainty, v.Evidence = CertaintyMedium, ByStatus
	case j.Now.Before(dark):
		v.Certainty, v.Until = CertaintyLow, dark
		if r := j.reckoning(p); r.newest() != nil {
			v.State, v.Evidence = StateFailing, ByStatus|ByEvent
		}
	}
	return v
}

// failing reports whether the probe failed when it was last run, as far as events tell.
func (j *Facts) failing(p *Probe) (Verdict, bool) {
	r := j.reckoning(p)
	f := r.newest()
	if f == nil {
		return Verdict{}, false
	}
	c := r.course()
	if !c.Failing {
		return Verdict{}, false
	}
	v := Verdict{State: StateFailing, Certainty: CertaintyHigh, Evidence: ByStatus | ByEvent, Until: r.prompt(f)}
	if !j.Now.Before(v.Until) {
		v.Certainty, v.Until = CertaintyMedium, r.silent(f) // it has succeeded since, or takes its time
	}
	if f.To().Before(r.zero.Latest) || r.orphan(f) || f.Heard.Before(r.eligible()) && f.To().Before(r.eligible()) {
		v.Certainty = CertaintyMedium
	}
	return v, j.Now.Before(r.silent(f))
}

// erroring reports whether the probe could not be carried out when it was last run.
func (j *Facts) erroring(p *Probe) (Verdict, bool) {
	e := j.lastOf(p, fact.Errored)
	if e == nil {
		return Verdict{}, false
	}
	failed := j.lastOf(p, fact.Failed)
	if failed != nil && failed.Last.After(e.Last) {
		return Verdict{}, false
	}
	ready := j.flipped(p.Container, FlipReady, true)
	if p.Type == fact.Readiness && p.Container.Ready && ready != nil && !ready.listed && ready.By().After(e.Last.Add(time.Second)) {
		return Verdict{}, false // it has succeeded since
	}
	sure := fact.Earliest(e.Last.Add(time.Second), e.LatestTime()).Add(p.Spec.Period + EventLag)
	until := e.LatestTime().Add(p.Spec.Period + kubelet.Attempts*p.Spec.Timeout + EventLag)
	v := Verdict{State: StateErroring, Certainty: CertaintyHigh, Evidence: ByStatus | ByEvent, Until: sure}
	if c := p.Container; !j.Now.Before(sure) || c.Restarts > 0 && e.Last.Before(c.StartedAt.Add(kubelet.Attempts*p.Spec.Timeout+time.Second)) {
		v.Certainty, v.Until = CertaintyMedium, until // or the probe met the instance before
	}
	if failed != nil && failed.Last.Equal(e.Last) {
		v.cap(CertaintyMedium, until) // their order is not known
	}
	if j.successMayBeUnseen(p) || p.Type == fact.Readiness && p.Container.Ready && ready != nil && !ready.At.Before(e.Last) {
		v.cap(CertaintyMedium, until) // it may have succeeded since
	}
	if starved := j.starvedUntil(); starved.After(until) {
		v.Until, v.Certainty = starved, CertaintyMedium
	}
	return v, j.Now.Before(v.Until)
}
