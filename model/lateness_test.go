package model_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	. "github.com/probetop/probetop/model"
)

// started is an event of a second pod on the node of web, made at a moment that its name tells to the nanosecond.
func started(at time.Time, count int32) *Event {
	return NewEvent(Event{
		UID: fmt.Sprint("started", at), Namespace: "shop", Name: fmt.Sprintf("other-0.%x", at.UnixNano()), Pod: "u-other", Container: "web",
		Reason: "Started", Message: "Container started", Count: count, First: at.Truncate(time.Second), Last: at.Truncate(time.Second),
	})
}

// While a node's events come late, silence is no success, and what they say may have changed since.
func TestEventsThatComeLate(t *testing.T) {
	other := web(func(p *Pod) { p.UID, p.Name = "u-other", "other-0" })
	cases := map[string]struct {
		event *Event
		heard float64
		look  float64
		want  Certainty
	}{
		"in time":                               {started(epoch.Add(60200*time.Millisecond), 1), 60.9, 61, CertaintyHigh},
		"late":                                  {started(epoch.Add(60200*time.Millisecond), 1), 65, 66, CertaintyLow},
		"late, to a second":                     {started(epoch.Add(60200*time.Millisecond), 2), 65, 66, CertaintyLow},
		"perhaps not late, to a second":         {started(epoch.Add(60900*time.Millisecond), 2), 62.3, 62.4, CertaintyHigh},
		"what was late must have got through":   {started(epoch.Add(60200*time.Millisecond), 1), 65, 90, CertaintyHigh},
		"later than a kubelet can be":           {started(epoch.Add(-10*time.Minute), 1), 65, 66, CertaintyHigh},
		"a name that ends with something else":  {NewEvent(Event{Name: "other-0.cafe", Pod: "u-other", Container: "web", Count: 1, First: at(60), Last: at(60)}), 61.9, 62, CertaintyHigh},
		"an event that need not be a kubelet's": {NewEvent(Event{Name: "other-0.cafe", Pod: "u-other", Reason: "Scheduled", Count: 1, First: at(10), Last: at(10)}), 61.9, 62, CertaintyHigh},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t).hears(other, web(livenessOf()))
			w.now = epoch.Add(time.Duration(c.heard * float64(time.Second)))
			w.hears(c.event)
			w.Apply(Change{At: epoch.Add(time.Duration(c.look * float64(time.Second)))})
			if p := w.row(t, "u-web").Probes[0]; p.State != StatePassing || p.Certainty != c.want {
				t.Errorf("%s %s, want passing %s", p.State, p.Certainty, c.want)
			}
		})
	}
}

func TestEventsThatComeInTimeAgain(t *testing.T) {
	other := web(func(p *Pod) { p.UID, p.Name = "u-other", "other-0" })
	w := newWorld(t).hears(other, web(livenessOf())).after(65).hears(started(epoch.Add(60200*time.Millisecond), 1))
	w.hears(unhealthy("Liveness probe failed: x", 1, 60, 60))
	if p := w.row(t, "u-web").Probes[0]; p.Certainty != CertaintyMedium || p.Failures.Bound != AtLeast {
		t.Errorf("late: %s %s, %d %s", p.State, p.Certainty, p.Failures.Run, p.Failures.Bound)
	}
	if q := w.row(t, "u-web").Quirks(); len(q) != 1 || !strings.Contains(q[0].Text, "events of node n1 reached us 4s late") {
		t.Errorf("good to know: %v", q)
	}
	if late := w.Snapshot().Late; len(late) != 1 || late[0].Name != "n1" || late[0].By < 4*time.Second || late[0].Until != at(65).Add(2*late[0].By) {
		t.Errorf("late nodes: %v", late)
	}
	w.after(66).hears(started(epoch.Add(65900*time.Millisecond), 1))
	if late := w.Snapshot().Late; late != nil {
		t.Errorf("late nodes when the events come in time again: %v", late)
	}
	if p := w.row(t, "u-web").Probes[0]; p.Certainty != CertaintyHigh || p.Failures.Bound != Exact {
		t.Errorf("in time again: %s %s, %d %s", p.State, p.Certainty, p.Failures.Run, p.Failures.Bound)
	}
	if p := w.after(74).row(t, "u-web").Probes[0]; p.State == StateFailing && p.Certainty > CertaintyMedium {
		t.Errorf("after the next tick: %s %s", p.State, p.Certainty)
	}
}

// TestEventsBeforeTheirPods: how late a node's events come is known whichever list comes first.
func TestEventsBeforeTheirPods(t *testing.T) {
	other := web(func(p *Pod) { p.UID, p.Name = "u-other", "other-0" })
	late := *started(epoch.Add(60200*time.Millisecond), 1)
	late.Written = at(80)
	for _, order := range [][]Fact{{other, web(livenessOf()), NewEvent(late)}, {NewEvent(late), other, web(livenessOf())}} {
		w := newWorld(t).after(85).lists(order...)
		if p := w.row(t, "u-web").Probes[0]; p.Certainty != CertaintyLow {
			t.Errorf("%T first: %s %s", order[0], p.State, p.Certainty)
		}
	}
}

// TestAListTellsWhenTheServerKnew: for somebody who has just come, a failure is as old as the API server's knowledge of it, and not as the
// node says: the event may have waited in the kubelet, and the node's clock may be wrong.
func TestAListTellsWhenTheServerKnew(t *testing.T) {
	type look struct {
		at        int
		state     State
		certainty Certainty
	}
	for name, c := range map[string]struct {
		last, written int // of the second failure; zero for not told
		outcome       string
		looks         []look
	}{
		"in time":                    {60, 60, "failed", []look{{63, StateFailing, CertaintyHigh}, {73, StateFailing, CertaintyMedium}, {77, StatePassing, CertaintyHigh}}},
		"nobody says":                {60, 0, "failed", []look{{63, StateFailing, CertaintyHigh}, {77, StatePassing, CertaintyHigh}}},
		"it waited":                  {60, 85, "failed", []look{{87, StateFailing, CertaintyMedium}, {96, StateFailing, CertaintyMedium}, {130, StateFailing, CertaintyLow}, {150, StatePassing, CertaintyHigh}}},
		"the node's clock is ahead":  {150, 60, "failed", []look{{63, StateFailing, CertaintyHigh}, {77, StatePassing, CertaintyHigh}}},
		"an error that waited":       {60, 85, "errored", []look{{87, StateErroring, CertaintyMedium}, {130, StatePassing, CertaintyLow}, {150, StatePassing, CertaintyHigh}}},
		"an error, the clock ahead":  {150, 60, "errored", []look{{63, StateErroring, CertaintyHigh}, {79, StatePassing, CertaintyHigh}}},
		"an error of which was told": {60, 60, "errored", []look{{63, StateErroring, CertaintyHigh}, {79, StatePassing, CertaintyHigh}}},
	} {
		t.Run(name, func(t *testing.T) {
			for _, l := range c.looks {
				e := *unhealthy("Liveness probe "+c.outcome+": x", 2, c.last-10, c.last)
				if c.written != 0 {
					e.Written = at(c.written)
				}
				w := newWorld(t).after(l.at).lists(web(livenessOf()), NewEvent(e))
				if p := w.row(t, "u-web").Probes[0]; p.State != l.state || p.Certainty != l.certainty {
					t.Errorf("at %d: %s %s, want %s %s", l.at, p.State, p.Certainty, l.state, l.certainty)
				}
			}
		})
	}
}
