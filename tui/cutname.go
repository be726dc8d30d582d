package tui

import (
	"slices"
	"strings"
)

// tailsOf finds for each of some names where it begins to differ from all the others: behind the dash before the first
// byte that it shares with none.
func tailsOf(names []string) map[string]int {
	sorted := slices.Compact(slices.Sorted(slices.Values(names)))
	tails := make(map[string]int, len(sorted))
	for i, name := range sorted {
		common := 0
		if i > 0 {
			common = commonPrefix(name, sorted[i-1])
		}
		if i+1 < len(sorted) {
			common = max(common, commonPrefix(name, sorted[i+1]))
		}
		tails[name] = strings.LastIndexByte(name[:common], '-') + 1
	}
	return tails
}

// commonPrefix is how many bytes two texts share at their beginning.
func commonPrefix(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

// leastHead is how many cells of the beginning of a name are worth keeping.
const leastHead = 3

// cutName cuts a name until it fits in w cells. What it shares with others goes first, from its end on; what follows tail
// is its own, and stays.
func (m Measure) cutName(s string, w, tail int, ellipsis string) string {
	if m.fits(s, w) {
		return s
	}
	room := w - m.Cells(ellipsis)
	own := m.Cells(s[tail:])
	switch {
	case tail == 0 || room < 2*leastHead:
		return m.clipMiddle(s, w, ellipsis)
	case own <= room-leastHead:
		return m.cutOut(s, w, own, ellipsis)
	}
	n, _ := m.fit(s[:tail], leastHead)
	head := s[:n] + ellipsis
	return head + m.clipMiddle(s[tail:], w-m.Cells(head), ellipsis)
}
