package tui

import (
	"slices"
	"unicode"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"

	"github.com/probetop/probetop/model"
)

// field is a text that is typed, with the keys of a shell. What the terminal pastes goes in too; the clipboard of the
// machine is not read.
type field struct {
	text []rune
	// at is where the cursor stands: before the character of that index.
	at int
}

// longestField is how many characters a field takes.
const longestField = 200

// String returns what was typed.
func (f *field) String() string { return string(f.text) }

// set replaces the text, and puts the cursor to its end.
func (f *field) set(s string) {
	f.text, f.at = nil, 0
	f.insert(s)
}

// take takes a key or a paste.
func (f *field) take(msg tea.Msg) {
	switch m := msg.(type) {
	case tea.PasteMsg:
		f.insert(m.Content)
	case tea.KeyPressMsg:
		f.press(m)
	}
}

func (f *field) press(k tea.KeyPressMsg) {
	switch k.String() {
	case "left", "ctrl+b":
		f.at = max(f.at-1, 0)
	case "right", "ctrl+f":
		f.at = min(f.at+1, len(f.text))
	case "alt+left", "ctrl+left", "alt+b":
		f.at = f.wordBefore()
	case "alt+right", "ctrl+right", "alt+f":
		f.at = f.wordAfter()
	case "home", "ctrl+a":
		f.at = 0
	case "end", "ctrl+e":
		f.at = len(f.text)
	case "backspace", "ctrl+h":
		f.cut(max(f.at-1, 0), f.at)
	case "delete", "ctrl+d":
		f.cut(f.at, min(f.at+1, len(f.text)))
	case "alt+backspace", "ctrl+w", "ctrl+backspace":
		f.cut(f.wordBefore(), f.at)
	case "alt+delete", "alt+d", "ctrl+delete":
		f.cut(f.at, f.wordAfter())
	case "ctrl+k":
		f.cut(f.at, len(f.text))
	case "ctrl+u":
		f.cut(0, f.at)
	default:
		f.insert(k.Text)
	}
}

// editsWords reports whether a key with alt means something to a field.
func editsWords(k tea.KeyPressMsg) bool {
	switch k.String() {
	case "alt+left", "alt+b", "alt+right", "alt+f", "alt+backspace", "alt+delete", "alt+d":
		return true
	}
	return false
}

// insert puts a text in at the cursor, as far as there is room. White space is a blank, and what steers a terminal or the
// direction of text is left out, whether it was typed or pasted.
func (f *field) insert(s string) {
	var typed []rune
	before := string(f.text[:f.at]) // a mark that is typed belongs to the letter before it
	for _, r := range s {
		if unicode.IsSpace(r) {
			r = ' '
		}
		if next := before + string(r); model.Printable(next) == next {
			typed, before = append(typed, r), next
		}
	}
	typed = typed[:min(len(typed), max(longestField-len(f.text), 0))]
	f.text = slices.Insert(f.text, f.at, typed...)
	f.at += len(typed)
}

// cut takes a part of the text out, and puts the cursor where it was.
func (f *field) cut(from, to int) {
	f.text = slices.Delete(f.text, from, to)
	f.at = from
}

// wordBefore returns where the word before the cursor begins.
func (f *field) wordBefore() int {
	i := f.at
	for i > 0 && f.text[i-1] == ' ' {
		i--
	}
	for i > 0 && f.text[i-1] != ' ' {
		i--
	}
	return i
}

// wordAfter returns where the word after the cursor ends.
func (f *field) wordAfter() int {
	i := f.at
	for i < len(f.text) && f.text[i] == ' ' {
		i++
	}
	for i < len(f.text) && f.text[i] != ' ' {
		i++
	}
	return i
}

// draw draws the text and the cursor on it in exactly w cells: the part that ends with the cursor where not all of it fits,
// and what there is room for behind it.
func (f *field) draw(c *canvas, l *line, w int) {
	text := f.String()
	at, under, end := 0, " ", len(text)
	for left := f.at; at < len(text); {
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
