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
		"late":                                  {started(epoch.Add(60200*time.Millisecond), 1), 65, 66, CertaintyMedium},
		"late, to a second":                     {started(epoch.Add(60200*time.Millisecond), 2), 65, 66, CertaintyMedium},
		"perhaps not late, to a second":         {started(epoch.Add(60900*time.Millisecond), 2), 62.3, 62.4, CertaintyHigh},
		"what was late must have got through":   {started(epoch.Add(60200*time.Millisecond), 1), 65, 75, CertaintyHigh},
		"later than a kubelet can be":           {started(epoch.Add(-10*time.Second), 1), 65, 66, CertaintyHigh},
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
	w.after(66).hears(started(epoch.Add(65900*time.Millisecond), 1))
	if p := w.row(t, "u-web").Probes[0]; p.Certainty != CertaintyHigh || p.Failures.Bound != Exact {
		t.Errorf("in time again: %s %s, %d %s", p.State, p.Certainty, p.Failures.Run, p.Failures.Bound)
	}
	if p := w.after(74).row(t, "u-web").Probes[0]; p.State == StateFailing && p.Certainty > CertaintyMedium {
		t.Errorf("after the next tick: %s %s", p.State, p.Certainty)
	}
}
