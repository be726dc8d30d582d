package tui

import (
	"fmt"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/probetop/probetop/model"
)

// prompt is where the filter is typed. It also knows whether only faults are shown, which is a filter too.
type prompt struct {
	input   field
	editing bool
	faults  bool
	// text is what keep was made from: the last that could be read.
	text string
	keep func(*model.Row) bool
	err  error
}

// open begins editing.
func (p *prompt) open() {
	p.editing = true
	p.input.set(p.text)
}

// close ends editing and keeps the filter, as far as it could be read.
func (p *prompt) close() {
	p.editing, p.err = false, nil
	p.input.set(p.text)
}

// clear drops the filter, and the faults with it.
func (p *prompt) clear() {
	p.text, p.keep, p.faults = "", nil, false
	p.close()
}

// edit takes a key or a paste, and reports whether the filter is another one than before.
func (p *prompt) edit(msg tea.Msg, now time.Time) bool {
	p.input.take(msg)
	if p.input.String() == p.text {
		p.err = nil
		return false
	}
	keep, err := parseFilter(p.input.String(), now)
	if p.err = err; err != nil {
		return false
	}
	p.text, p.keep = p.input.String(), keep
	return true
}

// filter returns what the rows shown must pass; nil for all.
func (p *prompt) filter() func(*model.Row) bool {
	fault := func(r *model.Row) bool { return r.Severity.Fault() }
	switch keep := p.keep; {
	case !p.faults:
		return keep
	case keep == nil:
		return fault
	default:
		return func(r *model.Row) bool { return fault(r) && keep(r) }
	}
}

// words say what is hidden, for the header.
func (p *prompt) words() []string {
	var w []string
	if p.text != "" {
		w = append(w, "filter "+model.Printable(p.text))
	}
	if p.faults {
		w = append(w, "faults only")
	}
	return w
}

// Render draws the line while the filter is typed.
func (p *prompt) Render(c *canvas, width, shown int) string {
	l := c.line(width).text("/")
	p.input.draw(c, l, max(min(width/2, width-2), 1)+1)
	if p.err != nil {
		return l.text("  ").put(c.bad, model.Printable(p.err.Error())).String()
	}
	return l.text("  ").put(c.dim, fmt.Sprintf("%s shown, enter keeps, esc clears", thousands(shown))).String()
}
