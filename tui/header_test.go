package tui

import (
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
