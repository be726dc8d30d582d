package tui

import (
	"strings"
	"testing"

	"github.com/probetop/probetop/model"
)

func TestNoticeIsOnEveryScreen(t *testing.T) {
	f := incident()
	f.add(1, &model.Source{Kind: model.Events, State: model.SourceForbidden, Since: night, Error: "no"})
	for _, size := range [...]struct{ width, height int }{{80, 24}, {200, 50}, {120, 40}, {40, 12}, {20, 5}} {
		for _, keys := range [][]string{nil, {"f", "o"}, {"enter"}, {"?"}, {"/", "z", "enter"}, {"space"}} {
			for _, tape := range []Tape{nil, recordedNight()} {
				o := options()
				o.Tape, o.Notice = tape, "DEMO a recorded incident, looping; nothing here is your cluster"
				b := boardOf(t, o, size.width, size.height, f.snapshot())
				press(b, keys...)
				wantOnScreen(t, b, "DEMO a recorded")
				checkScreen(t, b)
			}
		}
	}
}

func TestCountersThatAreNotReadAreOnePhrase(t *testing.T) {
	tests := map[string]model.Source{
		"kubeletMetrics forbidden: runs are from events": {State: model.SourceForbidden, Error: "no"},
		"kubeletMetrics stale since 0s (one node of 3)":  {State: model.SourceStale, Error: "one node of 3"},
		"kubeletMetrics (one node of 3)":                 {State: model.SourceSynced, Error: "one node of 3"},
	}
	for want, source := range tests {
		f := incident()
		source.Kind, source.Since = model.KubeletMetrics, night
		f.add(5, &source)
		wantOnScreen(t, boardOf(t, options(), 80, 24, f.snapshot()), want)
	}
}

func TestWhatElseIsWrongIsOnePhrase(t *testing.T) {
	o, words := options(), ""
	o.Remark = func() string { return words }
	b := boardOf(t, o, 80, 24, incident().snapshot())
	if screen := plainScreen(b); strings.Contains(screen, "clock") {
		t.Errorf("the board speaks of a clock:\n%s", screen)
	}
	words = "this clock is 63s behind the server's"
	press(b, "j")
	wantOnScreen(t, b, words)
}
