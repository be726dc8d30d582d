package model

import "time"

// Window is a stretch of time in which something will happen, as far as is known. The zero Window is that
// nothing is expected, or nothing can be said.
type Window struct{ Earliest, Latest time.Time }

// IsZero reports whether the window says nothing.
func (w Window) IsZero() bool { return w.Earliest.IsZero() && w.Latest.IsZero() }

// shift moves both ends.
func (w Window) shift(earliest, latest time.Duration) Window {
	return Window{w.Earliest.Add(earliest), w.Latest.Add(latest)}
}

// ConsequenceKind is what follows when a probe goes on failing.
type ConsequenceKind string

// The consequences.
const (
	// NoConsequence is expected of a probe that passes, or is not run.
	NoConsequence ConsequenceKind = ""
	// WillRestart is the restart of the container.
	WillRestart ConsequenceKind = "restart"
	// WillUnready is the removal of the pod from traffic.
	WillUnready ConsequenceKind = "unready"
)

// Consequence is what follows, and when, if the probe fails from now on.
type Consequence struct {
	Kind ConsequenceKind
	Window
}

// Bound says how exactly a number of failures is known.
type Bound string

// The bounds.
const (
	// Exact is the number itself.
	Exact Bound = "exact"
	// AtLeast is a lower bound: events were lost, merged, or are older than our watch.
	AtLeast Bound = "atLeast"
)

// Failures is how often a probe has failed in a row, and how often in a row it takes for the consequence.
type Failures struct {
	Run, Threshold int32
	Bound          Bound
}
