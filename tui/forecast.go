package tui

import (
	"strconv"
	"time"

	"github.com/probetop/probetop/model"
)

// runWord is how often a failing probe has failed in a row, of how many times it takes; empty for other probes, and
// when nothing is known.
func (g *glyphs) runWord(p *model.Probe) string {
	f := p.Failures
	switch p.State {
	case model.StateStarting, model.StateFailing:
	case model.StateFailed:
		if p.Type != model.Readiness { // it ends the container, and is not run any more
			return strconv.Itoa(int(f.Threshold)) + "/" + strconv.Itoa(int(f.Threshold))
		}
	default:
		return ""
	}
	word := strconv.Itoa(int(f.Run)) + "/" + strconv.Itoa(int(f.Threshold))
	switch {
	case f.Run == 0 && (f.Bound == model.AtLeast || p.State != model.StateStarting):
		return ""
	case f.Bound == model.AtLeast:
		return g.least + word
	}
	return word
}

// impending returns the probe of a pod whose consequence comes first, with the consequence; nil when nothing is
// expected.
func impending(r *model.Row, now time.Time) (*model.Probe, model.Consequence) {
	var first *model.Probe
	var next model.Consequence
	for i := range r.Probes {
		p := &r.Probes[i]
		c := r.Forecast(p, now).Consequence
		if c.Kind != model.NoConsequence && (first == nil || c.Latest.Before(next.Latest)) {
			first, next = p, c
		}
	}
	return first, next
}

// consequenceKind is the word for what follows, with the mark when the probe's state is a guess.
func consequenceKind(p *model.Probe, q model.Consequence) string {
	if doubtful(p.Verdict) {
		return string(q.Kind) + certaintyMark
	}
	return string(q.Kind)
}

// consequence words what follows and when, in w cells.
func (c *canvas) consequence(p *model.Probe, q model.Consequence, w int) string {
	return c.coming(consequenceKind(p, q), q.Window, w)
}

// consequenceInFull is the consequence where there is room for it.
func (c *canvas) consequenceInFull(p *model.Probe, q model.Consequence) string {
	return consequenceKind(p, q) + " " + c.comesInFull(q.Window, c.now)
}

// forecast draws what follows next if nothing gets better, and when.
func (c *canvas) forecast(l *line, r *model.Row, w int) {
	p, q := impending(r, c.now)
	if p == nil {
		l.cell(ink{}, c.awaited(r, w), w)
		return
	}
	l.cell(c.stateInk[p.State], c.consequence(p, q, w), w)
}

// awaited words what the kubelet does next with a pod without a probe that asks for it, in w cells: it starts a
// container again, or kills what is left.
func (c *canvas) awaited(r *model.Row, w int) string {
	for i := range r.Pod.Containers {
		if again := r.StartsAgain(&r.Pod.Containers[i]); !again.IsZero() {
			return c.coming("start", again, w)
		}
	}
	if end := r.GraceEnds(); !end.IsZero() {
		return c.coming("kill", end, w)
	}
	return ""
}

// coming words what comes and when, in w cells.
func (c *canvas) coming(what string, at model.Window, w int) string {
	if word := what + " " + c.comes(at, c.now); c.fits(word, w) || due(at, c.now) != "" {
		return word
	}
	return what + " " + c.within(at, c.now)
}
