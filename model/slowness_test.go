package model_test

import (
	"strings"
	"testing"

	. "github.com/probetop/probetop/model"
)

// flipped is another pod of the node of web, whose containers became ready, or ceased to be, at a moment.
func flipped(ready Tri, seconds int) *Pod {
	return web(with(Readiness, probe()), func(p *Pod) {
		p.UID, p.Name, p.Containers[0].Ready = "u-other", "other-0", ready == True
		for i := range p.Conditions {
			p.Conditions[i].Status, p.Conditions[i].Since = ready, at(seconds)
		}
	})
}

// TestStatusesThatComeLate has a node whose statuses wait: what they do not say may have happened.
func TestStatusesThatComeLate(t *testing.T) {
	fail := func(count int32, last int) *Event { return unhealthy("Startup probe failed: x", count, 2, last) }
	for name, c := range map[string]struct {
		changed   int // when the other pod changed, of which is heard at 21
		certainty Certainty
		run       int32
		bound     Bound
		quirk     string
	}{
		"in time": {20, Certain, 2, Exact, ""},
		"late":    {10, CertaintyMedium, 0, AtLeast, "a status of node n1 reached us 10s late"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t).hears(flipped(False, 0), web(with(Startup, probe()), notStarted)).after(2).hears(fail(1, 2)).after(12).hears(fail(2, 12))
			w.after(21).hears(flipped(True, c.changed)).after(22)
			p := w.row(t, "u-web").WorstOf(Startup)
			if p.State != StateStarting || p.Certainty != c.certainty || p.Failures.Run != c.run || p.Failures.Bound != c.bound {
				t.Errorf("%s %s, %d %s, want starting %s, %d %s", p.State, p.Certainty, p.Failures.Run, p.Failures.Bound, c.certainty, c.run, c.bound)
			}
			quirks := w.row(t, "u-web").Quirks()
			if c.quirk == "" && quirks != nil || c.quirk != "" && (len(quirks) != 1 || !strings.Contains(quirks[0].Text, c.quirk)) {
				t.Errorf("good to know: %v, want %q", quirks, c.quirk)
			}
			if p := w.after(60).row(t, "u-web").WorstOf(Startup); p.Certainty != Certain {
				t.Errorf("once it must have told more: %s %s", p.State, p.Certainty)
			}
		})
	}
}

// TestStatusesThatComeInTimeAgain has a status that is in time after one that was not, and a list, which says nothing of how late
// the statuses are.
func TestStatusesThatComeInTimeAgain(t *testing.T) {
	w := newWorld(t).hears(flipped(False, 0), web(with(Startup, probe()), notStarted)).after(21).hears(flipped(True, 10))
	if p := w.row(t, "u-web").WorstOf(Startup); p.Certainty != CertaintyMedium {
		t.Errorf("late: %s %s", p.State, p.Certainty)
	}
	if p := w.after(24).hears(flipped(False, 23)).row(t, "u-web").WorstOf(Startup); p.Certainty != Certain {
		t.Errorf("in time again: %s %s", p.State, p.Certainty)
	}
	if p := w.after(60).lists(flipped(True, 40), web(with(Startup, probe()), notStarted)).row(t, "u-web").WorstOf(Startup); p.Certainty != Certain {
		t.Errorf("after a list: %s %s", p.State, p.Certainty)
	}
}
