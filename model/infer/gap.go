package infer

import (
	"time"

	"github.com/probetop/probetop/model/fact"
)

// gap says what lies between two failures.
type gap uint8

const (
	// consecutive leaves no room for a success.
	consecutive gap = iota
	// doubtful may hide one.
	doubtful
	// broken holds a tick at which the probe did not fail.
	broken
)

// between compares the time between two failures with the period. The kubelet's ticks are a period apart; the
// event comes when the probe ends, so durations count in.
func (r *reckoning) between(older, newer *Failure) gap {
	first := newer.from
	if newer.N == 1 || newer.initial {
		first = newer.begin()
	}
	passed := first.Sub(older.To())
	const blur = time.Second // both times are floored to it
	g := r.after(older, newer, passed, blur)
	heard := newer.Heard.Sub(older.Heard)
	if g == doubtful && newer.N == 1 && !older.listed() && !newer.listed() && (heard-passed).Abs() < blur+beatBlur {
		// That we hear the beat is no accident. A pause may be one: an event may wait on its way.
		if r.after(older, newer, heard, beatBlur) == consecutive {
			return consecutive
		}
	}
	return g
}

// after says the same of two failures that are so far apart, more or less.
func (r *reckoning) after(older, newer *Failure, passed, blur time.Duration) gap {
	if r.successMayBeUnseen(r.Probe) && r.unreadyFrom(newer.To()) && passed > blur {
		return doubtful // a success that does not make it ready leaves no gap
	}
	c := r.Probe.Container
	switch {
	case r.Probe.Type == fact.Readiness && older.To().Before(c.StartedAt) && !newer.To().Before(c.StartedAt):
		return doubtful // a start has the probe run at once: a success before it leaves no gap either
	case r.unbroken(older) && r.shows(newer), passed < r.hiding(older, newer)-blur:
		return consecutive
	case passed > r.rest(older)+r.took(newer).Longest+blur && passed > EventSlack && !older.To().Before(r.eligible()) && !r.errsBetween(older, newer):
		return broken
	}
	return doubtful
}

// errsBetween reports whether the probe could not be carried out between two failures. Such a run counts for nothing.
func (r *reckoning) errsBetween(older, newer *Failure) bool {
	for i := range r.History.Failures {
		f := &r.History.Failures[i]
		if e := f.Event; e.Outcome == fact.Errored && e.Probe == r.Probe.Type && (e.Combined || e.Container == "" || e.Container == r.Probe.Container.Name) &&
			!f.To().Before(older.To()) && !f.begin().After(newer.To()) {
			return true
		}
	}
	return false
}
