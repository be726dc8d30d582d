package tui

import (
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// cells returns how many cells a printable text takes.
func cells(s string) int {
	for i := range len(s) {
		if s[i] >= 0x80 || s[i] == '\x1b' {
			return ansi.StringWidth(s)
		}
	}
	return len(s)
}

// clip cuts the end of a printable text off until it fits in w cells, with the ellipsis in its place.
func clip(s string, w int, ellipsis string) string {
	n := cells(s)
	switch {
	case w <= 0:
		return ""
	case n <= w:
		return s
	case w <= cells(ellipsis):
		return ansi.Truncate(ellipsis, w, "")
	case n == len(s):
		return s[:w-cells(ellipsis)] + ellipsis
	}
	return ansi.Truncate(s, w, ellipsis)
}

// clipMiddle cuts the middle of a name out until it fits in w cells. What follows the last dash tells the
// pods of a workload apart, so it stays while the beginning has as much room as it.
func clipMiddle(s string, w int, ellipsis string) string {
	n, e := cells(s), cells(ellipsis)
	if n <= w {
		return s
	}
	tail := min(n-cells(s[:max(strings.LastIndexByte(s, '-'), 0)]), (w-e+1)/2)
	if tail < 2 {
		return clip(s, w, ellipsis)
	}
	if n == len(s) {
		return s[:w-e-tail] + ellipsis + s[n-tail:]
	}
	return ansi.Cut(s, 0, w-e-tail) + ellipsis + ansi.Cut(s, n-tail, n)
}

// clipCentre cuts the middle of a printable text out until it fits in w cells. The end, a path's name or the
// reason of an error, stays before the beginning.
func clipCentre(s string, w int, ellipsis string) string {
	n, e := cells(s), cells(ellipsis)
	if n <= w || w < 4*e {
		return clip(s, w, ellipsis)
	}
	lead := (w - e) / 3
	return ansi.Truncate(s, lead, "") + ellipsis + ansi.TruncateLeft(s, n-(w-e-lead), "")
}

// wrap breaks a printable text into lines of at most w cells, at most limit of them; the last one ends in the
// ellipsis when there is more.
func wrap(s string, w, limit int, ellipsis string) []string {
	if w <= 0 || limit <= 0 || s == "" {
		return nil
	}
	// What cannot be shown need not be measured: no character takes more than 16 bytes for a cell.
	if most := 16 * w * limit; len(s) > most {
		s = strings.ToValidUTF8(s[:most], "")
	}
	lines := strings.Split(ansi.Wrap(s, w, ""), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	if len(lines) > limit {
		lines = lines[:limit]
		lines[limit-1] = ansi.Truncate(lines[limit-1], w-cells(ellipsis), "") + ellipsis
	}
	return lines
}
