package tui

import (
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// Measure counts the cells that printable texts take, as the terminal counts them, and cuts texts to fit. Everything that
// is drawn is measured by one, and nothing else counts cells. A text is printable when it is one line and has no control
// characters, as model.Printable makes it: texts are cleaned first, and measured and cut then.
type Measure ansi.Method

const (
	// PerRune is how a terminal counts that knows nothing of characters of several runes: as wcwidth does.
	PerRune = Measure(ansi.WcWidth)
	// PerGrapheme is how a terminal counts in mode 2027, which is on where the terminal has answered that it knows it.
	PerGrapheme = Measure(ansi.GraphemeWidth)
)

// Cells returns how many cells a printable text takes; never more than it has bytes.
func (m Measure) Cells(s string) int {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return ansi.Method(m).StringWidth(s)
		}
	}
	return len(s)
}

// Clip cuts the end of a printable text off until it fits in w cells, with the ellipsis in its place.
func (m Measure) Clip(s string, w int, ellipsis string) string {
	if w <= 0 {
		return ""
	}
	if m.fits(s, w) {
		return s
	}
	room := w - m.Cells(ellipsis)
	if room <= 0 {
		n, _ := m.fit(ellipsis, w)
		return ellipsis[:n]
	}
	n, _ := m.fit(s, room)
	return s[:n] + ellipsis
}

// clipMiddle cuts the middle of a name out until it fits in w cells. What follows the last dash tells the
// pods of a workload apart, so it stays while the beginning has as much room as it.
func (m Measure) clipMiddle(s string, w int, ellipsis string) string {
	if m.fits(s, w) {
		return s
	}
	last := m.Cells(s[max(strings.LastIndexByte(s, '-'), 0):])
	tail := min(last, (w-m.Cells(ellipsis)+1)/2)
	if tail < 2 {
		return m.Clip(s, w, ellipsis)
	}
	return m.cutOut(s, w, tail, ellipsis)
}

// clipCentre cuts the middle of a printable text out until it fits in w cells. The end, a path's name or the
// reason of an error, stays before the beginning.
func (m Measure) clipCentre(s string, w int, ellipsis string) string {
	e := m.Cells(ellipsis)
	if w < 4*e || m.fits(s, w) {
		return m.Clip(s, w, ellipsis)
	}
	return m.cutOut(s, w, w-e-(w-e)/3, ellipsis)
}

// cutOut keeps at most tail cells of the end of a text that does not fit in w cells, and of its beginning what there is
// room for.
func (m Measure) cutOut(s string, w, tail int, ellipsis string) string {
	end := s[m.skip(s, m.Cells(s)-tail):]
	n, _ := m.fit(s, w-m.Cells(ellipsis)-m.Cells(end))
	return s[:n] + ellipsis + end
}

// wrap breaks a printable text into lines of at most w cells, at most limit of them, between words where it can; the last
// one ends in the ellipsis when there is more.
func (m Measure) wrap(s string, w, limit int, ellipsis string) []string {
	if w <= 0 || limit <= 0 || s == "" {
		return nil
	}
	var lines []string
	for more := true; more; more = s != "" {
		if len(lines) == limit {
			last := lines[limit-1]
			n, _ := m.fit(last, w-m.Cells(ellipsis))
			lines[limit-1] = m.Clip(last[:n]+ellipsis, w, "")
			break
		}
		n, line := m.chunk(s, w, ellipsis)
		if n < len(s) {
			n = between(s, n)
			line = line[:min(n, len(line))]
		}
		lines = append(lines, strings.TrimRight(line, " "))
		s = strings.TrimLeft(s[n:], " ")
	}
	return lines
}

// between returns where a text that goes on after n bytes is broken: before them where a word ends, or part of a word
// that has a dash; at n where there is neither.
func between(s string, n int) int {
	if s[n] == ' ' {
		return n
	}
	indent := len(s) - len(strings.TrimLeft(s, " "))
	for i := n - 1; i > indent; i-- {
		switch {
		case s[i] == ' ':
			return i
		case s[i] == '-' && s[i-1] != ' ' && s[i-1] != '-' && s[i+1] != '-':
			return i + 1
		}
	}
	return n
}

// fold breaks a printable text after every w cells, wherever that is, so that no blank is lost.
func (m Measure) fold(s string, w int, ellipsis string) []string {
	var lines []string
	for more := w > 0; more; more = s != "" {
		n, line := m.chunk(s, w, ellipsis)
		lines = append(lines, line)
		s = s[n:]
	}
	return lines
}

// chunk returns how many bytes at the beginning of a text fill a line of w cells, at least one character, and the line. The
// ellipsis stands for a character that is wider than the line.
func (m Measure) chunk(s string, w int, ellipsis string) (n int, line string) {
	n, _ = m.fit(s, w)
	if n == 0 && s != "" {
		n, _ = m.first(s)
		return n, m.Clip(ellipsis, w, "")
	}
	return n, s[:n]
}

// fits reports whether a printable text takes no more than w cells. It looks at no more of it than that.
func (m Measure) fits(s string, w int) bool {
	if len(s) <= w {
		return true
	}
	n, _ := m.fit(s, w)
	return n == len(s)
}

// fit returns how many bytes at the beginning of a printable text w cells can show, in whole characters, and how many of
// the cells these take.
func (m Measure) fit(s string, w int) (n, taken int) {
	for n < len(s) {
		size, cells := m.first(s[n:])
		if taken+cells > w {
			break
		}
		n, taken = n+size, taken+cells
	}
	return n, taken
}

// skip returns how many bytes at the beginning of a printable text take at least w cells, in whole characters.
func (m Measure) skip(s string, w int) (n int) {
	for n < len(s) && w > 0 {
		size, cells := m.first(s[n:])
		n, w = n+size, w-cells
	}
	return n
}

// A character of runes that are counted one by one is cut like a text when it takes more than tooWide cells, or tooLong
// bytes: some scripts have characters without end, and none is looked at again and again.
const (
	tooWide = 4
	tooLong = 64
)

// first returns how many bytes the first character of a printable text has, and how many cells it takes. A character is
// what a reader sees as one, which may be several runes.
func (m Measure) first(s string) (size, cells int) {
	if s[0] < utf8.RuneSelf && (len(s) == 1 || s[1] < utf8.RuneSelf) {
		return 1, 1
	}
	if m == PerRune && len(s) > tooLong {
		s = head(s, tooLong)
	}
	cluster, cells := ansi.FirstGraphemeCluster(s, ansi.Method(m))
	if cells <= tooWide {
		return len(cluster), cells
	}
	for i, r := range cluster {
		n := ansi.Method(m).StringWidth(string(r))
		if i > 0 && n > 0 {
			return i, cells
		}
		if i == 0 {
			cells = 0
		}
		cells += n
	}
	return len(cluster), cells
}

// head returns at most so many bytes of the beginning of a text, in whole runes.
func head(s string, most int) string {
	for most > 1 && !utf8.RuneStart(s[most]) {
		most--
	}
	return s[:most]
}
