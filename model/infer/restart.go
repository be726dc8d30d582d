package infer

import (
	"time"

	"github.com/probetop/probetop/model/fact"
)

// RestartCause is why a container was restarted.
type RestartCause string

// The causes of a restart.
const (
	CauseLiveness   RestartCause = "liveness"
	CauseStartup    RestartCause = "startup"
	CauseOOM        RestartCause = "oom"
	CauseExited     RestartCause = "exit"
	CauseSignalled  RestartCause = "signal"
	CausePostStart  RestartCause = "postStart"
	CauseDefinition RestartCause = "definitionChanged"
	CauseSandbox    RestartCause = "sandboxChanged"
	// CauseResize is an in-place resize whose policy wants a restart.
	CauseResize RestartCause = "resize"
	// CauseRestartAll is an end of another container whose rule restarts all of them.
	CauseRestartAll RestartCause = "restartAll"
	// CausePod is the end of the whole pod by the kubelet: status.reason says why. The ledger does not list it.
	CausePod     RestartCause = "podEnded"
	CauseNode    RestartCause = "node"
	CauseUnknown RestartCause = "unknown"
)

// RestartAllAction is the action of restartPolicyRules that restarts all containers, and restartingAll the termination
// reason of those that it ended (pkg/kubelet/kubelet_pods.go).
const (
	RestartAllAction = "RestartAllContainers"
	RestartingAll    = "RestartingAllContainers"
)

// Restart is one line of the ledger: an instance of a container that ended, why, and what came after it.
type Restart struct {
	Container string
	// At is when the instance ended.
	At    time.Time
	Cause RestartCause
	// ExitCode, Signal and Reason are what the runtime says of the end.
	ExitCode, Signal int32
	Reason           string
	// Untold is set when the status never said how it ended: then ExitCode, Signal and Reason mean nothing, and At is when
	// the next instance started.
	Untold bool
	// Text is what the probe that caused the restart said last; empty for other causes.
	Text      string
	Certainty Certainty
	// Count is the container's restart count after it.
	Count int32
	// Lived is how long the instance ran.
	Lived time.Duration
	// Failing is how long the probe had failed before the kill; zero when that is not known.
	Failing time.Duration
	// Down is how long no instance ran afterwards; zero while none does, or when it is not known.
	Down time.Duration
	// ToStarted and ToReady are how long the next instance took to be started and ready; zero while it is
	// not, or when it was not watched.
	ToStarted, ToReady time.Duration
}

// KilledBy is why a container is restarted whose probe of that type has reached its threshold.
func KilledBy(t fact.ProbeType) RestartCause {
	return map[fact.ProbeType]RestartCause{fact.Liveness: CauseLiveness, fact.Startup: CauseStartup}[t]
}

// Probe returns the probe type that a cause names.
func (c RestartCause) Probe() (fact.ProbeType, bool) {
	switch c {
	case CauseLiveness:
		return fact.Liveness, true
	case CauseStartup:
		return fact.Startup, true
	}
	return 0, false
}
