package tui

import (
	"slices"
	"strings"
	"testing"
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
			if got := clip(tt.text, tt.width, "…"); got != tt.want {
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
			got := clipMiddle(tt.name, tt.width, "…")
			if got != tt.want || cells(got) > tt.width {
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
		if got := clipCentre("creating /root/incidents/a.probetop: permission denied", width, "…"); got != want {
			t.Errorf("in %d cells: %q, want %q", width, got, want)
		}
	}
	if got := clipCentre("数据库数据库数据库", 11, "…"); cells(got) > 11 {
		t.Errorf("%q takes %d cells", got, cells(got))
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
			if got := wrap(tt.text, tt.width, tt.limit, "…"); !slices.Equal(got, tt.want) {
				t.Errorf("wrap(%q, %d, %d) = %q, want %q", tt.text, tt.width, tt.limit, got, tt.want)
			}
		})
	}
}
