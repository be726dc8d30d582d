package infer

import (
	"time"

	"github.com/probetop/probetop/model/fact"
	"github.com/probetop/probetop/model/kubelet"
)

// LastWord is what the kubelet was last known to find when it ran a probe of the running instance.
type LastWord struct {
	// Verdict is ShadowNone when the kubelet has no result, or none that is known.
	Verdict fact.ShadowVerdict
	// Idle is set when the kubelet does not run the probe: that is why there is no result, or, of a startup probe that has
	// succeeded, none after it.
	Idle bool
	// Text is what the kubelet said, without its prefix, and Cause its normalised cause; empty for a success, and for a
	// failure of which no event is known.
	Text  string
	Cause fact.Cause
	// At is when it was said, to the second; zero when that is not known.
	At        time.Time
	Certainty Certainty
}

// LastWord reads the last word of a probe off its state and its events.
func (j *Facts) LastWord(p *Probe) LastWord {
	w := LastWord{Certainty: p.Certainty}
	switch p.State {
	case StateWaiting, StateDelayed, StateGated, StateHeld, StateSuspended:
		w.Idle = true
		if p.State == StateHeld && p.Type == fact.Startup && p.Container.HasStarted() {
			w.Verdict = fact.ShadowSuccess
		}
	case StatePassing:
		w.Verdict = fact.ShadowSuccess
		if e := j.lastOf(p, fact.Warned); e != nil && (j.lastOf(p, fact.Failed) == nil || !j.lastOf(p, fact.Failed).Last.After(e.Last)) {
			w.Verdict = fact.ShadowWarning
			w.quote(p, e, j.Node.Version())
		}
	case StateErroring:
		w.Verdict = fact.ShadowErrored
		w.quote(p, j.lastOf(p, fact.Errored), j.Node.Version())
	case StateFailing, StateFailed, StateStarting:
		e := j.lastOf(p, fact.Failed)
		if p.State == StateStarting && e == nil && j.EventsSeen && j.Now.Before(j.firstResult(p)) {
			return w // the first result is on its way
		}
		w.Verdict = fact.ShadowFailure
		w.quote(p, e, j.Node.Version())
		if e == nil && w.Certainty > CertaintyMedium {
			w.Certainty = CertaintyMedium
		}
	}
	return w
}

// quote takes what an event says; nothing from nil.
func (w *LastWord) quote(p *Probe, e *fact.Event, kubelet fact.Version) {
	if e == nil {
		return
	}
	w.Text, w.At = e.Text(), e.Last
	w.Cause = kubelet.CauseOf(p.Spec.Handler, e.Outcome, w.Text)
}

// Troubles returns the failures and errors of the running instance that the kubelet told of, oldest first.
func (j *Facts) Troubles(p *Probe) []Failure {
	if j.History == nil {
		return nil
	}
	var all []Failure
	for i := range j.History.Failures {
		f := &j.History.Failures[i]
		e := f.Event
		if e.Container == p.Container.Name && e.Probe == p.Type && (e.Outcome == fact.Failed || e.Outcome == fact.Errored) && !f.To().Before(p.Container.StartedAt) {
			all = append(all, *f)
		}
	}
	return all
}

// Spell is the newest row of failures of a probe, as far as the kubelet told of them without a pause.
type Spell struct {
	First, Last time.Time // zero when there was none
	N           int32
}

// Spell returns the newest row of failures of a probe.
func (c *Case) Spell(p *Probe) Spell { return p.SpellOf(c.Facts.Troubles(p)) }

// SpellOf returns the newest of troubles that are no more than a period and what a run may take apart.
func (p *Probe) SpellOf(troubles []Failure) Spell {
	var s Spell
	pause := 2*p.Spec.Period + kubelet.Attempts*p.Spec.Timeout + EventSlack
	for i := len(troubles) - 1; i >= 0; i-- {
		f := &troubles[i]
		if s.N > 0 && s.First.Sub(f.To()) > pause {
			break
		}
		if s.N == 0 {
			s.Last = f.To()
		}
		s.N += f.N
		s.First = f.To()
		if f.N > 1 && f.from.Before(s.First) {
			s.First = f.from
		}
	}
	if started := p.Container.StartedAt; s.N > 0 && s.First.Before(started) {
		s.First = started // the event counts failures of the instance before, too
	}
	return s
}
