package tui

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"github.com/probetop/probetop/model"
)

// TestChainNamesEveryLink looks at the chain of every pod of the incident, in every width.
func TestChainNamesEveryLink(t *testing.T) {
	c := &canvas{theme: newTheme(true, false), now: night}
	for _, r := range incident().snapshot().Rows {
		steps := r.Why()
		for _, width := range []int{40, 80, 100, 200} {
			s := &sheet{canvas: c, width: width}
			s.chain(r)
			text := ansi.Strip(strings.Join(s.lines, "\n"))
			for i, step := range steps {
				mark := "✖ "
				switch {
				case step.Unknown:
					mark = "? "
				case step.OK:
					mark = "✓ "
				}
				if !strings.Contains(text, mark+string(step.Name)) {
					t.Errorf("%s, width %d: no %q in\n%s", r.Pod.Name, width, mark+string(step.Name), text)
				}
				if first := i == broken(steps); first != strings.Contains(text, "link is "+string(step.Name)) && width > 60 && !r.Pod.Ready() {
					t.Errorf("%s, width %d: %s is the first broken link: %v\n%s", r.Pod.Name, width, step.Name, first, text)
				}
			}
		}
	}
}

func TestChainOfALinkThatNobodyToldOf(t *testing.T) {
	f := &factList{}
	p := pod("ns", "web", "node", model.Owner{}, container("main"))
	f.pod(p)
	s := &sheet{canvas: &canvas{theme: newTheme(true, false), now: night}, width: 80}
	s.chain(f.snapshot().Rows[0])
	text := ansi.Strip(strings.Join(s.lines, "\n"))
	if !strings.Contains(text, "? endpoints") || !strings.Contains(text, "no link is known to be broken") {
		t.Error(text)
	}
}
