package model

import "time"

// StepName names a link of the chain from scheduling to traffic.
type StepName string

// The links, in their order.
const (
	StepScheduled       StepName = "scheduled"
	StepSandbox         StepName = "sandbox"
	StepInitialized     StepName = "initialized"
	StepStarted         StepName = "started"
	StepReadiness       StepName = "readiness"
	StepContainersReady StepName = "containersReady"
	StepGates           StepName = "gates"
	StepReady           StepName = "ready"
	StepEndpoints       StepName = "endpoints"
)

// Step is one link. The first that is not OK is why the pod gets no traffic.
type Step struct {
	Name StepName
	OK   bool
	// Text says what is so, or what is wrong and who can mend it.
	Text string
	// Since is when it became so; zero when nobody told.
	Since time.Time
}
