package cmd

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/probetop/probetop/model"
)

// beat is how often time that passes is looked at, and how often the workloads are read.
const beat = time.Second

// run waits until all is as it should be, cannot become so, or time is up.
func (w *waiting) run(ctx context.Context) error {
	s, err := complete(ctx, w.reader, w.target)
	if err != nil {
		return err
	}
	o := w.options
	remarkOnClock(o.streams.Err, w.target.clock)
	remarkOn(o.streams.Err, s)
	w.snapshot, w.hearing = s, newHearing(o.streams.Err, s)
	for {
		w.look()
		if err := w.lines.tell(w, time.Since(w.began)); err != nil {
			return err
		}
		if done, err := w.decide(ctx); done {
			return err
		}
		if err := w.next(ctx); err != nil {
			return err
		}
	}
}

// look works out how everything stands now.
func (w *waiting) look() {
	now := w.target.clock.Now()
	for _, a := range w.awaits {
		a.outlook = a.rollout.Outlook(a.rows(w.snapshot), w.goal, now)
	}
	lapses := w.lapses.Load()
	if !w.met() || lapses != w.seen {
		w.since = time.Time{}
	}
	w.seen = lapses
	if w.met() && w.since.IsZero() {
		w.since = time.Now()
	}
}

// met reports whether all are what they are waited for to be.
func (w *waiting) met() bool {
	for _, a := range w.awaits {
		if !a.outlook.Met {
			return false
		}
	}
	return true
}

// hopeless returns what cannot become what it is waited for to be; nil for nothing.
func (w *waiting) hopeless() *awaited {
	for _, a := range w.awaits {
		if a.outlook.Hopeless != nil {
			return a
		}
	}
	return nil
}

// heard reports whether the pods are as they were heard to be last.
func (w *waiting) heard() bool {
	pods := w.snapshot.Source(model.Pods)
	return pods.State == model.SourceSynced && pods.Silent.IsZero()
}

// stands reports whether all have been so for long enough.
func (w *waiting) stands() bool { return w.met() && time.Since(w.since) >= w.goal.Stable }

// decide ends the wait when there is nothing to wait for any more. The workloads are read once more before: there may be a newer
// revision than that which is judged.
func (w *waiting) decide(ctx context.Context) (done bool, err error) {
	if w.heard() && (w.stands() || w.hopeless() != nil) && w.refresh(ctx) {
		w.look()
		switch a := w.hopeless(); {
		case w.stands():
			return true, w.succeed()
		case a != nil:
			return true, w.fail(a)
		}
	}
	if w.options.timeout > 0 && time.Since(w.began) >= w.options.timeout {
		return true, w.timeOut()
	}
	return false, nil
}

// next waits for another snapshot, or for a moment at which time matters.
func (w *waiting) next(ctx context.Context) error {
	until := time.Now().Add(beat)
	earlier := func(at time.Time) {
		if at.After(time.Now()) && at.Before(until) {
			until = at
		}
	}
	if w.options.timeout > 0 {
		earlier(w.began.Add(w.options.timeout))
	}
	if !w.since.IsZero() {
		earlier(w.since.Add(w.goal.Stable))
	}
	waiting, cancel := context.WithDeadline(ctx, until)
	defer cancel()
	s, err := w.reader.Next(waiting)
	switch {
	case ctx.Err() != nil:
		w.lines.clear()
		return interrupted(ctx.Err())
	case err == nil:
		w.snapshot = s
		w.lines.clear()
		w.hearing.tell(s.Sources)
	case !errors.Is(err, context.DeadlineExceeded):
		return w.target.explain(err)
	}
	if time.Since(w.read) >= beat {
		w.refresh(ctx)
	}
	return nil
}

// refresh reads the workloads anew. It reports false when they cannot be read: what was read before stays.
func (w *waiting) refresh(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, min(w.target.patience, 2*time.Second))
	defer cancel()
	w.read = time.Now()
	for _, a := range w.awaits {
		if a.arg == "" {
			continue
		}
		rollout, found, err := w.rollouts.Read(ctx, a.arg, a.namespace)
		if err != nil {
			return false
		}
		if !found {
			rollout = model.Rollout{Failed: "it does not exist any more"}
		}
		a.rollout = rollout
	}
	return true
}

// took is how long it has taken so far, for a person.
func (w *waiting) took() string {
	d := time.Since(w.began)
	if d < 10*time.Second {
		return d.Round(100 * time.Millisecond).String()
	}
	return d.Round(time.Second).String()
}

// succeed says that all is as it should be.
func (w *waiting) succeed() error {
	w.lines.clear()
	stable := ""
	if w.goal.Stable > 0 {
		stable = fmt.Sprintf(", and stayed so for %v", w.goal.Stable)
	}
	verb := "is"
	if len(w.awaits) > 1 || w.awaits[0].is == nil && w.awaits[0].arg == "" && len(w.options.args) == 0 {
		verb = "are"
	}
	if _, err := fmt.Fprintf(w.options.streams.Out, "✓ %s %s %s after %s%s\n", w.names(), verb, w.goal.Aim, w.took(), stable); err != nil {
		return unwritten(err)
	}
	return nil
}

// fail says what cannot become what it is waited for to be, and why that is sure.
func (w *waiting) fail(a *awaited) error {
	h := a.outlook.Hopeless
	var b sheet
	b.line("✖ %s cannot become %s: %s", a.name, w.goal.Aim, h.Text)
	b.line("  sure because %s (certainty %s)", h.Rule, h.Certainty)
	if r := a.outlook.Worst; r != nil {
		b.about(r, nil, w.target.clock.Now())
		if d := r.Diagnosis(w.target.clock.Now()); d != nil {
			b.reasons(d, w.target.clock.Now())
		}
	}
	return w.end(b.String(), exitFailing, "%s cannot become %s: %s.", a.name, w.goal.Aim, h.Text)
}

// timeOut says what was still open when time was up.
func (w *waiting) timeOut() error {
	now := w.target.clock.Now()
	var b sheet
	first := ""
	for _, a := range w.awaits {
		if a.outlook.Met && (w.goal.Stable == 0 || len(w.awaits) > 1) {
			continue
		}
		text := a.words(w.goal)
		b.line("✖ %s", text)
		if r := a.outlook.Worst; r != nil && r.Headline(now) != "" {
			text += "; " + r.Headline(now)
		}
		if first == "" {
			first = text
		}
		if r := a.outlook.Worst; r != nil {
			if d := r.Diagnosis(now); d != nil {
				b.line("  %s", d.Headline)
				b.about(r, d, now)
				b.reasons(d, now)
			} else {
				b.about(r, nil, now)
			}
		}
	}
	if first == "" {
		first = w.names() + " did not stay " + string(w.goal.Aim) + " for " + w.goal.Stable.String()
	}
	return w.end(b.String(), exitTimedOut, "Timed out after %v: %s.", w.options.timeout, first)
}

// end prints what came of it, and fails with a sentence.
func (w *waiting) end(text string, code int, format string, args ...any) error {
	w.lines.clear()
	if _, err := fmt.Fprint(w.options.streams.Out, text); err != nil {
		return unwritten(err)
	}
	return &failure{sentence: sentence(fmt.Sprintf(format, args...)) + ".", code: code}
}
