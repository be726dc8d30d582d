package model

import (
	"time"

	"github.com/probetop/probetop/model/fact"
)

// span is how long a probe may have taken.
type span struct{ shortest, longest time.Duration }

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

// spanOfEvent returns how long a probe takes that fails as an event says.
func spanOfEvent(spec *fact.ProbeSpec, e *fact.Event) span {
	cause := e.Cause(spec.Handler)
	if (cause == fact.CauseRefused || cause == fact.CauseTimeout || cause == fact.CauseHeaders) && fact.SystemGaveUp(e.Text()) {
		return span{0, spec.Timeout + fact.Promptly}
	}
	return spanOf(spec, cause)
}

// took is how long the probe took when it failed so.
func (r *reckoning) took(f *failure) span {
	return spanOfEvent(r.probe.Spec, f.event)
}

// rest is how long it takes at most from the end of a failure to the beginning of the next run.
func (r *reckoning) rest(f *failure) time.Duration {
	return max(0, r.probe.Spec.Period-r.took(f).shortest)
}

// onBeat reports whether a failure surely began a period after the run before it: always, unless runs may take longer than
// that. Then two that fail at once, a period apart, show it.
func (r *reckoning) onBeat(f *failure) bool {
	period := r.probe.Spec.Period
	if !r.probe.Spec.Overruns() {
		return true
	}
	g := r.before(f)
	if g == nil || f.n > 1 || f.heard.IsZero() || g.heard.IsZero() || r.took(f).longest >= period || r.took(g).longest >= period {
		return false
	}
	return (f.heard.Sub(g.heard) - period).Abs() < beatBlur
}

// beatBlur is how exactly the time between two events that we heard is that between what they tell of.
const beatBlur = 400 * time.Millisecond

// before returns the probe's failure before f; nil for none.
func (r *reckoning) before(f *failure) (older *failure) {
	for i := range r.history.failures {
		o := &r.history.failures[i]
		if o.event == f.event {
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
func (r *reckoning) hiding(older, newer *failure) time.Duration {
	period, o, n := r.probe.Spec.Period, r.took(older), r.took(newer)
	switch {
	case r.onBeat(older):
		return 2*period - o.longest + n.shortest
	case o.longest < period:
		return period + n.shortest
	}
	return 0
}
