package kubelet

import "github.com/probetop/probetop/model/fact"

// Published is what the worker of a probe last told the rest of the kubelet.
type Published uint8

// What a worker can have told.
const (
	// PublishedNothing is a startup probe that is neither done nor given up.
	PublishedNothing Published = iota
	PublishedSuccess
	PublishedFailure
)

// Tally is how a worker counts results: those that are equal, in a row, until a threshold is reached. It mirrors
// doProbe of pkg/kubelet/prober/worker.go (1.37). The zero Tally is a worker that has seen no container yet.
type Tally struct {
	// Published is the result that has reached its threshold last.
	Published Published
	// Held is set when the worker does not run its probe until the container's next instance.
	Held bool
	// Run is how many results in a row were successes, or failures.
	Run int32
	// Failing is the newest result; it means nothing while any is not set.
	Failing, any bool
}

// Anew returns the tally when the container has a new instance. What is published begins anew; the run does not,
// unless a threshold ended it.
func (t Tally) Anew(typ fact.ProbeType) Tally {
	t.Held = false
	t.Published = [...]Published{fact.Startup: PublishedNothing, fact.Readiness: PublishedFailure, fact.Liveness: PublishedSuccess}[typ]
	return t
}

// Next returns the tally after one more run of the probe. What could not be carried out counts towards nothing, and
// a worker that is held does not run its probe.
func (t Tally) Next(typ fact.ProbeType, spec *fact.ProbeSpec, result fact.ShadowVerdict) Tally {
	if t.Held || !result.Counts() {
		return t
	}
	failing := result == fact.ShadowFailure
	if t.any && t.Failing == failing {
		t.Run++
	} else {
		t.Run = 1
	}
	t.Failing, t.any = failing, true
	switch {
	case failing && t.Run < spec.FailureThreshold, !failing && t.Run < spec.SuccessThreshold:
		return t
	case failing:
		t.Published = PublishedFailure
	default:
		t.Published = PublishedSuccess
	}
	if typ == fact.Startup || typ == fact.Liveness && failing {
		t.Held, t.Run = true, 0
	}
	return t
}
