package tui

import (
	"fmt"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/probetop/probetop/model"
)

// scrub is the line of a tape: where it stands, how far it goes, and where things broke.
type scrub struct {
	// immutable after newScrub
	transitions []model.Transition

	// marks holds for each cell of the bar the worst that began there, or unmarked. They are those of marked
	// and are made again only for another stretch.
	marks  []model.Severity
	marked stretch
}

// unmarked is a cell where nothing broke.
const unmarked = model.Finished

// stretch is a time laid out over so many cells.
type stretch struct {
	start, end time.Time
	cells      int
}

// cell returns the cell of a moment: the nearer end for one that is outside.
func (s stretch) cell(t time.Time) int {
	total := s.end.Sub(s.start)
	if total <= 0 || s.cells <= 0 {
		return 0
	}
	f := float64(t.Sub(s.start)) / float64(total) * float64(s.cells)
	return int(min(max(f, 0), float64(s.cells-1)))
}

func newScrub(t Tape) *scrub { return &scrub{transitions: t.Transitions()} }

// mark finds the marks of a stretch.
func (s *scrub) mark(over stretch) {
	if over == s.marked {
		return
	}
	s.marked = over
	s.marks = make([]model.Severity, over.cells)
	for i := range s.marks {
		s.marks[i] = unmarked
	}
	for i := range s.transitions {
		if t := &s.transitions[i]; t.Worse() {
			at := over.cell(t.At)
			s.marks[at] = min(s.marks[at], t.To)
		}
	}
}

// The parts of the line, in order; the bar is between the offset and the length. A part without a text is
// left out.
const (
	scrubGlyph = iota
	scrubWord
	scrubClock
	scrubOffset
	scrubLength
	scrubSpeed
	scrubDamage

	scrubParts = iota
)

// givenUp lists the parts that make room for the bar, the least important first.
var givenUp = [...]int{scrubLength, scrubOffset, scrubDamage, scrubSpeed, scrubWord}

// The bar is as wide as other parts leave it, which they do to the first; it is not shown below the second.
const (
	roomForBar = 12
	leastBar   = 6
)

// Render draws the line over the whole width.
func (s *scrub) Render(c *canvas, h *model.Playhead, width int) string {
	parts := scrubWords(c, h)
	n := width - taken(c, &parts)
	for _, i := range givenUp {
		if n >= roomForBar {
			break
		}
		parts[i].text = ""
		n = width - taken(c, &parts)
	}
	l := c.line(width)
	write := func(from, to int) {
		for _, p := range parts[from:to] {
			if p.text != "" {
				l.put(p.ink, p.text).pad(1)
			}
		}
	}
	write(scrubGlyph, scrubLength)
	if n >= leastBar {
		s.mark(stretch{h.Start, h.End, n})
		s.bar(c, l, h.At)
		l.pad(1)
	}
	write(scrubLength, scrubParts)
	return l.String()
}

// taken is how many cells the parts take, with the blanks that separate them and the bar.
func taken(c *canvas, parts *[scrubParts]phrase) int {
	n := 0
	for _, p := range parts {
		if p.text != "" {
			n += c.Cells(p.text) + 1
		}
	}
	return n
}

// scrubWords words everything but the bar.
func scrubWords(c *canvas, h *model.Playhead) [scrubParts]phrase {
	parts := [scrubParts]phrase{
		scrubClock:  {c.strong, h.At.UTC().Format("15:04:05Z")},
		scrubOffset: {ink{}, "+" + clockSpan(h.At.Sub(h.Start))},
		scrubLength: {ink{}, clockSpan(h.End.Sub(h.Start))},
	}
	state := func(i ink, glyph, word string) {
		parts[scrubGlyph], parts[scrubWord] = phrase{i, glyph}, phrase{i, fmt.Sprintf("%-7s", word)}
	}
	switch {
	case !h.At.Before(h.End):
		state(c.strong, c.end, "END")
	case h.Playing:
		state(c.good, c.playing, "playing")
	default:
		state(c.warn, c.paused, "paused")
	}
	if h.Speed != 1 {
		parts[scrubSpeed] = phrase{c.strong, strconv.FormatFloat(h.Speed, 'g', 4, 64) + c.times}
	}
	if h.Damage != "" {
		parts[scrubDamage] = phrase{c.bad, "damaged"}
	}
	return parts
}

// clockSpan words a length of time as a player does.
func clockSpan(d time.Duration) string {
	s := int64(max(d, 0) / time.Second)
	if h := s / 3600; h > 0 {
		return fmt.Sprintf("%d:%02d:%02d", h, s/60%60, s%60)
	}
	return fmt.Sprintf("%02d:%02d", s/60, s%60)
}

// bar draws the stretch that is marked, up to the playhead in another rule. A mark below the playhead is
// seen, in reverse.
func (s *scrub) bar(c *canvas, l *line, now time.Time) {
	at := s.marked.cell(now)
	for i := 0; i < len(s.marks); {
		switch m := s.marks[i]; {
		case m != unmarked && i == at:
			l.put(c.alarm, c.severity[m])
		case m != unmarked:
			l.put(c.severityInk[m], c.severity[m])
		case i == at:
			l.put(c.strong, c.head)
		default:
			n := 1
			for i+n < len(s.marks) && s.marks[i+n] == unmarked && i+n != at {
				n++
			}
			if i < at {
				l.put(c.key, strings.Repeat(c.played, n))
			} else {
				l.put(c.dim, strings.Repeat(c.rule, n))
			}
			i += n - 1
		}
		i++
	}
}

// happened words what changed at exactly that moment, in at most w cells; nothing when nothing did.
func (s *scrub) happened(c *canvas, at time.Time, w int) phrase {
	from := sort.Search(len(s.transitions), func(i int) bool { return !s.transitions[i].At.Before(at) })
	rest := s.transitions[from:]
	n := sort.Search(len(rest), func(i int) bool { return rest[i].At.After(at) })
	if n == 0 {
		return phrase{}
	}
	worst := &rest[0]
	for i := range rest[:n] {
		if rest[i].To < worst.To {
			worst = &rest[i]
		}
	}
	word := " " + worst.To.String()
	if n > 1 {
		word += " +" + thousands(n-1)
	}
	glyph := c.severity[worst.To] + " "
	name := model.Printable(worst.Namespace + "/" + worst.Name)
	name = c.clipMiddle(name, max(w-c.Cells(glyph)-c.Cells(word), 1), c.ellipsis)
	return phrase{c.severityInk[worst.To], glyph + name + word}
}
