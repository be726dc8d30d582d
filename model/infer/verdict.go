package infer

import (
	"time"

	"github.com/probetop/probetop/model/fact"
)

// State is what the kubelet is doing with a probe.
type State uint8

// The states of a probe, worst first.
const (
	// StateFailed has reached its threshold: the container is unready, or its restart is due.
	StateFailed State = iota
	// StateFailing fails, but less often in a row than the threshold.
	StateFailing
	// StateErroring cannot be carried out, which counts towards nothing.
	StateErroring
	// StateUnknown is what the facts at hand do not decide.
	StateUnknown
	// StateStarting is a startup probe that has not succeeded yet.
	StateStarting
	// StateDelayed has not been run: its initial delay, or its first period, is not over.
	StateDelayed
	// StateGated waits for the container's startup probe.
	StateGated
	// StateWaiting waits for its container to run.
	StateWaiting
	// StateSuspended is not run any more because the pod is terminating.
	StateSuspended
	// StateHeld is not run until the container's next instance: a startup probe that has succeeded.
	StateHeld
	// StatePassing succeeded when it was last run.
	StatePassing
)

// String returns the state as the report spells it.
func (s State) String() string {
	return [...]string{
		"failed", "failing", "erroring", "unknown", "starting", "delayed", "gated", "waiting",
		"suspended", "held", "passing",
	}[s]
}

// Certainty is how sure a conclusion is.
type Certainty uint8

// The certainties, least first.
const (
	CertaintyNone Certainty = iota
	CertaintyLow
	CertaintyMedium
	CertaintyHigh
	Certain
)

// String returns the certainty as the report spells it.
func (c Certainty) String() string { return [...]string{"none", "low", "medium", "high", "certain"}[c] }

// Evidence is a set of the facts that a conclusion rests on.
type Evidence uint8

// What a conclusion can rest on.
const (
	// ByStatus is the pod's status.
	ByStatus Evidence = 1 << iota
	// ByEvent is an event.
	ByEvent
	// ByNoEvent is that no event came where a failure would have left one.
	ByNoEvent
	// ByTime is our clock against a time the kubelet wrote.
	ByTime
	// ByCounters is the kubelet's probe counters.
	ByCounters
	// ByNode is the state of the node.
	ByNode
)

var evidenceWords = [...]string{"status", "event", "noEvent", "time", "counters", "node"}

// Words returns the evidence as the report spells it.
func (e Evidence) Words() []string {
	words := make([]string, 0, len(evidenceWords))
	for i, w := range evidenceWords {
		if e&(1<<i) != 0 {
			words = append(words, w)
		}
	}
	return words
}

// Verdict is what follows from the facts for one probe.
type Verdict struct {
	State     State
	Certainty Certainty
	Evidence  Evidence
	// Until is when the verdict ends if no new fact comes; zero when time alone does not change it.
	Until time.Time
}

// Probe is one probe of one container: its spec, what was said about it, and what follows from that.
type Probe struct {
	Type fact.ProbeType
	// unproven is set when a health RPC that did not complete proves no connection, by the version of the kubelet.
	unproven  bool
	Container *fact.Container
	Spec      *fact.ProbeSpec
	// Events are the Unhealthy and ProbeWarning events about this probe, oldest last occurrence first.
	Events []*fact.Event
	Verdict
	// Failures is how often it has failed in a row.
	Failures fact.Failures
	// Shadow is what its runs from here have come to; nil when there were none.
	Shadow *Shadowed
}

// Key returns the identity of the probe in pod p.
func (p *Probe) Key(pod *fact.Pod) fact.Key {
	return fact.Key{Pod: pod.UID, Container: p.Container.Name, Type: p.Type}
}

// Fails reports whether the probe fails or cannot be carried out.
func (p *Probe) Fails() bool {
	return p.State == StateFailed || p.State == StateFailing || p.State == StateErroring
}

// LastFailure returns the newest event that is not a success with a remark; nil when there is none. It may
// be older than the running instance.
func (p *Probe) LastFailure() *fact.Event {
	for i := len(p.Events) - 1; i >= 0; i-- {
		if p.Events[i].Outcome != fact.Warned {
			return p.Events[i]
		}
	}
	return nil
}

// Cause returns the normalised cause of the newest failure; empty when there is none.
func (p *Probe) Cause() fact.Cause {
	e := p.LastFailure()
	if e == nil {
		return ""
	}
	cause := e.Cause(p.Spec.Handler)
	if cause == fact.CauseRPC && p.unproven {
		return fact.CauseUnanswered
	}
	return cause
}

// Word returns the state for a person: that of a startup probe which has succeeded is "started".
func (p *Probe) Word() string {
	if p.State == StateHeld && p.Type == fact.Startup && p.Container.HasStarted() {
		return "started"
	}
	return p.State.String()
}

// FailedLate reports whether a failure of the running instance is known.
func (p *Probe) FailedLate() bool {
	e := p.LastFailure()
	return e != nil && !e.Last.Before(p.Container.StartedAt)
}

// FirstLike is when the first event of an outcome was that the probe still has: the kubelet merges events whose
// texts differ into one that is younger than they are. It is zero for no event.
func (p *Probe) FirstLike(e *fact.Event) time.Time {
	if e == nil {
		return time.Time{}
	}
	first := e.First
	for _, o := range p.Events {
		if e.Combined && o.Outcome == e.Outcome && o.First.Before(first) {
			first = o.First
		}
	}
	return first
}
