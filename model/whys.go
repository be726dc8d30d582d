package model

import (
	"time"

	"github.com/probetop/probetop/model/fact"
	"github.com/probetop/probetop/model/infer"
	"github.com/probetop/probetop/model/why"
)

// What other packages know by the names of this one.
type (
	Action     = why.Action
	Aim        = why.Aim
	CauseClass = why.CauseClass
	Diagnosis  = why.Diagnosis
	Grade      = why.Grade
	Hopeless   = why.Hopeless
	Next       = why.Next
	NextKind   = why.NextKind
	Quirk      = why.Quirk
	Remark     = why.Remark
	Severity   = why.Severity
	Step       = why.Step
	StepName   = why.StepName
)

// The values of these types.
const (
	AimGone             = why.AimGone
	AimHealthy          = why.AimHealthy
	AimReady            = why.AimReady
	AimStarted          = why.AimStarted
	BelowThreshold      = why.BelowThreshold
	ClassAdmission      = why.ClassAdmission
	ClassCompleted      = why.ClassCompleted
	ClassConfig         = why.ClassConfig
	ClassDeadline       = why.ClassDeadline
	ClassDefinition     = why.ClassDefinition
	ClassEndpoints      = why.ClassEndpoints
	ClassErroring       = why.ClassErroring
	ClassEvicted        = why.ClassEvicted
	ClassExit           = why.ClassExit
	ClassFailing        = why.ClassFailing
	ClassGate           = why.ClassGate
	ClassGated          = why.ClassGated
	ClassImage          = why.ClassImage
	ClassInit           = why.ClassInit
	ClassJobDone        = why.ClassJobDone
	ClassLiveness       = why.ClassLiveness
	ClassLost           = why.ClassLost
	ClassNode           = why.ClassNode
	ClassOOM            = why.ClassOOM
	ClassPostStart      = why.ClassPostStart
	ClassPreempted      = why.ClassPreempted
	ClassReadiness      = why.ClassReadiness
	ClassResize         = why.ClassResize
	ClassRestartAll     = why.ClassRestartAll
	ClassSandbox        = why.ClassSandbox
	ClassShutdown       = why.ClassShutdown
	ClassSidecar        = why.ClassSidecar
	ClassSignal         = why.ClassSignal
	ClassStarting       = why.ClassStarting
	ClassStartup        = why.ClassStartup
	ClassTerminating    = why.ClassTerminating
	ClassUnknown        = why.ClassUnknown
	ClassUnscheduled    = why.ClassUnscheduled
	ClassVolume         = why.ClassVolume
	ClassWedged         = why.ClassWedged
	Finished            = why.Finished
	Flapping            = why.Flapping
	Healthy             = why.Healthy
	NextEnd             = why.NextEnd
	NextKill            = why.NextKill
	NextRestart         = why.NextRestart
	NextStart           = why.NextStart
	NextUnready         = why.NextUnready
	RestartDue          = why.RestartDue
	Starting            = why.Starting
	StepContainersReady = why.StepContainersReady
	StepEndpoints       = why.StepEndpoints
	StepGates           = why.StepGates
	StepInitialized     = why.StepInitialized
	StepReadiness       = why.StepReadiness
	StepReady           = why.StepReady
	StepSandbox         = why.StepSandbox
	StepScheduled       = why.StepScheduled
	StepStarted         = why.StepStarted
	Terminating         = why.Terminating
	Unprobeable         = why.Unprobeable
	Unprobed            = why.Unprobed
	Unready             = why.Unready
)

// Asked is that of package why.
func Asked(s *fact.ProbeSpec) string { return why.Asked(s) }

// Brief is that of package why.
func Brief(c *infer.Case, now time.Time) *Diagnosis { return why.Brief(c, now) }

// Broken is that of package why.
func Broken(c *infer.Case) *Step { return why.Broken(c) }

// Called is that of package why.
func Called(c *fact.Container) string { return why.Called(c) }

// CauseOrder is that of package why.
func CauseOrder() [][]CauseClass { return why.CauseOrder() }

// Chain is that of package why.
func Chain(c *infer.Case) []Step { return why.Chain(c) }

// Diagnose is that of package why.
func Diagnose(c *infer.Case, now time.Time) *Diagnosis { return why.Diagnose(c, now) }

// Headline is that of package why.
func Headline(c *infer.Case, now time.Time) string { return why.Headline(c, now) }

// QuirksOf is that of package why.
func QuirksOf(c *infer.Case) []Quirk { return why.QuirksOf(c) }

// VersionQuirks is that of package why.
func VersionQuirks(v fact.Version) []Quirk { return why.VersionQuirks(v) }

// ReasonOf is that of package why.
func ReasonOf(c *infer.Case, p *infer.Probe) string { return why.ReasonOf(c, p) }
