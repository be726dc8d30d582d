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
	word := consequenceKind(p, q) + " " + c.comes(q.Window, c.now)
	if cells(word) > w && due(q.Window, c.now) == "" {
		return consequenceKind(p, q) + " " + c.within(q.Window, c.now)
	}
	return word
}

// consequenceInFull is the consequence where there is room for it.
func (c *canvas) consequenceInFull(p *model.Probe, q model.Consequence) string {
	return consequenceKind(p, q) + " " + c.comesInFull(q.Window, c.now)
}

// forecast draws what follows next if nothing gets better, and when.
func (c *canvas) forecast(l *line, r *model.Row, w int) {
	p, q := impending(r, c.now)
	if p == nil {
		l.pad(w)
		return
	}
	l.cell(c.stateInk[p.State], c.consequence(p, q, w), w)
}
