package fact

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxMarks is how many combining marks one character keeps; scripts that need more than two are rare, texts
// that pile them up to cover the lines above are not.
const maxMarks = 2

// Printable returns text from the cluster as one line that is safe on a terminal: control sequences are left out, a
// carriage return begins its line again, line breaks and other white space become single spaces, what is invisible or changes
// the direction of writing is left out, and other control characters and broken encoding become U+FFFD. It is the same string
// when there is nothing to do, as for printable ASCII.
func Printable(s string) string {
	if plain(s) {
		return s
	}
	s = shown(s)
	var b strings.Builder
	b.Grow(len(s))
	gap, marks := false, maxMarks
	for _, r := range s {
		switch {
		case r != ' ' && unicode.IsSpace(r):
			gap, marks = true, maxMarks
			continue
		case Invisible(r):
			continue
		case unicode.Is(unicode.M, r):
			if marks++; marks > maxMarks {
				continue
			}
		case !unicode.IsPrint(r):
			r, marks = utf8.RuneError, 0
		default:
			marks = 0
		}
		if gap && r != ' ' && b.Len() > 0 {
			b.WriteByte(' ')
		}
		gap = false
		b.WriteRune(r)
	}
	return b.String()
}

// shown returns what a terminal would show of s, line by line: without control sequences, and of what is written over a line
// from its beginning only the last.
func shown(s string) string {
	if strings.IndexFunc(s, func(r rune) bool { return r == '\r' || r == escape || r >= '\u0080' && r <= '\u009f' }) < 0 {
		return s
	}
	out := make([]byte, 0, len(s))
	line := 0 // where the line begins in out
	for i := 0; i < len(s); {
		if n := sequence(s[i:]); n > 0 {
			i += n
			continue
		}
		switch s[i] {
		case '\r':
			if i += returns(s[i:]); i < len(s) && s[i] != '\n' {
				out = out[:line]
			}
		default:
			out = append(out, s[i])
			if s[i] == '\n' {
				line = len(out)
			}
			i++
		}
	}
	return string(out)
}

// returns is how many bytes at the beginning of s are carriage returns and sequences. Where the line or the text ends after them,
// nothing is written over it.
func returns(s string) int {
	i := 0
	for i < len(s) {
		n := sequence(s[i:])
		if s[i] == '\r' {
			n = 1
		}
		if n == 0 {
			break
		}
		i += n
	}
	return i
}

// PrintableLines returns foreign text as lines, each as Printable makes it, with the
// indentation kept. Empty lines at the end are left out.
func PrintableLines(s string) []string {
	var lines []string
	for line := range strings.Lines(shown(s)) {
		line = strings.TrimRight(line, " \t\r\n")
		text := strings.TrimLeft(line, " \t")
		indent := strings.ReplaceAll(line[:len(line)-len(text)], "\t", "    ")
		lines = append(lines, indent+Printable(text))
	}
	for len(lines) > 0 && lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	return lines
}

// plain reports whether s is printable ASCII.
func plain(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// Invisible reports whether r takes no room of its own: format characters (bidi controls, zero-width ones),
// variation selectors and fillers.
func Invisible(r rune) bool {
	return unicode.In(r, unicode.Cf, unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point)
}

// Shorten cuts the middle out of a name that is longer than so many characters. What is left does not begin with a mark, which
// would be one of the ellipsis.
func Shorten(name string, most int) string {
	runes := []rune(Printable(name))
	if len(runes) <= most {
		return string(runes)
	}
	half := (most - 1) / 2
	tail := strings.TrimLeftFunc(string(runes[len(runes)-half:]), func(r rune) bool { return unicode.Is(unicode.M, r) })
	return string(runes[:most-1-half]) + "…" + tail
}
