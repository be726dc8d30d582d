package model

import (
	"github.com/probetop/probetop/model/infer"
)

// What other packages know by the names of this one.
type (
	Case            = infer.Case
	Certainty       = infer.Certainty
	Consequence     = infer.Consequence
	ConsequenceKind = infer.ConsequenceKind
	Evidence        = infer.Evidence
	Forecast        = infer.Forecast
	LastWord        = infer.LastWord
	Probe           = infer.Probe
	Restart         = infer.Restart
	RestartCause    = infer.RestartCause
	Shadowed        = infer.Shadowed
	State           = infer.State
	Verdict         = infer.Verdict
)

// The values of these types.
const (
	ByCounters      = infer.ByCounters
	ByEvent         = infer.ByEvent
	ByNoEvent       = infer.ByNoEvent
	ByNode          = infer.ByNode
	ByStatus        = infer.ByStatus
	ByTime          = infer.ByTime
	CauseDefinition = infer.CauseDefinition
	CauseExited     = infer.CauseExited
	CauseLiveness   = infer.CauseLiveness
	CauseNode       = infer.CauseNode
	CauseOOM        = infer.CauseOOM
	CausePod        = infer.CausePod
	CausePostStart  = infer.CausePostStart
	CauseResize     = infer.CauseResize
	CauseRestartAll = infer.CauseRestartAll
	CauseSandbox    = infer.CauseSandbox
	CauseSignalled  = infer.CauseSignalled
	CauseStartup    = infer.CauseStartup
	CauseUnknown    = infer.CauseUnknown
	Certain         = infer.Certain
	CertaintyHigh   = infer.CertaintyHigh
	CertaintyLow    = infer.CertaintyLow
	CertaintyMedium = infer.CertaintyMedium
	CertaintyNone   = infer.CertaintyNone
	NoConsequence   = infer.NoConsequence
	StateDelayed    = infer.StateDelayed
	StateErroring   = infer.StateErroring
	StateFailed     = infer.StateFailed
	StateFailing    = infer.StateFailing
	StateGated      = infer.StateGated
	StateHeld       = infer.StateHeld
	StatePassing    = infer.StatePassing
	StateStarting   = infer.StateStarting
	StateSuspended  = infer.StateSuspended
	StateUnknown    = infer.StateUnknown
	StateWaiting    = infer.StateWaiting
	WillKill        = infer.WillKill
	WillRestart     = infer.WillRestart
	WillUnready     = infer.WillUnready
)
