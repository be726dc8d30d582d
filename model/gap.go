package model

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
func (r *reckoning) between(older, newer *failure) gap {
	first := newer.from
	if newer.n == 1 || newer.initial {
		first = newer.begin()
	}
	passed := first.Sub(older.to())
	const blur = time.Second // both times are floored to it
	g := r.after(older, newer, passed, blur)
	heard := newer.heard.Sub(older.heard)
	if g == doubtful && newer.n == 1 && !older.listed() && !newer.listed() && (heard-passed).Abs() < blur+beatBlur {
		// That we hear the beat is no accident. A pause may be one: an event may wait on its way.
		if r.after(older, newer, heard, beatBlur) == consecutive {
			return consecutive
		}
	}
	return g
}

// after says the same of two failures that are so far apart, more or less.
func (r *reckoning) after(older, newer *failure, passed, blur time.Duration) gap {
	if r.goesUnseen(r.probe) && r.unreadyFrom(newer.to()) && passed > blur {
		return doubtful // a success that does not make it ready leaves no gap
	}
	c := r.probe.Container
	switch {
	case r.probe.Type == fact.Readiness && older.to().Before(c.StartedAt) && !newer.to().Before(c.StartedAt):
		return doubtful // a start has the probe run at once: a success before it leaves no gap either
	case r.unbroken(older), passed < r.hiding(older, newer)-blur:
		return consecutive
	case passed > r.rest(older)+r.took(newer).longest+blur && passed > eventSlack && !older.to().Before(r.eligible()) && !r.errsBetween(older, newer):
		return broken
	}
	return doubtful
}

// errsBetween reports whether the probe could not be carried out between two failures. Such a run counts for nothing.
func (r *reckoning) errsBetween(older, newer *failure) bool {
	for i := range r.history.failures {
		f := &r.history.failures[i]
		if e := f.event; e.Outcome == fact.Errored && e.Probe == r.probe.Type && (e.Combined || e.Container == "" || e.Container == r.probe.Container.Name) &&
			!f.to().Before(older.to()) && !f.begin().After(newer.to()) {
			return true
		}
	}
	return false
}
