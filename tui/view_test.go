package tui

import (
	"strconv"
	"testing"
)

func TestANumberBringsUpItsView(t *testing.T) {
	b := boardOf(t, options(), 80, 24, incident().snapshot())
	for i := range b.views {
		press(b, "enter", strconv.Itoa(i+1))
		if b.at != i || b.page != nil {
			t.Errorf("%d brings up view %d, with page %v", i+1, b.at+1, b.page != nil)
		}
		checkScreen(t, b)
	}
}

func TestTabGoesThroughThePanes(t *testing.T) {
	b := boardOf(t, options(), 80, 24, incident().snapshot())
	press(b, "enter")
	n := len(b.page.panes)
	for i := range 2 * n {
		if b.page.at != i%n {
			t.Fatalf("pane %d after %d tabs", b.page.at, i)
		}
		checkScreen(t, b)
		press(b, "tab")
	}
	press(b, "shift+tab")
	if b.page.at != n-1 {
		t.Errorf("shift-tab goes from the first pane to pane %d", b.page.at)
	}
}
