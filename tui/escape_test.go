package tui

import (
	"io"
	"testing"

	tea "charm.land/bubbletea/v2"
)

// alt is a key that came in one packet with esc.
func alt(k string) tea.KeyPressMsg {
	msg := keyOf(k)
	msg.Mod |= tea.ModAlt
	msg.Text = ""
	if r := []rune(k); len(r) == 1 && r[0] >= 'A' && r[0] <= 'Z' {
		msg.Code, msg.Mod = r[0]+'a'-'A', msg.Mod|tea.ModShift
	}
	return msg
}

func TestEscAndAKeyInOnePacketAreTwoKeys(t *testing.T) {
	s := incident().snapshot()
	for _, k := range []string{"j", "G", "down", "?", "space", "f", "/", "o", "esc", "enter"} {
		for _, before := range [][]string{{"enter"}, {"/", "w", "e", "b", "enter"}, {"/", "w"}, {"?"}, {"f"}} {
			if editsWords(alt(k)) && before[0] == "/" && len(before) == 2 {
				continue
			}
			one, two := boardOf(t, options(), 80, 24, s), boardOf(t, options(), 80, 24, s)
			press(one, append(before, "esc", k)...)
			press(two, before...)
			two.Update(alt(k))
			if got, want := plainScreen(two), plainScreen(one); got != want {
				t.Errorf("after %q, esc and %s in one packet:\n%s\nwant:\n%s", before, k, got, want)
			}
		}
	}
}

func TestAltMovesByWordsWhileAFilterIsTyped(t *testing.T) {
	b := boardOf(t, options(), 80, 24, incident().snapshot())
	press(b, "/")
	typed(b, "web shop")
	b.Update(tea.KeyPressMsg{Code: 'b', Mod: tea.ModAlt})
	typed(b, "x")
	if got := b.prompt.input.String(); got != "web xshop" {
		t.Errorf("the filter is %q", got)
	}
}

func TestAltThatIsBoundIsOneKey(t *testing.T) {
	o := options()
	o.Keys = Bindings{"faults": {"alt+j"}}
	b := boardOf(t, o, 80, 24, incident().snapshot())
	b.Update(alt("j"))
	wantOnScreen(t, b, "faults only")
}

func TestSuspend(t *testing.T) {
	for _, keys := range [][]string{nil, {"enter"}, {"?"}, {"/", "w"}} {
		o := options()
		o.Suspend = true
		b := boardOf(t, o, 80, 24, incident().snapshot())
		press(b, keys...)
		if _, cmd := b.Update(keyOf("ctrl+z")); cmd == nil || cmd() != (tea.SuspendMsg{}) {
			t.Errorf("ctrl-z does not suspend after %q", keys)
		}
	}
	b := boardOf(t, options(), 80, 24, incident().snapshot())
	if _, cmd := b.Update(keyOf("ctrl+z")); cmd != nil {
		t.Error("suspended where there is no shell to go back to")
	}
	wantOnScreen(t, b, "no shell")
}

func TestAnInterruptIsTold(t *testing.T) {
	t.Parallel()
	for k, want := range map[string]error{"q": nil, "\x03": ErrInterrupted} {
		in, keys := io.Pipe()
		go func() { _, _ = io.WriteString(keys, k) }()
		err := run(t.Context(), Options{Source: stopped{}}, tea.WithInput(in), tea.WithOutput(io.Discard), tea.WithWindowSize(80, 24))
		if err != want { //nolint:errorlint // it is handed on as it is
			t.Errorf("after %q: %v, want %v", k, err, want)
		}
	}
}
