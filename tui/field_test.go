package tui

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
)

// typedInto returns a field after keys, by their names, and pastes, after a >.
func typedInto(t *testing.T, text string, at int, keys ...string) *field {
	t.Helper()
	f := &field{}
	f.set(text)
	f.at = at
	named := map[string]tea.KeyPressMsg{
		"left": {Code: tea.KeyLeft}, "right": {Code: tea.KeyRight}, "home": {Code: tea.KeyHome}, "end": {Code: tea.KeyEnd},
		"backspace": {Code: tea.KeyBackspace}, "delete": {Code: tea.KeyDelete}, "ctrl+w": {Code: 'w', Mod: tea.ModCtrl},
		"ctrl+u": {Code: 'u', Mod: tea.ModCtrl}, "ctrl+k": {Code: 'k', Mod: tea.ModCtrl}, "alt+b": {Code: 'b', Mod: tea.ModAlt},
		"alt+f": {Code: 'f', Mod: tea.ModAlt}, "alt+d": {Code: 'd', Mod: tea.ModAlt}, "ctrl+v": {Code: 'v', Mod: tea.ModCtrl},
	}
	for _, k := range keys {
		if pasted, ok := strings.CutPrefix(k, ">"); ok {
			f.take(tea.PasteMsg{Content: pasted})
			continue
		}
		msg, ok := named[k]
		if !ok {
			msg = tea.KeyPressMsg{Text: k, Code: []rune(k)[0]}
		}
		f.take(msg)
	}
	return f
}

func TestFieldIsEditedWithTheKeysOfAShell(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		at   int
		keys []string
		want string // with the cursor as a bar
	}{
		"typing":              {"", 0, []string{"a", "b"}, "ab|"},
		"in the middle":       {"ac", 1, []string{"b"}, "ab|c"},
		"a blank":             {"", 0, []string{"a", " ", "b"}, "a b|"},
		"paste":               {"ad", 1, []string{">b\nc\t"}, "ab c |d"},
		"ways":                {"abc", 3, []string{"left", "left", "right", "home", "left", "end", "right", "left"}, "ab|c"},
		"backspace":           {"abc", 2, []string{"backspace"}, "a|c"},
		"backspace at home":   {"abc", 0, []string{"backspace"}, "|abc"},
		"delete":              {"abc", 1, []string{"delete"}, "a|c"},
		"delete at the end":   {"abc", 3, []string{"delete"}, "abc|"},
		"a word back":         {"one two  ", 9, []string{"alt+b"}, "one |two  "},
		"a word on":           {"one  two", 3, []string{"alt+f"}, "one  two|"},
		"cut a word":          {"one two three", 8, []string{"ctrl+w"}, "one |three"},
		"cut the next word":   {"one two three", 3, []string{"alt+d"}, "one| three"},
		"cut to the end":      {"one two", 3, []string{"ctrl+k"}, "one|"},
		"cut to the start":    {"one two", 4, []string{"ctrl+u"}, "|two"},
		"no clipboard":        {"a", 1, []string{"ctrl+v"}, "a|"},
		"a typed bidi mark":   {"a", 1, []string{"\u202e", "b"}, "ab|"},
		"pasted controls":     {"", 0, []string{">a\x1b[31m\u202eb\u009b\x00"}, "a[31mb|"},
		"what is not English": {"", 0, []string{"é", "日"}, "é日|"},
	} {
		t.Run(name, func(t *testing.T) {
			f := typedInto(t, c.text, c.at, c.keys...)
			if got := string(f.text[:f.at]) + "|" + string(f.text[f.at:]); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestFieldHasALimit(t *testing.T) {
	f := typedInto(t, strings.Repeat("a", longestField-1), 3, ">bcd", "e")
	if len(f.text) != longestField || f.at != 4 {
		t.Errorf("%d characters, cursor at %d", len(f.text), f.at)
	}
}

// TestFieldShowsTheCursor, in as many cells as there are, wherever it stands.
func TestFieldShowsTheCursor(t *testing.T) {
	theme := newTheme(true, false)
	c := &canvas{theme: theme}
	for _, text := range []string{"", "abc", "abcdefghijkl", "日本語日本語日本語"} {
		for at := range len([]rune(text)) + 1 {
			f := typedInto(t, text, at)
			l := theme.line(40)
			f.draw(c, l, 8)
			got := l.String()
			under := " "
			if at < len(f.text) {
				under = string(f.text[at])
			}
			if c.Cells(ansi.Strip(got)) != 8 || !strings.Contains(got, theme.selected.on+under+theme.selected.off) {
				t.Errorf("%q at %d: %q", text, at, got)
			}
		}
	}
}
