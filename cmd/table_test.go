package cmd

import (
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"github.com/probetop/probetop/model"
	"github.com/probetop/probetop/tui"
)

// printed prints a table of pods with these statuses on a terminal that counts so.
func printed(t *testing.T, wide bool, measure tui.Measure, statuses ...string) (lines []string, asked int) {
	t.Helper()
	ask := func() tui.Measure { asked++; return measure }
	var out strings.Builder
	table := newTable(wide, true, true, ask)
	for _, status := range statuses {
		row := &model.Row{Case: model.Case{Pod: &model.Pod{Namespace: "shop", Name: "web"}}, Summary: model.Summary{Status: status}}
		if err := table.print(&out, []*model.Row{row}, time.Time{}); err != nil {
			t.Fatal(err)
		}
	}
	return strings.Split(strings.TrimSpace(out.String()), "\n"), asked
}

func TestStatusHasALimit(t *testing.T) {
	for _, wide := range []bool{false, true} {
		lines, _ := printed(t, wide, tui.PerRune, "Init:CreateContainerConfigError", strings.Repeat("x\x1b[31m\u202e", 500))
		if !strings.Contains(lines[1], "   Init:CreateContainerConfigError   ") || !strings.Contains(lines[2], "   "+strings.Repeat("x", statusLimit-1)+"…   ") {
			t.Errorf("wide %t: got\n%s", wide, strings.Join(lines, "\n"))
		}
	}
}

func TestColumnsStandBelowEachOther(t *testing.T) {
	statuses := []string{
		"CrashLoopBackOff", "\u1112\u1161\u11ab\u1100\u1173\u11af", "👍🏽👍🏿 ok", "ﾊﾞｯｸｴﾝﾄﾞﾊﾟﾆｯｸ", "น้ำ", strings.Repeat("स्वास्थ्य", 20), "连接被拒绝",
	}
	for measure, count := range map[tui.Measure]func(string) int{tui.PerRune: ansi.StringWidthWc, tui.PerGrapheme: ansi.StringWidth} {
		var out strings.Builder
		table := newTable(false, true, true, func() tui.Measure { return measure })
		var rows []*model.Row
		for _, status := range statuses {
			rows = append(rows, &model.Row{Case: model.Case{Pod: &model.Pod{Namespace: "shop", Name: "web"}}, Summary: model.Summary{Status: status, Restarts: 7}})
		}
		if err := table.print(&out, rows, time.Time{}); err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSpace(out.String()), "\n")
		at := count(lines[0][:strings.Index(lines[0], "RESTARTS")])
		for _, line := range lines[1:] {
			if before, _, ok := strings.Cut(line, "7   "); !ok || count(before) != at {
				t.Errorf("the restarts are not in column %d:\n%s", at, line)
			}
		}
	}
}

func TestTheTerminalIsAskedOnceAndOnlyWhenItMatters(t *testing.T) {
	if _, asked := printed(t, false, tui.PerGrapheme, "Running", "Zażółć", "连接被拒绝"); asked != 0 {
		t.Errorf("asked %d times about what is as wide either way", asked)
	}
	if _, asked := printed(t, false, tui.PerGrapheme, "Running", "👍🏽", "👍🏿"); asked != 1 {
		t.Errorf("asked %d times, want once", asked)
	}
}

func TestMeasureOfTheAnswer(t *testing.T) {
	tests := map[string]tui.Measure{
		"":                            tui.PerRune,
		"\x1b[?62;22c":                tui.PerRune,
		"\x1b[?2027;0$y\x1b[?62;22c":  tui.PerRune,
		"\x1b[?2027;1$y\x1b[?62;22c":  tui.PerGrapheme,
		"\x1b[?2027;2$y\x1b[?62;22c":  tui.PerRune,
		"\x1b[?2027;3$y\x1b[?62;22c":  tui.PerGrapheme,
		"\x1b[?2027;4$y\x1b[?62;22c":  tui.PerRune,
		"ls\x1b[?2027;1$y\x1b[?1;2cx": tui.PerGrapheme,
	}
	for answer, want := range tests {
		if got := measureOf([]byte(answer)); got != want || answered([]byte(answer)) != (answer != "") {
			t.Errorf("%q: %d, want %d; answered: %t", answer, got, want, answered([]byte(answer)))
		}
	}
}
