package why

import (
	"time"

	"github.com/probetop/probetop/model/fact"
	"github.com/probetop/probetop/model/infer"
)

// CauseClass is the kind of a root cause, spelled as in the report.
type CauseClass string

// The classes. docs/causes.md says when each is given, and which goes first.
const (
	ClassEvicted     CauseClass = "evicted"
	ClassDeadline    CauseClass = "deadline"
	ClassPreempted   CauseClass = "preempted"
	ClassShutdown    CauseClass = "shutdown"
	ClassAdmission   CauseClass = "admission"
	ClassLost        CauseClass = "lost"
	ClassNode        CauseClass = "node"
	ClassTerminating CauseClass = "terminating"
	ClassUnscheduled CauseClass = "unscheduled"
	ClassGated       CauseClass = "gatedScheduling"
	ClassSandbox     CauseClass = "sandbox"
	ClassVolume      CauseClass = "volume"
	ClassImage       CauseClass = "image"
	ClassConfig      CauseClass = "config"
	ClassInit        CauseClass = "init"
	ClassSidecar     CauseClass = "sidecar"
	ClassPostStart   CauseClass = "postStart"
	ClassWedged      CauseClass = "wedged"
	ClassJobDone     CauseClass = "jobDone"
	ClassLiveness    CauseClass = "liveness"
	ClassStartup     CauseClass = "startup"
	ClassOOM         CauseClass = "oom"
	ClassExit        CauseClass = "exit"
	ClassSignal      CauseClass = "signal"
	ClassCompleted   CauseClass = "completed"
	ClassResize      CauseClass = "resize"
	ClassRestartAll  CauseClass = "restartAll"
	ClassDefinition  CauseClass = "definitionChanged"
	ClassErroring    CauseClass = "erroring"
	ClassReadiness   CauseClass = "readiness"
	ClassGate        CauseClass = "gate"
	ClassFailing     CauseClass = "failing"
	ClassEndpoints   CauseClass = "endpoints"
	ClassStarting    CauseClass = "starting"
	ClassUnknown     CauseClass = "unknown"
)

// Diagnosis is the root cause of what is wrong with a pod, in one sentence and in its parts.
type Diagnosis struct {
	Cause CauseClass
	// Headline is the sentence: the cause first, then the container, the reason, how often, and what comes next as seen at
	// the moment that was asked for.
	Headline string
	// Container is the one that the sentence is about; empty for none.
	Container string
	// Probe is the probe type that the sentence is about; valid if Probed is set.
	Probe  fact.ProbeType
	Probed bool
	// Reason is why, in plain words; empty when the cause says it all.
	Reason string
	// Times is how often it happened, at least; 0 for a cause that is a state.
	Times int32
	// Since is when it began; zero when that is not known.
	Since time.Time
	// Next is what comes next; its kind is empty when nothing is known to come.
	Next      Next
	Certainty infer.Certainty
	// Evidence is what the sentence rests on, in the words of the cluster, newest first.
	Evidence []Remark
	// Actions are what to do, or to look at.
	Actions []Action
}

// Next is what the kubelet does next, and when.
type Next struct {
	Kind NextKind
	fact.Window
}

// NextKind says what comes next.
type NextKind string

// What can come next.
const (
	// NextStart is the start of a container that waits out its back-off.
	NextStart NextKind = "start"
	// NextRestart, NextKill and NextUnready are the consequences of a probe that goes on failing.
	NextRestart = NextKind(infer.WillRestart)
	NextKill    = NextKind(infer.WillKill)
	NextUnready = NextKind(infer.WillUnready)
	// NextEnd is the kill of what still runs of a deleted pod.
	NextEnd NextKind = "end"
)

// Remark is a piece of evidence.
type Remark struct {
	// At is when it was said; zero when that is not known.
	At time.Time
	// Source is event, status, condition or node.
	Source string
	Text   string
}

// Action is something to do, with a command line to paste where there is one.
type Action struct{ Text, Command string }

// Diagnose returns why the pod is not well, as seen at a moment; nil when nothing is known to be wrong.
func Diagnose(c *infer.Case, now time.Time) *Diagnosis {
	x := subject{c}.examine(now)
	if x == nil {
		return nil
	}
	d := x.d
	d.Evidence, d.Actions = x.evidence(), x.actions()
	return &d
}

// Headline returns the sentence of the Diagnosis alone, which costs less; empty when nothing is known to be wrong.
func Headline(c *infer.Case, now time.Time) string {
	if x := (subject{c}).examine(now); x != nil {
		return x.d.Headline
	}
	return ""
}

// Brief returns the Diagnosis without evidence and actions, which costs less; nil when nothing is known to be wrong.
func Brief(c *infer.Case, now time.Time) *Diagnosis {
	if x := (subject{c}).examine(now); x != nil {
		return &x.d
	}
	return nil
}
