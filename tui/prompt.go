package tui

import (
	"fmt"
	"time"

	"charm.land/bubbles/v2/key"
	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"

	"github.com/probetop/probetop/model"
)

// prompt is where the filter is typed. It also knows whether only faults are shown, which is a filter too.
type prompt struct {
	input   textinput.Model
	editing bool
	faults  bool
	// text is what keep was made from: the last that could be read.
	text string
	keep func(*model.Row) bool
	err  error
}

func newPrompt() prompt {
	in := textinput.New()
	in.Prompt = "/"
	in.CharLimit = 200
	in.KeyMap.Paste = key.NewBinding() // it would read the clipboard of the machine; the terminal's paste stays
	s := in.Styles()
	s.Focused, s.Blurred = textinput.StyleState{}, textinput.StyleState{}
	s.Cursor.Blink, s.Cursor.Color = false, lipgloss.NoColor{}
	in.SetStyles(s)
	return prompt{input: in}
}

// open begins editing.
func (p *prompt) open() {
	p.editing = true
	p.input.Focus()
	p.input.CursorEnd()
}

// close ends editing and keeps the filter, as far as it could be read.
func (p *prompt) close() {
	p.editing, p.err = false, nil
	p.input.Blur()
	p.input.SetValue(p.text)
}

// clear drops the filter, and the faults with it.
func (p *prompt) clear() {
	p.text, p.keep, p.faults = "", nil, false
	p.close()
}

// edit takes a key or a paste, and reports whether the filter is another one than before.
func (p *prompt) edit(msg tea.Msg, now time.Time) bool {
	p.input, _ = p.input.Update(msg)
	if p.input.Value() == p.text {
		p.err = nil
		return false
	}
	keep, err := parseFilter(p.input.Value(), now)
	if p.err = err; err != nil {
		return false
	}
	p.text, p.keep = p.input.Value(), keep
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
	in := p.input
	in.SetWidth(max(min(width/2, width-2), 1))
	l := c.line(width)
	typed := in.View()
	if n := cells(typed); n <= l.room {
		l.WriteString(typed)
		l.room -= n
	} else {
		l.text("/" + model.Printable(in.Value()))
	}
	if p.err != nil {
		return l.text("  ").put(c.bad, model.Printable(p.err.Error())).String()
	}
	return l.text("  ").put(c.dim, fmt.Sprintf("%s shown, enter keeps, esc clears", thousands(shown))).String()
}
