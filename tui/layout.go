package tui

import "github.com/probetop/probetop/model"

// slot is a column in the room it was given.
type slot struct {
	id    columnID
	width int
}

// extent is how many cells the contents of the columns would take that grow with them.
type extent struct{ namespace, name, status, node int }

// add lets the extent grow with a row; it never shrinks, so that columns stay where they are.
func (e *extent) add(r *model.Row, m Measure) {
	e.namespace = m.widest(e.namespace, r.Pod.Namespace)
	e.name = m.widest(e.name, r.Pod.Name)
	e.status = m.widest(e.status, r.Summary.Status)
	e.node = m.widest(e.node, r.Pod.Node)
}

// widest returns how many cells the widest of some texts takes, of which one more is raw.
func (m Measure) widest(widest int, raw string) int {
	if len(raw) <= widest { // no text takes more cells than it has bytes
		return widest
	}
	return max(widest, m.Cells(model.Printable(raw)))
}

// essential lists the columns a board is for, most important first: each is shown as soon as there is room, but
// what follows the probes only beside the note. Without it the room is the name's.
var essential = [...]columnID{colState, colName, colWhy, colProbes, colSince, colTraffic, colNamespace}

// withoutNote is the last of them that is shown when there is no room for the note.
const withoutNote = 3

// extra lists what is shown once the note has so many cells.
var extra = [...]struct {
	id  columnID
	why int
}{{colForecast, 24}, {colRestarts, 24}, {colReady, 26}, {colStatus, 40}, {colNode, 40}, {colAge, 40}}

// gap is what separates columns; margin is the cursor's.
const gap, margin = 1, 1

// layout chooses the columns for a width. Without namespaces that column is left out.
func layout(width int, e extent, namespaces bool, cols *[columnCount]column) []slot {
	var w [columnCount]int
	left := width - margin + gap
	for i, id := range essential {
		need := cols[id].min
		if id == colState && width < 28 {
			need = 1
		}
		wanted := (namespaces || id != colNamespace) && (w[colWhy] > 0 || i <= withoutNote)
		if need+gap <= left && wanted {
			w[id], left = need, left-need-gap
		}
	}
	grow := func(id columnID, to int) {
		if w[id] > 0 && w[id] < to {
			n := min(to-w[id], left)
			w[id], left = w[id]+n, left-n
		}
	}
	grow(colWhy, 24)
	grow(colNamespace, len(cols[colNamespace].title))
	grow(colName, min(e.name, 20))
	for _, x := range extra {
		grow(colWhy, x.why)
		if need := cols[x.id].min; w[colWhy] >= x.why && need+gap <= left {
			w[x.id], left = need, left-need-gap
		}
	}
	spend(e, grow, &left)
	return slots(&w, max(left, 0))
}

// spend gives the room that is left to the columns in turn.
func spend(e extent, grow func(columnID, int), left *int) {
	grow(colName, min(e.name, 26))
	grow(colNamespace, min(e.namespace, 16))
	grow(colStatus, min(e.status, 18))
	grow(colNode, min(e.node, 13))
	if *left >= probesRuns-6 {
		grow(colProbes, probesRuns)
	}
	grow(colName, min(e.name, 48))
	if *left >= restartsWide {
		grow(colRestarts, restartsWide)
	}
	grow(colNode, min(e.node, 24))
	grow(colWhy, 48)
	if *left >= probesWide-probesRuns {
		grow(colProbes, probesWide)
	}
	grow(colWhy, 64)
	grow(colNamespace, min(e.namespace, 32))
}

// slots lists the columns that have room, in order; what is left goes to the last one.
func slots(w *[columnCount]int, left int) []slot {
	var s []slot
	for id, width := range w {
		if width > 0 {
			s = append(s, slot{columnID(id), width})
		}
	}
	if len(s) > 0 {
		s[len(s)-1].width += left
	}
	return s
}
