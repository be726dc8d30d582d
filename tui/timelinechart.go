package tui

import (
	"slices"
	"time"

	"github.com/probetop/probetop/model"
)

// chart is which time the cells of the lanes stand for.
type chart struct {
	now, cursor time.Time
	// label is the width of the names before the lanes, cells how many cells a lane has.
	label, cells int
	step         time.Duration
	// from is where the first cell begins.
	from time.Time
	// scale is the index of step.
	scale int
}

// scales are what a cell may stand for.
func scales() []time.Duration {
	return []time.Duration{
		time.Second, 2 * time.Second, 5 * time.Second, 10 * time.Second, 15 * time.Second, 30 * time.Second,
		time.Minute, 2 * time.Minute, 5 * time.Minute, 10 * time.Minute, 30 * time.Minute,
		time.Hour, 2 * time.Hour, 6 * time.Hour, 12 * time.Hour, 24 * time.Hour, 7 * 24 * time.Hour,
	}
}

func newChart(c *canvas, line *model.Timeline, width, zoom int, cursor time.Time) chart {
	x := chart{now: c.now, cursor: cursor}
	for i := range line.Lanes {
		x.label = max(x.label, c.Cells(laneName(&line.Lanes[i])))
	}
	x.label = min(x.label, width/3)
	x.cells = max(width-x.label-3, 1)
	all := scales()
	first := slices.IndexFunc(all, func(d time.Duration) bool { return d*time.Duration(x.cells) >= usual })
	x.scale = min(max(first, 0)-zoom, len(all)-1)
	x.scale = max(x.scale, 0)
	x.step = all[x.scale]
	end := x.cellOf(x.now).Add(x.step)
	if !cursor.IsZero() && cursor.Before(end.Add(-time.Duration(x.cells)*x.step)) {
		end = x.cellOf(cursor).Add(time.Duration(x.cells/2) * x.step)
	}
	x.from = end.Add(-time.Duration(x.cells) * x.step)
	return x
}

// closest is how far zooming in may go, from the scale that is there to begin with.
func (x *chart) closest() int {
	return max(slices.IndexFunc(scales(), func(d time.Duration) bool { return d*time.Duration(x.cells) >= usual }), 0)
}

// holds reports whether a moment is in sight, or could not be by a coarser scale.
func (x *chart) holds(t time.Time) bool { return !t.Before(x.from) || x.scale == len(scales())-1 }

// cellOf is when the cell begins that a moment is in.
func (x *chart) cellOf(t time.Time) time.Time { return t.Truncate(x.step) }

// cell is the time that cell i stands for: from its begin to before its end, and not beyond now.
func (x *chart) cell(i int) (from, to time.Time) {
	from = x.from.Add(time.Duration(i) * x.step)
	to = from.Add(x.step)
	if to.After(x.now) {
		to = x.now.Add(time.Nanosecond)
	}
	return from, to
}

// chosen is the cell of the cursor.
func (x *chart) chosen() int {
	at := x.cursor
	if at.IsZero() {
		at = x.now
	}
	return int(at.Sub(x.from) / x.step)
}

// clock is the time of day, or the day where a cell is that long.
func clock(t time.Time, step time.Duration) string {
	if step >= time.Hour {
		return t.Format("01-02 15h")
	}
	return t.Format(time.TimeOnly)
}
