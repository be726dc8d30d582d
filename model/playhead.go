package model

import (
	"time"

	"github.com/probetop/probetop/model/why"
)

// Playhead is where in a recording a player stands.
type Playhead struct {
	// At is the moment shown; Start and End are the first and the last the recording has.
	At, Start, End time.Time
	// Playing is set while At moves by itself, Speed times as fast as it happened.
	Playing bool
	Speed   float64
	// Damage says why the recording ends where it does, when it was cut off or is broken; empty otherwise.
	Damage string
}

// Transition is a moment at which a pod's severity changed.
type Transition struct {
	At              time.Time
	Namespace, Name string
	// From is what it was before; Finished for a pod that was not there.
	From, To why.Severity
}

// Worse reports whether the pod was a lesser case before.
func (t Transition) Worse() bool { return t.To.Fault() && t.To < t.From }
