package tui

import (
	"context"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/probetop/probetop/model"
)

var update = flag.Bool("update", false, "write the golden files")

// golden compares a screen with testdata/<test>/<case>.golden.
func golden(t *testing.T, got string) {
	t.Helper()
	path := filepath.Join("testdata", t.Name()+".golden")
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v (go test ./tui -update writes it)", err)
	}
	if got != string(want) {
		t.Errorf("the screen is not that of %s.\ngot:\n%s\nwant:\n%s", path, got, want)
	}
}

// stopped is a source that never says anything.
type stopped struct{}

func (stopped) Next(ctx context.Context) (*model.Snapshot, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

// options are those of the goldens.
func options() Options {
	return Options{Source: stopped{}, Context: "prod-eu", Scope: "all namespaces", Now: func() time.Time { return night }}
}

// boardOf returns a board of that size with a snapshot, which may be nil.
func boardOf(t testing.TB, o Options, width, height int, s *model.Snapshot) *Board {
	t.Helper()
	b := New(t.Context(), o)
	b.Update(tea.WindowSizeMsg{Width: width, Height: height})
	if s != nil {
		b.Update(snapshotMsg{snapshot: s})
	}
	return b
}

// sheetOf is the first pane of the page that is open.
func sheetOf(b *Board) *sheetPane { return b.page.panes[0].(*sheetPane) }

// press sends keys, named as bubbletea names them; a text of several characters is typed.
func press(b *Board, keys ...string) {
	for _, k := range keys {
		b.Update(keyOf(k))
	}
}

func keyOf(k string) tea.KeyPressMsg {
	named := map[string]tea.KeyPressMsg{
		"enter": {Code: tea.KeyEnter}, "esc": {Code: tea.KeyEscape}, "space": {Code: tea.KeySpace, Text: " "},
		"up": {Code: tea.KeyUp}, "down": {Code: tea.KeyDown}, "pgdown": {Code: tea.KeyPgDown}, "pgup": {Code: tea.KeyPgUp},
		"tab": {Code: tea.KeyTab}, "shift+tab": {Code: tea.KeyTab, Mod: tea.ModShift},
		"backspace": {Code: tea.KeyBackspace}, "ctrl+c": {Code: 'c', Mod: tea.ModCtrl},
		"left": {Code: tea.KeyLeft}, "right": {Code: tea.KeyRight},
		"shift+left": {Code: tea.KeyLeft, Mod: tea.ModShift}, "shift+right": {Code: tea.KeyRight, Mod: tea.ModShift},
		"ctrl+d": {Code: 'd', Mod: tea.ModCtrl}, "ctrl+u": {Code: 'u', Mod: tea.ModCtrl}, "ctrl+z": {Code: 'z', Mod: tea.ModCtrl},
	}
	if msg, ok := named[k]; ok {
		return msg
	}
	return tea.KeyPressMsg{Code: []rune(k)[0], Text: k}
}

// typed sends a text key by key.
func typed(b *Board, text string) {
	for _, r := range text {
		if r == ' ' {
			press(b, "space")
			continue
		}
		press(b, string(r))
	}
}

// plainScreen is the screen without styles and without blanks at the ends of lines.
func plainScreen(b *Board) string {
	lines := strings.Split(ansi.Strip(b.View().Content), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.Join(lines, "\n") + "\n"
}

// newTheme is the theme that a board begins with.
func newTheme(noColor, ascii bool) *theme {
	l := look{noColor: noColor, ascii: ascii}
	return l.newTheme()
}
