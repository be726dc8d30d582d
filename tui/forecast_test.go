package tui

import (
	"testing"
	"time"

	"github.com/probetop/probetop/model"
)

func TestRunWord(t *testing.T) {
	tests := map[string]struct {
		typ   model.ProbeType
		state model.State
		model.Failures
		want string
	}{
		"exact":                            {model.Liveness, model.StateFailing, model.Failures{Run: 2, Threshold: 3, Bound: model.Exact}, "2/3"},
		"at least":                         {model.Liveness, model.StateFailing, model.Failures{Run: 2, Threshold: 3, Bound: model.AtLeast}, "≥2/3"},
		"nothing is known":                 {model.Readiness, model.StateFailed, model.Failures{Threshold: 3, Bound: model.AtLeast}, ""},
		"a failing probe without failures": {model.Readiness, model.StateFailing, model.Failures{Threshold: 3, Bound: model.Exact}, ""},
		"beyond the threshold":             {model.Readiness, model.StateFailed, model.Failures{Run: 9, Threshold: 3, Bound: model.AtLeast}, "≥9/3"},
		"what is killed has reached it":    {model.Liveness, model.StateFailed, model.Failures{Run: 1, Threshold: 3, Bound: model.AtLeast}, "3/3"},
		"a start without failures":         {model.Startup, model.StateStarting, model.Failures{Threshold: 30, Bound: model.Exact}, "0/30"},
		"a passing probe":                  {model.Startup, model.StatePassing, model.Failures{Threshold: 30, Bound: model.Exact}, ""},
	}
	g := unicodeGlyphs()
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			p := &model.Probe{Type: tt.typ, Verdict: model.Verdict{State: tt.state}, Failures: tt.Failures}
			if got := g.runWord(p); got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}

func TestConsequence(t *testing.T) {
	c := &canvas{theme: newTheme(true, false), now: night}
	sure, guess := &model.Probe{Verdict: model.Verdict{Certainty: model.CertaintyHigh}}, &model.Probe{}
	tests := map[string]struct {
		probe            *model.Probe
		earliest, latest time.Duration
		width            int
		want             string
	}{
		"it fits":                {sure, 4 * time.Second, 9 * time.Second, 18, "restart in 4–9s"},
		"a guess":                {guess, 0, 9 * time.Second, 18, "restart? in ≤9s"},
		"too long":               {guess, 98 * time.Second, 108 * time.Second, 18, "restart? 98–108s"},
		"nothing to wait for":    {sure, 0, 0, 18, "restart due now"},
		"it should have been":    {sure, 0, -time.Second, 18, "restart overdue"},
		"at the end of a minute": {sure, time.Minute, time.Hour, 18, "restart in 1–60m"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			q := model.Consequence{Kind: model.WillRestart, Window: model.Window{Earliest: ago(-tt.earliest), Latest: ago(-tt.latest)}}
			if got := c.consequence(tt.probe, q, tt.width); got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}

// TestForecastsChangeOnceASecond is what keeps the screen from flickering.
func TestForecastsChangeOnceASecond(t *testing.T) {
	now := night
	o := options()
	o.Now = func() time.Time { return now }
	b := boardOf(t, o, 200, 50, incident().snapshot())
	before := plainScreen(b)
	wantOnScreen(t, b, "restart in ≤26s")
	now = night.Add(900 * time.Millisecond)
	b.Update(tickMsg{b.generation})
	if plainScreen(b) != before {
		t.Error("the screen changes within a second")
	}
	now = night.Add(time.Second)
	b.Update(tickMsg{b.generation})
	wantOnScreen(t, b, "restart in ≤25s")
	now = night.Add(time.Minute)
	b.Update(tickMsg{b.generation})
	wantOnScreen(t, b, "restart overdue")
}

func TestAwaited(t *testing.T) {
	crashing := model.Container{
		Name: "web", State: model.Waiting, Reason: "CrashLoopBackOff", Message: "back-off 40s restarting failed container=web",
		Last: &model.Termination{FinishedAt: ago(10 * time.Second)},
	}
	running := model.Container{Name: "web", State: model.Running}
	cases := map[string]struct {
		pod   model.Pod
		width int
		want  string
	}{
		"a crash loop":              {model.Pod{Containers: []model.Container{running, crashing}}, 18, "start in 30–54s"},
		"there is little room":      {model.Pod{Containers: []model.Container{crashing}}, 13, "start 30–54s"},
		"a pod that is deleted":     {model.Pod{Deleted: ago(-30 * time.Second), Containers: []model.Container{running}}, 18, "kill in 30–35s"},
		"its grace period is over":  {model.Pod{Deleted: ago(time.Minute), Containers: []model.Container{running}}, 18, "kill overdue"},
		"nothing is to be expected": {model.Pod{Containers: []model.Container{running}}, 18, ""},
	}
	c := &canvas{theme: newTheme(true, false), now: night}
	for name, tt := range cases {
		t.Run(name, func(t *testing.T) {
			if got := c.awaited(&model.Row{Case: model.Case{Pod: &tt.pod}}, tt.width); got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}
