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
			graded(model.Healthy, probe(model.StatePassing, model.CertaintyHigh)),
			"● passing",
		},
		"unknown is never passing": {
			graded(model.Healthy,
				probe(model.StatePassing, model.CertaintyLow), probe(model.StateUnknown, model.CertaintyNone),
			),
			"? unknown",
		},
		"hardly known to be passing": {
			graded(model.Healthy, probe(model.StatePassing, model.CertaintyNone)),
			"● passing?",
		},
		"a guess": {
			model.Row{
				Case:  model.Case{Probes: []model.Probe{probe(model.StateFailing, model.CertaintyLow)}},
				Grade: model.Grade{Severity: model.BelowThreshold},
			},
			"▲ failing?",
		},
		"readiness is the API's word": {
			graded(model.Unready, probe(model.StatePassing, model.CertaintyNone)),
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

// graded returns a row of that severity, which no probe gives it.
func graded(s model.Severity, probes ...model.Probe) model.Row {
	return model.Row{Case: model.Case{Probes: probes}, Grade: model.Grade{Severity: s, Worst: -1}}
}

func TestTrafficWord(t *testing.T) {
	in, out := model.Traffic{Ready: true, Serving: true}, model.Traffic{}
	draining := model.Traffic{Serving: true, Terminating: true}
	tests := map[string][]model.Traffic{
		"–": nil, "in": {in, in}, "out": {out}, "2/3 svc": {in, out, in}, "drains": {draining, out}, "1/2 svc": {draining, in},
	}
	theme := newTheme(true, false)
	for want, traffic := range tests {
		if got := theme.trafficWord(&model.Row{Case: model.Case{Traffic: traffic}}); got != want {
			t.Errorf("%+v is %q, want %q", traffic, got, want)
		}
	}
}
