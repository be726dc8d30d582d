package tui

import (
	"testing"

	"github.com/probetop/probetop/model"
)

func TestExitWord(t *testing.T) {
	tests := map[string]model.Restart{
		"0": {}, "1": {ExitCode: 1}, "137 KILL": {ExitCode: 137}, "143 TERM": {ExitCode: 143}, "TERM": {ExitCode: 15, Signal: 15},
		"sig 34": {Signal: 34}, "200": {ExitCode: 200}, "-1": {ExitCode: -1},
	}
	for want, x := range tests {
		if got := exitWord(&x); got != want {
			t.Errorf("%+v is %q, want %q", x, got, want)
		}
	}
}

func TestCauseWord(t *testing.T) {
	tests := map[string]model.Restart{
		"liveness":        {Cause: model.CauseLiveness, Certainty: model.Certain},
		"signal":          {Cause: model.CauseSignalled, Certainty: model.CertaintyHigh},
		"sandboxChanged?": {Cause: model.CauseSandbox, Certainty: model.CertaintyMedium},
		"unknown":         {Cause: model.CauseUnknown, Certainty: model.CertaintyLow},
	}
	for want, x := range tests {
		if got := causeWord(&x); got != want {
			t.Errorf("%+v is %q, want %q", x, got, want)
		}
	}
}
