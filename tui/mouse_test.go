package tui

import (
	"testing"

	tea "charm.land/bubbletea/v2"
)

func TestTheMouseIsTheTerminalsUnlessItIsWanted(t *testing.T) {
	for _, wanted := range []bool{false, true} {
		o := options()
		o.Mouse = wanted
		if got := boardOf(t, o, 80, 24, nil).View().MouseMode != tea.MouseModeNone; got != wanted {
			t.Errorf("wanted %t, and taken %t", wanted, got)
		}
	}
}

func TestTheWheelScrolls(t *testing.T) {
	down, up := tea.MouseWheelMsg{Button: tea.MouseWheelDown}, tea.MouseWheelMsg{Button: tea.MouseWheelUp}
	for _, before := range [][]string{nil, {"enter"}, {"?"}} {
		for name, o := range map[string]Options{"usual": options(), "bound anew": {Source: stopped{}, Now: options().Now, Keys: Bindings{"down": {"ctrl+n"}}}} {
			one, two := boardOf(t, o, 80, 12, incident().snapshot()), boardOf(t, o, 80, 12, incident().snapshot())
			press(one, before...)
			press(two, before...)
			for range wheelLines {
				k, _ := one.keys.Down.press()
				one.Update(k)
			}
			from := plainScreen(two)
			two.Update(down)
			if got := plainScreen(two); got != plainScreen(one) || got == from {
				t.Errorf("%s, after %q the wheel shows\n%s\nwant\n%s", name, before, got, plainScreen(one))
			}
			if two.Update(up); plainScreen(two) != from {
				t.Errorf("%s, after %q it does not scroll back", name, before)
			}
		}
	}
}

func TestAClickSelectsAndOpens(t *testing.T) {
	b := boardOf(t, options(), 80, 24, incident().snapshot())
	click := func(line int) { b.Update(tea.MouseClickMsg{Button: tea.MouseLeft, X: 5, Y: line}) }
	rows := b.view().InView()
	for i, line := 2, len(b.head)+1+2; i < 4; i, line = i+1, line+1 {
		if click(line); b.view().Open().pod != rows[i] {
			t.Errorf("line %d selects %v, want %v", line, b.view().Open().pod.Pod.Name, rows[i].Pod.Name)
		}
	}
	for _, beside := range []int{0, len(b.head), 20, 23} {
		if click(beside); b.view().Open().pod != rows[3] || b.page != nil {
			t.Errorf("a click on line %d selects something", beside)
		}
	}
	if click(len(b.head) + 1 + 3); b.page == nil || b.page.row != rows[3] {
		t.Error("a click on what is selected does not open it")
	}
}
