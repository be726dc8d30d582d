package tui

import (
	"github.com/probetop/probetop/model"
)

// roomForChain is the width from which every link of the chain has a line of its own.
const roomForChain = 100

// Where the columns of the chain begin.
const (
	chainName = 2
	chainAge  = 20
	chainText = 27
)

// chain writes the links from scheduling to traffic, the first broken one with all that is known of it.
func (s *sheet) chain(r *model.Row) {
	steps := r.Why()
	if len(steps) == 0 {
		return
	}
	first := broken(steps)
	s.heading(chainTitle(r, steps, first))
	if s.width >= roomForChain {
		for i, step := range steps {
			s.link(step, i == first)
		}
		return
	}
	if first < 0 {
		s.links(steps)
		return
	}
	s.links(steps[:first])
	s.breach(steps[first])
	s.links(steps[first+1:])
}

// broken returns the index of the first link that is not OK; -1 when there is none.
func broken(steps []model.Step) int {
	for i, step := range steps {
		if !step.OK {
			return i
		}
	}
	return -1
}

// chainTitle says what the chain explains. A pod may get traffic though a link is broken.
func chainTitle(r *model.Row, steps []model.Step, first int) (title, remark string) {
	for _, t := range r.Traffic {
		if t.Ready && first >= 0 {
			return "TRAFFIC CHAIN", "broken, and still some traffic"
		}
	}
	if first >= 0 {
		return "WHY NO TRAFFIC", "the first broken link is " + string(steps[first].Name)
	}
	for _, step := range steps {
		if step.Unknown {
			return "TRAFFIC CHAIN", "no link is known to be broken"
		}
	}
	return "TRAFFIC CHAIN", "every link holds"
}

// linkMark is the glyph of a link.
func (s *sheet) linkMark(step model.Step) phrase {
	switch {
	case step.Unknown:
		return phrase{s.strong, s.glyphs.state[model.StateUnknown]}
	case step.OK:
		return phrase{s.good, s.glyphs.state[model.StateHeld]}
	}
	return phrase{s.bad, s.glyphs.state[model.StateFailed]}
}

// links writes links by their names only, as many on a line as fit.
func (s *sheet) links(steps []model.Step) {
	l, empty := s.row(chainName), true
	for _, step := range steps {
		mark := s.linkMark(step)
		if need := s.Cells(mark.text) + 1 + s.Cells(string(step.Name)); !empty && need+2 > l.room {
			s.end(l)
			l, empty = s.row(chainName), true
		}
		if !empty {
			l.text("  ")
		}
		l.put(mark.ink, mark.text).text(" " + string(step.Name))
		empty = false
	}
	if !empty {
		s.end(l)
	}
}

// breach writes the first broken link below the others.
func (s *sheet) breach(step model.Step) {
	mark := s.linkMark(step)
	l := s.row(chainName).put(mark.ink, mark.text+" "+string(step.Name))
	if !step.Since.IsZero() {
		l.put(s.dim, "  since "+age(s.now, step.Since))
	}
	s.end(l)
	s.text(4, noteLines, ink{}, model.PrintableLines(step.Text)...)
}

// link writes a link on a line of its own, and the first broken one in full.
func (s *sheet) link(step model.Step, first bool) {
	mark := s.linkMark(step)
	name := ink{}
	if first {
		name = mark.ink
	}
	l := s.row(chainName).put(mark.ink, mark.text).text(" ").cell(name, string(step.Name), chainAge-chainName-2)
	l.cell(s.dim, age(s.now, step.Since), chainText-chainAge)
	if !first {
		s.hang(l, chainText, 1, s.dim, model.Printable(step.Text))
		return
	}
	s.hang(l, chainText, noteLines, ink{}, model.PrintableLines(step.Text)...)
}
