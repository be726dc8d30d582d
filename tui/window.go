package tui

import (
	"strconv"
	"time"

	"github.com/probetop/probetop/model"
)

// within words how far away a window is, in a few cells: 4–9s, or ≤9s when it has begun. Its beginning is rounded
// down and its end up, so that the words hold whenever the window does.
func (g *glyphs) within(w model.Window, now time.Time) string {
	first, last := w.Earliest.Sub(now), w.Latest.Sub(now)
	unit, _ := unitOf(last)
	switch from, end := first/unit, atMost(last); {
	case first < time.Second:
		return g.most + end
	case from == 0:
		return span(first) + g.to + end
	case from == last/unit && last%unit == 0:
		return end
	default:
		return strconv.Itoa(int(from)) + g.to + end
	}
}

// atMost words a duration in whole units, rounded up.
func atMost(d time.Duration) string {
	unit, name := unitOf(d)
	return strconv.Itoa(int(max((d+unit-1)/unit, 0))) + name
}

// unitOf is what a duration is told in.
func unitOf(d time.Duration) (time.Duration, string) {
	switch {
	case d >= 3*time.Hour:
		return time.Hour, "h"
	case d >= 2*time.Minute:
		return time.Minute, "m"
	}
	return time.Second, "s"
}

// due is a word for a window that leaves nothing to wait for; empty while it is not over.
func due(w model.Window, now time.Time) string {
	switch {
	case w.Latest.After(now):
		return ""
	case w.Latest.Equal(now):
		return "due now"
	}
	return "overdue"
}

// comes words when something happens, in a few cells.
func (g *glyphs) comes(w model.Window, now time.Time) string {
	if word := due(w, now); word != "" {
		return word
	}
	return "in " + g.within(w, now)
}

// comesInFull is comes where there is room for it.
func (g *glyphs) comesInFull(w model.Window, now time.Time) string {
	switch word := due(w, now); {
	case word == "overdue":
		return "overdue by " + span(now.Sub(w.Latest))
	case word != "":
		return word
	case w.Earliest.Sub(now) < time.Second:
		return "any moment, at the latest in " + atMost(w.Latest.Sub(now))
	}
	return "in " + g.within(w, now)
}
