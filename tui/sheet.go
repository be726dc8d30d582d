package tui

import "strings"

// sheet is a page being written, line by line, in a width.
type sheet struct {
	*canvas
	width int
	lines []string
}

// heading begins a section.
func (s *sheet) heading(title, remark string) {
	if len(s.lines) > 0 {
		s.lines = append(s.lines, "")
	}
	l := s.line(s.width).put(s.title, title)
	if remark != "" {
		l.text("  ").put(s.dim, remark)
	}
	s.lines = append(s.lines, l.String())
}

// row begins a line that is indented; end adds it.
func (s *sheet) row(indent int) *line { return s.line(s.width).pad(indent) }

func (s *sheet) end(l *line) { s.lines = append(s.lines, l.String()) }

// text adds printable texts, wrapped and indented, each in at most limit lines. An indentation of their own
// is kept.
func (s *sheet) text(indent, limit int, i ink, texts ...string) {
	for _, text := range texts {
		lead := len(text) - len(strings.TrimLeft(text, " "))
		lead = min(lead, max(s.width-indent, 0)/2)
		for _, part := range s.wrap(strings.TrimLeft(text, " "), s.width-indent-lead, limit, s.ellipsis) {
			s.end(s.row(indent+lead).put(i, part))
		}
	}
}

// hang ends a line with texts, which are wrapped and go on below, indented.
func (s *sheet) hang(l *line, indent, limit int, i ink, texts ...string) {
	begun := len(s.lines)
	for _, text := range texts {
		for _, part := range s.wrap(strings.TrimSpace(text), s.width-indent, limit, s.ellipsis) {
			s.end(l.put(i, part))
			l = s.row(indent)
		}
	}
	if len(s.lines) == begun {
		s.end(l)
	}
}
