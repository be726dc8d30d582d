package model_test

import (
	"strings"
	"testing"

	. "github.com/probetop/probetop/model"
)

func TestClockOfANodeThatIsAhead(t *testing.T) {
	pod := settled(with(Liveness, probe(delay(20))), func(p *Pod) { p.Containers[0].StartedAt = at(300) })
	w := newWorld(t).hears(goodNode, pod)
	for _, c := range []struct {
		second int
		want   State
	}{{10, StateDelayed}, {60, StatePassing}} {
		row := w.after(c.second).row(t, "u-web")
		if got := row.WorstOf(Liveness).State; got != c.want {
			t.Errorf("after %d s liveness is %s, want %s: the initial delay does not stretch with the clock", c.second, got, c.want)
		}
		quirks := row.Quirks()
		if len(quirks) != 1 || !strings.Contains(quirks[0].Text, "the clock of node n1 is ahead by 5m0s") {
			t.Errorf("after %d s the clock is not named: %v", c.second, quirks)
		}
	}
}

func TestNodeThatIsGoneLowersEverything(t *testing.T) {
	pod := settled(with(Readiness, probe()), func(p *Pod) { p.Node = "n9" })
	w := newWorld(t).hears(pod)
	if got := w.after(40).row(t, "u-web").WorstOf(Readiness).Certainty; got == CertaintyNone {
		t.Error("a list without any node is believed")
	}
	if got := w.hears(goodNode).row(t, "u-web").WorstOf(Readiness).Certainty; got != CertaintyNone {
		t.Errorf("the certainty is %s though the node is gone", got)
	}
	if got := w.hears(&Node{Name: "n9", Ready: True}).row(t, "u-web").WorstOf(Readiness).Certainty; got == CertaintyNone {
		t.Error("the certainty is none though the node is back")
	}
}
