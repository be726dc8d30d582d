package tui

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/probetop/probetop/model"
)

// table is the list of pods: it draws the rows that fit, and keeps the selection on its pod. Until the user
// moves, the selection is the first row, whichever pod that is.
type table struct {
	// immutable after newTable
	keys       *keyMap
	columns    [columnCount]column
	namespaces bool

	order  order
	sort   int // index in sortings
	invert bool

	// selected is the row under the cursor, in its newest version; it is kept when its pod is not shown any
	// more, so that its place is not lost.
	selected    *model.Row
	moved       bool
	cursor, top int

	width, height int
	titled        bool
	extent        extent
	slots         []slot
}

func newTable(keys *keyMap, namespaces bool) table {
	t := table{keys: keys, columns: columns(), namespaces: namespaces}
	t.order.compare = sortings[0].compare
	return t
}

// SetSize sets the room for the rows, and for their titles when they are shown.
func (t *table) SetSize(width, height int, titled bool) {
	if width != t.width {
		t.width = width
		t.arrange()
	}
	t.height, t.titled = height, titled
	t.scroll()
}

// body is how many rows are seen at once.
func (t *table) body() int {
	if t.titled {
		return max(t.height-1, 0)
	}
	return max(t.height, 0)
}

// arrange chooses the columns.
func (t *table) arrange() { t.slots = layout(t.width, t.extent, t.namespaces, &t.columns) }

// SetRows takes the rows of a new snapshot.
func (t *table) SetRows(rows []*model.Row) {
	t.order.update(rows)
	before := t.extent
	for _, r := range t.order.added {
		t.extent.add(r)
		if t.selected != nil && r.Pod.UID == t.selected.Pod.UID {
			t.selected = r
		}
	}
	if t.extent != before {
		t.arrange()
	}
	t.relocate()
}

// Filter changes which rows are shown; nil shows all.
func (t *table) Filter(keep func(*model.Row) bool) {
	t.order.filter(keep)
	t.relocate()
}

// HandleKey moves the selection, or changes the order, and reports whether the key meant that.
func (t *table) HandleKey(k tea.KeyPressMsg) bool {
	switch {
	case key.Matches(k, t.keys.Sort):
		t.resort((t.sort+1)%len(sortings), false)
	case key.Matches(k, t.keys.Reverse):
		t.resort(t.sort, !t.invert)
	case key.Matches(k, t.keys.First):
		t.moved = false
		t.relocate()
	default:
		by, ok := t.keys.distance(k, t.body(), len(t.order.shown))
		if ok {
			t.move(by)
		}
		return ok
	}
	return true
}

// resort changes the order of the rows.
func (t *table) resort(sort int, invert bool) {
	t.sort, t.invert = sort, invert
	compare := sortings[sort].compare
	if invert {
		compare = reversed(compare)
	}
	t.order.sortBy(compare)
	t.relocate()
}

// move moves the selection down by a number of rows, or up.
func (t *table) move(by int) {
	if len(t.order.shown) == 0 {
		return
	}
	t.moved = true
	t.cursor = min(max(t.cursor+by, 0), len(t.order.shown)-1)
	t.selected = t.order.shown[t.cursor]
	t.scroll()
}

// relocate finds the selection again after the rows have changed. A pod that is not shown any more leaves it
// to the one that took its place, and the line on the screen stays the same while it can.
func (t *table) relocate() {
	shown := t.order.shown
	if len(shown) == 0 {
		t.cursor, t.top = 0, 0
		return
	}
	line := t.cursor - t.top
	t.cursor = 0
	if t.moved && t.selected != nil {
		at, _ := t.order.position(t.selected)
		t.cursor = min(at, len(shown)-1)
	}
	t.selected = shown[t.cursor]
	t.top = t.cursor - line
	t.scroll()
}

// scroll brings the cursor into sight, and no more emptiness than there must be.
func (t *table) scroll() {
	body := max(t.body(), 1)
	t.top = min(t.top, t.cursor, max(len(t.order.shown)-body, 0))
	t.top = max(t.top, t.cursor-body+1, 0)
}

// Selected returns the row under the cursor; nil when nothing is shown.
func (t *table) Selected() *model.Row {
	if len(t.order.shown) == 0 {
		return nil
	}
	return t.selected
}

// Render draws the titles and the rows, which may be fewer lines than there is room for.
func (t *table) Render(c *canvas) []string {
	var lines []string
	if t.titled {
		lines = append(lines, t.titles(c))
	}
	for i := t.top; i < min(t.top+t.body(), len(t.order.shown)); i++ {
		lines = append(lines, t.row(c, t.order.shown[i], i == t.cursor))
	}
	return lines
}

// place words where the selection is among the rows shown.
func (t *table) place() string {
	return thousands(t.cursor+1) + " of " + thousands(len(t.order.shown))
}

// orderWords say how the rows are ordered; nothing while it is worst first.
func (t *table) orderWords() string {
	switch {
	case t.invert:
		return sortings[t.sort].words + ", reversed"
	case t.sort > 0:
		return sortings[t.sort].words
	}
	return ""
}

func (t *table) titles(c *canvas) string {
	l := c.line(t.width)
	l.pad(margin)
	for i, s := range t.slots {
		if i > 0 {
			l.pad(gap)
		}
		title := t.columns[s.id].title
		if s.id == colProbes && s.width >= probesWide {
			title = "PROBES"
		}
		if s.id == sortings[t.sort].column && (t.sort > 0 || t.invert) {
			title = clip(title, s.width-1, "") + t.arrow(c)
		}
		l.cell(c.dim, title, s.width)
	}
	return l.String()
}

func (t *table) arrow(c *canvas) string {
	if t.invert {
		return c.up
	}
	return c.down
}

func (t *table) row(c *canvas, r *model.Row, selected bool) string {
	l := c.line(t.width)
	l.Grow(2 * t.width)
	if l.bare = selected; selected {
		l.WriteString(c.selected.on)
		l.text(c.cursor)
	} else {
		l.pad(margin)
	}
	for i, s := range t.slots {
		if i > 0 {
			l.pad(gap)
		}
		t.columns[s.id].draw(c, l, r, s.width)
	}
	if selected {
		l.WriteString(c.selected.off)
	}
	return l.String()
}
