package cmd

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

// TestTheKubeletMaySpeakDuringARun, or by a clock that is ahead of ours.
func TestTheKubeletMaySpeakDuringARun(t *testing.T) {
	t.Parallel()
	began := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	now := began.Add(20 * time.Second)
	for want, said := range map[string]time.Time{
		"no (80s ago)": began.Add(-time.Minute), "no (13s ago)": began.Add(7 * time.Second), "no (0s ago)": now.Add(time.Second),
	} {
		r := TranscriptReport{
			Runs: []RunReport{{At: began}}, Shadow: &ShadowReport{Kubelet: KubeletWordReport{Text: "no", At: said}},
		}
		var out bytes.Buffer
		if err := r.print(&out, 1, 1, now); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(out.String(), want+"\n") {
			t.Errorf("lacks %q:\n%s", want, &out)
		}
	}
}

func TestBodiesAreCutByCells(t *testing.T) {
	for text, cells := range map[string]int{"ก": 1, "数": 2, "x": 1} {
		var s script
		whole := strings.Repeat(text, bodyLine/cells)
		(&AttemptReport{Body: whole + "\n" + whole + text}).print(&s, 1)
		cut := strings.TrimSuffix(whole, strings.Repeat(text, 1)) + "…"
		if !strings.Contains(s.String(), "| "+whole+"\n") || !strings.Contains(s.String(), "| "+cut+"\n") {
			t.Errorf("%q is not cut after %d cells:\n%s", text, bodyLine, &s)
		}
	}
}
