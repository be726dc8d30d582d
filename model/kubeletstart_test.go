package model_test

import (
	"strings"
	"testing"
	"time"

	. "github.com/probetop/probetop/model"
)

// starting is what a kubelet says when it has started.
func starting(seconds int) *KubeletStart {
	return &KubeletStart{Node: "n1", At: at(seconds), Written: at(seconds)}
}

// TestKubeletThatStarts is about what the start of a kubelet makes of what its workers had counted.
func TestKubeletThatStarts(t *testing.T) {
	n1 := &Node{Name: "n1", Ready: True, KubeletVersion: "v1.37.2"}
	live := with(Liveness, probe(period(5)))
	fail := func(count int32, last int) *Event { return unhealthy("Liveness probe failed: x", count, 20, last) }
	w := newWorld(t).hears(n1, web(live)).after(20).hears(fail(1, 20)).after(25).hears(fail(2, 25)).after(26)
	if f := w.row(t, "u-web").WorstOf(Liveness).Failures; f.Run != 2 || f.Bound != Exact {
		t.Fatalf("before the start it has failed %d times, %v, want 2 exactly", f.Run, f.Bound)
	}
	w.after(27).hears(starting(27))
	if p := w.row(t, "u-web").WorstOf(Liveness); p.Certainty != CertaintyNone || p.State == StateFailing {
		t.Errorf("right after the start it is %v (%v), want nothing that is sure", p.State, p.Certainty)
	}
	again := unhealthy("Liveness probe failed: x", 1, 31, 31)
	again.UID, again.Name = "another", "web-0.another"
	w.after(31).hears(again).after(36)
	if f := w.row(t, "u-web").WorstOf(Liveness).Failures; f.Run != 1 || f.Bound != Exact {
		t.Errorf("after the start it has failed %d times, %v, want 1 exactly", f.Run, f.Bound)
	}
	if q := w.row(t, "u-web").Quirks(); len(q) != 1 || !strings.Contains(q[0].Text, "restarted at 03:00:27") {
		t.Errorf("quirks %+v, want the restart at 03:00:27", q)
	}
}

// TestStartedWithoutASuccess is about a kubelet that is restarted in a startup period (W22).
func TestStartedWithoutASuccess(t *testing.T) {
	start := with(Startup, probe(func(p *ProbeSpec) { p.FailureThreshold = 30 }))
	for name, c := range map[string]struct {
		version   string
		pending   bool // when the kubelet is restarted
		restarted int
		unread    bool
		certainty Certainty
		quirk     bool
	}{
		"in the startup period, 1.37":      {"v1.37.2", true, 40, false, CertaintyHigh, true},
		"in the startup period, 1.34":      {"v1.34.4", true, 40, false, Certain, false},
		"of a container that is too young": {"v1.37.2", true, 5, false, Certain, false},
		"after it":                         {"v1.37.2", false, 40, false, Certain, false},
		"never":                            {"v1.37.2", true, 0, false, Certain, false},
		"nobody knows":                     {"v1.37.2", true, 0, true, CertaintyHigh, false},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t).hears(&Node{Name: "n1", Ready: True, KubeletVersion: c.version})
			if c.unread {
				w.Apply(Change{At: epoch, Stream: startStream, Fact: &Source{Kind: NodeEvents, State: SourceForbidden, Since: epoch}})
			}
			w.hears(web(start, notStarted))
			if !c.pending {
				w.after(30).hears(web(start))
			}
			if c.restarted > 0 {
				w.after(c.restarted).hears(starting(c.restarted))
			}
			w.after(41).hears(web(start)).after(80)
			row := w.row(t, "u-web")
			if p := row.WorstOf(Startup); p.State != StateHeld || p.Certainty != c.certainty {
				t.Errorf("startup is %v (%v), want held (%v)", p.State, p.Certainty, c.certainty)
			}
			said := false
			for _, q := range row.Quirks() {
				said = said || strings.HasSuffix(q.Reference, "#142305")
			}
			if said != c.quirk {
				t.Errorf("quirks %+v, want one of #142305: %v", row.Quirks(), c.quirk)
			}
		})
	}
}

// TestStartThatIsListed is about a reader who comes after a restart of the kubelet.
func TestStartThatIsListed(t *testing.T) {
	w := newWorld(t)
	w.now = at(3000)
	start := with(Startup, probe())
	w.hears(&Node{Name: "n1", Ready: True, KubeletVersion: "v1.37.2"}, starting(2900))
	w.hears(web(start), web(start, func(p *Pod) {
		p.UID, p.Name, p.Containers[0].StartedAt = "u-pending", "pending", at(2885)
		p.Conditions = nil
	}))
	w.after(3030)
	for uid, want := range map[UID]Certainty{"u-web": Certain, "u-pending": CertaintyHigh} {
		if p := w.row(t, uid).WorstOf(Startup); p.State != StateHeld || p.Certainty != want {
			t.Errorf("startup of %s is %v (%v), want held (%v)", uid, p.State, p.Certainty, want)
		}
	}
	if w.loses(starting(2900)); w.row(t, "u-web").Quirks() != nil {
		t.Errorf("a start is told of that has expired: %+v", w.row(t, "u-web").Quirks())
	}
	old := newWorld(t)
	old.now = at(4000)
	old.Apply(Change{At: old.now, Stream: startStream, Fact: &Source{Kind: NodeEvents, State: SourceSynced, Since: old.now, Missed: Span{From: epoch, To: old.now}}})
	old.hears(web(start)).after(4100)
	if p := old.row(t, "u-web").WorstOf(Startup); p.Certainty != CertaintyHigh {
		t.Errorf("after %v without a word of nodes startup is %v, want high", time.Hour, p.Certainty)
	}
}
