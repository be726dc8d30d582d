package infer

import (
	"time"

	"github.com/probetop/probetop/model/fact"
)

// span is how long a probe may have taken.
type span struct{ shortest, Longest time.Duration }

// spanOf returns how long a probe takes that fails of that cause, as far as the cause tells.
func spanOf(spec *fact.ProbeSpec, cause fact.Cause) span {
	timeout := spec.Timeout
	switch cause {
	case fact.CauseRefused:
		return span{0, min(fact.Promptly, timeout)}
	case fact.CauseTimeout, fact.CauseHeaders, fact.CauseUnanswered, fact.CauseRPC, fact.CauseExecTimeout:
		return span{timeout, timeout + fact.Promptly}
	}
	return span{0, timeout}
}

// SpanOfEvent returns how long a probe takes that fails as an event says.
func SpanOfEvent(spec *fact.ProbeSpec, e *fact.Event) span {
	cause := e.Cause(spec.Handler)
	if (cause == fact.CauseRefused || cause == fact.CauseTimeout || cause == fact.CauseHeaders) && fact.SystemGaveUp(e.Text()) {
		return span{0, spec.Timeout + fact.Promptly}
	}
	return spanOf(spec, cause)
}

// took is how long the probe took when it failed so.
func (r *reckoning) took(f *Failure) span {
	return SpanOfEvent(r.Probe.Spec, f.Event)
}

// rest is how long it takes at most from the end of a failure to the beginning of the next run.
func (r *reckoning) rest(f *Failure) time.Duration {
	return max(0, r.Probe.Spec.Period-r.took(f).shortest)
}

// onBeat reports whether a failure surely began a period after the run before it: always, unless runs may take longer than
// that. Then two that fail at once, a period apart, show it.
func (r *reckoning) onBeat(f *Failure) bool {
	period := r.Probe.Spec.Period
	if !r.Probe.Spec.Overruns() {
		return true
	}
	g := r.Before(f)
	if g == nil || f.N > 1 || f.Heard.IsZero() || g.Heard.IsZero() || r.took(f).Longest >= period || r.took(g).Longest >= period {
		return false
	}
	return (f.Heard.Sub(g.Heard) - period).Abs() < beatBlur
}

// beatBlur is how exactly the time between two events that we heard is that between what they tell of.
const beatBlur = 400 * time.Millisecond

// Before returns the probe's failure before f; nil for none.
func (r *reckoning) Before(f *Failure) (older *Failure) {
	for i := range r.History.Failures {
		o := &r.History.Failures[i]
		if o.Event == f.Event {
			return older
		}
		if r.mine(o) {
			older = o
		}
	}
	return nil
}

// hiding is how far two failures must be apart for a success to fit in between: two ticks, and one when the older may have
// begun off the beat; none when it may have missed one.
func (r *reckoning) hiding(older, newer *Failure) time.Duration {
	period, o, n := r.Probe.Spec.Period, r.took(older), r.took(newer)
	switch {
	case r.onBeat(older):
		return 2*period - o.Longest + n.shortest
	case o.Longest < period:
		return period + n.shortest
	}
	return 0
}
