package tui

import "strings"

// blanks is what padding is cut from.
const blanks = "                                                                                                    "

// line writes one line of the screen from left to right, and never more than its room.
type line struct {
	strings.Builder
	theme *theme
	room  int
	// bare leaves inks out, for a line that is drawn in one ink as a whole; faint puts the dim one in their place.
	bare, faint bool
}

func (t *theme) line(width int) *line { return &line{theme: t, room: width} }

// put writes a printable text as far as there is room.
func (l *line) put(i ink, s string) *line {
	s = l.theme.Clip(s, l.room, l.theme.ellipsis)
	l.room -= l.theme.Cells(s)
	switch {
	case l.bare:
		i = ink{}
	case l.faint:
		i = l.theme.dim
	}
	l.WriteString(i.on)
	l.WriteString(s)
	l.WriteString(i.off)
	return l
}

// text writes a printable text in no ink.
func (l *line) text(s string) *line { return l.put(ink{}, s) }

// pad writes n blanks as far as there is room.
func (l *line) pad(n int) *line {
	n = min(n, l.room)
	l.room -= max(n, 0)
	for ; n > 0; n -= len(blanks) {
		l.WriteString(blanks[:min(n, len(blanks))])
	}
	return l
}

// cell writes a text in exactly w cells, as far as there is room.
func (l *line) cell(i ink, s string, w int) *line {
	s = l.theme.Clip(s, w, l.theme.ellipsis)
	l.put(i, s)
	return l.pad(w - l.theme.Cells(s))
}

// phrase is a printable text in its ink.
type phrase struct {
	ink  ink
	text string
}

// room returns how many cells phrases take, with so many blanks between them.
func (m Measure) room(phrases []phrase, blanks int) int {
	n := blanks * max(len(phrases)-1, 0)
	for _, p := range phrases {
		n += m.Cells(p.text)
	}
	return n
}

// list writes phrases with so many blanks between them.
func (l *line) list(phrases []phrase, blanks int) *line {
	for i, p := range phrases {
		if i > 0 {
			l.pad(blanks)
		}
		l.put(p.ink, p.text)
	}
	return l
}

// right ends the line at its right edge with phrases, which are left out when there is no room for them.
func (l *line) right(phrases ...phrase) *line {
	w := l.theme.room(phrases, 1)
	if w > l.room {
		return l
	}
	return l.pad(l.room-w).list(phrases, 1)
}
