package tui

import (
	"testing"

	"github.com/probetop/probetop/model"
)

func TestStateWord(t *testing.T) {
	tests := map[string]model.Verdict{
		"started":  {State: model.StateHeld, Certainty: model.Certain},
		"passing":  {State: model.StatePassing, Certainty: model.CertaintyMedium},
		"passing?": {State: model.StatePassing, Certainty: model.CertaintyLow},
		"failing?": {State: model.StateFailing, Certainty: model.CertaintyNone},
		"unknown":  {State: model.StateUnknown, Certainty: model.CertaintyNone},
	}
	for want, v := range tests {
		if got := stateWord(v); got != want {
			t.Errorf("the word for %v, %v is %q, want %q", v.State, v.Certainty, got, want)
		}
	}
}

func TestRowState(t *testing.T) {
	probe := func(s model.State, c model.Certainty) model.Probe {
		return model.Probe{Verdict: model.Verdict{State: s, Certainty: c}}
	}
	tests := map[string]struct {
		row  model.Row
		want string
	}{
		"a healthy pod": {
			model.Row{Severity: model.Healthy, Worst: -1, Probes: []model.Probe{probe(model.StatePassing, model.CertaintyHigh)}},
			"● passing",
		},
		"unknown is never passing": {
			model.Row{Severity: model.Healthy, Worst: -1, Probes: []model.Probe{
				probe(model.StatePassing, model.CertaintyLow), probe(model.StateUnknown, model.CertaintyNone),
			}},
			"? unknown",
		},
		"hardly known to be passing": {
			model.Row{Severity: model.Healthy, Worst: -1, Probes: []model.Probe{probe(model.StatePassing, model.CertaintyNone)}},
			"● passing?",
		},
		"a guess": {
			model.Row{Severity: model.BelowThreshold, Probes: []model.Probe{probe(model.StateFailing, model.CertaintyLow)}},
			"▲ failing?",
		},
		"readiness is the API's word": {
			model.Row{Severity: model.Unready, Worst: -1, Probes: []model.Probe{probe(model.StatePassing, model.CertaintyNone)}},
			"✖ unready",
		},
	}
	theme := newTheme(true, false)
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if _, glyph, word := theme.rowState(&tt.row); glyph+" "+word != tt.want {
				t.Errorf("%s %s, want %s", glyph, word, tt.want)
			}
		})
	}
}

func TestTrafficWord(t *testing.T) {
	in, out := model.Traffic{Ready: true, Serving: true}, model.Traffic{}
	draining := model.Traffic{Serving: true, Terminating: true}
	tests := map[string][]model.Traffic{
		"–": nil, "in": {in, in}, "out": {out}, "2/3 svc": {in, out, in}, "drains": {draining, out}, "1/2 svc": {draining, in},
	}
	theme := newTheme(true, false)
	for want, traffic := range tests {
		if got := theme.trafficWord(&model.Row{Traffic: traffic}); got != want {
			t.Errorf("%+v is %q, want %q", traffic, got, want)
		}
	}
}

func TestWhy(t *testing.T) {
	event := func(text string) []*model.Event {
		return []*model.Event{model.NewEvent(model.Event{Reason: "Unhealthy", Message: "Readiness probe failed: " + text})}
	}
	row := func(note, text string, containers ...string) *model.Row {
		r := &model.Row{Pod: &model.Pod{}, Note: note, Worst: -1}
		for _, c := range containers {
			r.Pod.Containers = append(r.Pod.Containers, model.Container{Name: c})
		}
		if text != "" {
			r.Worst, r.Probes = 0, []model.Probe{{Type: model.Readiness, Container: &r.Pod.Containers[0], Spec: &model.ProbeSpec{Handler: model.HTTP}, Events: event(text)}}
		}
		return r
	}
	const status, refused = "HTTP probe failed with statuscode: 503", "dial tcp 10.4.2.17:8080: connect: connection refused"
	tests := map[string]struct {
		row   *model.Row
		width int
		want  string
	}{
		"it fits":                         {row("readiness of web: "+status, status, "web"), 60, "readiness of web: " + status},
		"the columns say which probe":     {row("readiness of web: "+status, status, "web"), 40, status},
		"a code says all":                 {row("readiness of web: "+status, status, "web"), 30, "STATUS(503)"},
		"a cause before its text":         {row("readiness of web: "+refused, refused, "web"), 40, "REFUSED: " + refused},
		"a cause alone":                   {row("readiness of web: "+refused, refused, "web"), 20, "REFUSED"},
		"one container of two":            {row("readiness of web: "+refused, refused, "web", "proxy"), 20, "web: REFUSED"},
		"an exec says what it likes":      {row("readiness of web: FATAL: the disk is full", "FATAL: the disk is full", "web"), 12, "FATAL: the disk is full"},
		"about the only container":        {row("web: CrashLoopBackOff: back-off 5m0s", "", "web"), 20, "CrashLoopBackOff: back-off 5m0s"},
		"about a container of two":        {row("web: CrashLoopBackOff: back-off 5m0s", "", "web", "proxy"), 20, "web: CrashLoopBackOff: back-off 5m0s"},
		"a gate":                          {row("gate x.io/ready: nobody has set it", "", "web"), 24, "nobody set gate x.io/ready"},
		"a gate that is set":              {row("gate x.io/ready is False", "", "web"), 10, "gate False: x.io/ready"},
		"a node":                          {row("node ip-10-0-9-9 is not ready: NodeStatusUnknown", "", "web"), 24, "node not ready: ip-10-0-9-9: NodeStatusUnknown"},
		"the only container flaps":        {row("web was restarted 7 times", "", "web"), 20, "restarted 7 times"},
		"about the pod":                   {row("containers are being created", "", "web"), 10, "containers are being created"},
		"a probe without an event":        {row("readiness of web has not succeeded", refused, "web"), 20, "has not succeeded"},
		"lines become one":                {row("web: one\n\ttwo\x1b[m", "", "web", "x"), 60, "web: one two"},
		"another thing about a bad probe": {row("deleted", refused, "web"), 3, "deleted"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := why(tt.row, tt.width); got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}
