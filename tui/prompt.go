package tui

import (
	"fmt"
	"time"
	"unicode/utf8"

	"charm.land/bubbles/v2/key"
	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"

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
	in.CharLimit = 200
	in.SetVirtualCursor(false)         // Render draws it
	in.KeyMap.Paste = key.NewBinding() // it would read the clipboard of the machine; the terminal's paste stays
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
	p.clean()
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

// clean makes what was typed printable, as what is pasted is. The text is looked at as a whole: a mark that is typed
// belongs to the letter before it.
func (p *prompt) clean() {
	text, position := p.input.Value(), p.input.Position()
	if clean := model.Printable(text); clean != text {
		before := string([]rune(text)[:position])
		p.input.SetValue(clean)
		p.input.SetCursor(utf8.RuneCountInString(model.Printable(before)))
	}
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
	p.typed(c, l, max(min(width/2, width-2), 1)+1)
	if p.err != nil {
		return l.text("  ").put(c.bad, model.Printable(p.err.Error())).String()
	}
	return l.text("  ").put(c.dim, fmt.Sprintf("%s shown, enter keeps, esc clears", thousands(shown))).String()
}

// typed draws the text and the cursor on it in exactly w cells: the part that ends with the cursor where not all of it
// fits, and what there is room for behind it.
func (p *prompt) typed(c *canvas, l *line, w int) {
	text := p.input.Value()
	at, under, end := 0, " ", len(text)
	for left := p.input.Position(); at < len(text); {
		n, _ := c.first(text[at:])
		if left -= utf8.RuneCountInString(text[at : at+n]); left < 0 {
			under, end = text[at:at+n], at+n
			break
		}
		at += n
	}
	room := max(w-c.Cells(under), 0)
	before := text[:at]
	before = before[c.skip(before, c.Cells(before)-room):]
	room -= c.Cells(before)
	n, taken := c.fit(text[end:], room)
	l.text(before).put(c.selected, under).text(text[end : end+n]).pad(room - taken)
}
