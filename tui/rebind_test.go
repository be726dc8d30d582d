package tui

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

func TestEveryActionCanBeBoundAnew(t *testing.T) {
	for _, action := range Actions() {
		keys := Bindings{action: {"f11", "ctrl+y"}}
		if err := keys.Check(); err != nil {
			t.Errorf("%s: %v", action, err)
		}
		m := usualKeys()
		m.rebind(keys)
		if got := m.byAction()[action]; !slices.Equal(got, keys[action]) {
			t.Errorf("%s is bound to %q", action, got)
		}
		m.each(func(name string, b *binding) {
			if name == action && b.Help().Key != "f11" {
				t.Errorf("the help of %s says %q", action, b.Help().Key)
			}
		})
	}
}

func TestNoDefaultKeyIsInConflict(t *testing.T) {
	defaults := Bindings(usualKeys().byAction())
	if err := defaults.Check(); err != nil {
		t.Error(err)
	}
	for action, keys := range defaults {
		for _, k := range keys {
			if back, err := ParseKey(keyName(k)); err != nil || back != k {
				t.Errorf("%s: %q is written %q, and that is %q, %v", action, k, keyName(k), back, err)
			}
		}
	}
}

func TestAKeyWithTwoMeaningsIsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		keys Bindings
		want Conflict
	}{
		"a default":       {Bindings{"open": {"f"}}, Conflict{"f", "open", "faults"}},
		"both new":        {Bindings{"filter": {"ctrl+y"}, "sort": {"ctrl+y"}}, Conflict{"ctrl-y", "filter", "sort"}},
		"always quits":    {Bindings{"open": {"enter", "ctrl+c"}}, Conflict{"ctrl-c", "open", "quit"}},
		"swapped halfway": {Bindings{"faults": {"o"}, "sort": {"x"}, "open": {"o"}}, Conflict{"o", "faults", "open"}},
	} {
		err := c.keys.Check()
		var got *Conflict
		if !errors.As(err, &got) || *got != c.want {
			t.Errorf("%s: %v, want %v", name, err, &c.want)
		}
	}
	for name, keys := range map[string]Bindings{
		"swapped":               {"faults": {"o"}, "sort": {"f"}},
		"never at once":         {"pause": {"x"}, "play": {"x"}},
		"none":                  {"auto": {}},
		"of one that lost them": {"auto": {}, "open": {"a"}},
	} {
		if err := keys.Check(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestKeysAreNamedAsInTheHelp(t *testing.T) {
	for name, want := range map[string]string{
		"q": "q", "G": "G", "?": "?", "/": "/", "-": "-", "ctrl-d": "ctrl+d", "ctrl--": "ctrl+-", "pgdn": "pgdown", "space": "space",
		"shift-right": "shift+right", "ctrl-alt-x": "ctrl+alt+x", "f12": "f12", "alt-enter": "alt+enter", "ö": "ö",
	} {
		if got, err := ParseKey(name); err != nil || got != want {
			t.Errorf("%q is %q, %v, want %q", name, got, err, want)
		}
	}
	for name, want := range map[string]string{
		"": "not the name of a key", "entr": "not the name of a key", "ctrl-": "not the name of a key", " ": "not the name of a key",
		"ctrl-i": "write tab", "shift-g": "write G", "ctrl-D": "write it small", "f13": "not the name of a key",
	} {
		if got, err := ParseKey(name); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q is %q, %v, want %q", name, got, err, want)
		}
	}
}

func TestABoundKeyActs(t *testing.T) {
	o := options()
	o.Keys = Bindings{"open": {"x"}, "faults": {"enter"}}
	b := boardOf(t, o, 80, 24, incident().snapshot())
	wantOnScreen(t, b, "x open")
	press(b, "enter")
	wantOnScreen(t, b, "faults only")
	press(b, "x")
	if b.page == nil {
		t.Error("x does not open the pod")
	}
}

// TestActionsAreDocumented compares the table of docs/config.md with the keys there are.
func TestActionsAreDocumented(t *testing.T) {
	const path = "../docs/config.md"
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	const title = "| action | usually | what it does |\n|---|---|---|\n"
	before, after, ok := strings.Cut(string(text), title)
	if !ok {
		t.Fatal("there is no table")
	}
	var table strings.Builder
	usualKeys().each(func(name string, b *binding) {
		var keys []string
		for _, k := range b.Keys() {
			keys = append(keys, "`"+keyName(k)+"`")
		}
		fmt.Fprintf(&table, "| `%s` | %s | %s |\n", name, strings.Join(keys, " "), b.about)
	})
	if *update {
		if err := os.WriteFile(path, []byte(before+title+table.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if after != table.String() {
		t.Errorf("%s is old: go test ./tui -update writes it", path)
	}
}
