package tui

import (
	"slices"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/probetop/probetop/model"
)

func TestClip(t *testing.T) {
	tests := map[string]struct {
		text  string
		width int
		want  string
	}{
		"it fits":                 {"ready", 5, "ready"},
		"it does not":             {"not ready", 5, "not …"},
		"no room":                 {"ready", 0, ""},
		"less than no room":       {"ready", -1, ""},
		"room for the mark alone": {"ready", 1, "…"},
		"wide characters":         {"数据库 is down", 6, "数据…"},
		"half a wide character":   {"数据库 is down", 4, "数…"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := PerRune.Clip(tt.text, tt.width, "…"); got != tt.want {
				t.Errorf("clip(%q, %d) = %q, want %q", tt.text, tt.width, got, tt.want)
			}
		})
	}
}

func TestClipMiddleKeepsWhatTellsPodsApart(t *testing.T) {
	tests := map[string]struct {
		name  string
		width int
		want  string
	}{
		"it fits":                  {"api-7d9f8b6c5d-x2x4z", 20, "api-7d9f8b6c5d-x2x4z"},
		"the hash is cut":          {"api-7d9f8b6c5d-x2x4z", 14, "api-7d9…-x2x4z"},
		"little room":              {"api-7d9f8b6c5d-x2x4z", 7, "api…x4z"},
		"hardly any room":          {"api-7d9f8b6c5d-x2x4z", 3, "ap…"},
		"the pod of a StatefulSet": {"a-very-long-database-name-12", 12, "a-very-l…-12"},
		"a name without dashes":    {"averyveryverylongname", 11, "avery…gname"},
		"letters that are not":     {"数据库数据库-x2x4z", 12, "数据…-x2x4z"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got := PerRune.clipMiddle(tt.name, tt.width, "…")
			if got != tt.want || PerRune.Cells(got) > tt.width {
				t.Errorf("clipMiddle(%q, %d) = %q, want %q", tt.name, tt.width, got, tt.want)
			}
		})
	}
}

func TestClipCentreKeepsTheEnd(t *testing.T) {
	tests := map[int]string{
		60: "creating /root/incidents/a.probetop: permission denied", 30: "creating …p: permission denied",
		3: "cr…", 0: "", -1: "",
	}
	for width, want := range tests {
		if got := PerRune.clipCentre("creating /root/incidents/a.probetop: permission denied", width, "…"); got != want {
			t.Errorf("in %d cells: %q, want %q", width, got, want)
		}
	}
	if got := PerRune.clipCentre("数据库数据库数据库", 11, "…"); PerRune.Cells(got) > 11 {
		t.Errorf("%q takes %d cells", got, PerRune.Cells(got))
	}
}

func TestWrap(t *testing.T) {
	tests := map[string]struct {
		text         string
		width, limit int
		want         []string
	}{
		"nothing":               {"", 10, 3, nil},
		"no room":               {"text", 0, 3, nil},
		"one line":              {"one line", 10, 3, []string{"one line"}},
		"between words":         {"connection refused by peer", 12, 3, []string{"connection", "refused by", "peer"}},
		"more than the limit":   {"connection refused by peer", 12, 2, []string{"connection", "refused by…"}},
		"a word that is longer": {strings.Repeat("x", 25), 10, 3, []string{"xxxxxxxxxx", "xxxxxxxxxx", "xxxxx"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := PerRune.wrap(tt.text, tt.width, tt.limit, "…"); !slices.Equal(got, tt.want) {
				t.Errorf("wrap(%q, %d, %d) = %q, want %q", tt.text, tt.width, tt.limit, got, tt.want)
			}
		})
	}
}

// TestWordsAreNotLost: where a terminal counts more cells than a text has room for, there is an ellipsis.
func TestWordsAreNotLost(t *testing.T) {
	tests := map[string]struct{ perRune, perGrapheme string }{
		"jamo":               {"\u1112\u1161\u11ab\u1100\u1173\u11af …", "\u1112\u1161\u11ab\u1100\u1173\u11af \u1112\u1161\u11ab\u1100\u116e\u11a8"},
		"emoji with a skin":  {"👍🏽👍🏿 …", "👍🏽👍🏿 👩🏾🚀…"},
		"half-width kana":    {"ﾍﾙｽﾁｪｯｸ …", "ﾍﾙｽﾁｪｯｸ ﾊﾞ…"},
		"Chinese":            {"连接被拒…", "连接被拒…"},
		"families and flags": {"👨👩👧👦 …", "👨👩👧👦 …"},
	}
	for name, want := range tests {
		text := model.Printable(scripts[name])
		for m, want := range map[Measure]string{PerRune: want.perRune, PerGrapheme: want.perGrapheme} {
			if got := m.Clip(text, 10, "…"); got != want {
				t.Errorf("%s: %q (%d cells), want %q", name, got, m.Cells(got), want)
			}
		}
	}
}

func TestTheTerminalAnswersHowItCountsCells(t *testing.T) {
	tests := map[ansi.ModeSetting]Measure{
		ansi.ModeNotRecognized: PerRune, ansi.ModePermanentlyReset: PerRune,
		ansi.ModeReset: PerGrapheme, ansi.ModeSet: PerGrapheme, ansi.ModePermanentlySet: PerGrapheme,
	}
	s := saying(scripts["Devanagari"], 2).snapshot()
	for answer, want := range tests {
		b := boardOf(t, options(), 80, 24, s)
		press(b, "enter")
		b.Update(tea.ModeReportMsg{Mode: ansi.ModeSynchronizedOutput, Value: ansi.ModeReset})
		if b.theme.Measure != PerRune {
			t.Error("another mode is taken for the answer")
		}
		b.Update(tea.ModeReportMsg{Mode: ansi.ModeUnicodeCore, Value: answer})
		if got := b.theme.Measure; got != want || tableOf(b).measure != want || sheetOf(b).written.canvas.theme != b.theme {
			t.Errorf("answer %d: it counts with %d, want %d", answer, got, want)
		}
		checkScreen(t, b)
	}
}
