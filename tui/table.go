package tui

import (
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

	// chosen is the row the user moved to, in its newest version. While it is filtered out the cursor is on
	// its neighbour, and comes back with it.
	chosen *model.Row
	// lost is the pod that was chosen and is gone, until the user moves: one of its name that comes back is chosen again.
	lost        *model.Row
	moved       bool
	cursor, top int

	width, height int
	titled        bool
	measure       Measure
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

// SetMeasure sets how cells are counted. The columns are arranged anew.
func (t *table) SetMeasure(m Measure) {
	t.measure, t.extent = m, extent{}
	for _, r := range t.order.rows {
		t.extent.add(r, m)
	}
	t.arrange()
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
		t.extent.add(r, t.measure)
		t.recognise(r)
	}
	if t.extent != before {
		t.arrange()
	}
	t.relocate()
}

// recognise keeps the choice on its pod: on its newest version, or on the one that has come in its place.
func (t *table) recognise(r *model.Row) {
	for _, was := range [...]*model.Row{t.chosen, t.lost} {
		if was != nil && r.Pod.Name == was.Pod.Name && r.Pod.Namespace == was.Pod.Namespace {
			t.chosen, t.lost = r, nil
		}
	}
}

// Filter changes which rows are shown; nil shows all.
func (t *table) Filter(keep func(*model.Row) bool) {
	t.order.filter(keep)
	t.relocate()
}

// HandleKey moves the selection, or changes the order, and reports whether the key meant that.
func (t *table) HandleKey(k tea.KeyPressMsg) bool {
	switch {
	case t.keys.Sort.is(k):
		t.sort, t.invert = (t.sort+1)%len(sortings), false
		t.order.sortBy(sortings[t.sort].compare)
		t.relocate()
	case t.keys.Reverse.is(k):
		t.invert = !t.invert
		t.order.reverse()
		t.relocate()
	case t.keys.First.is(k):
		t.moved, t.lost = false, nil
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

// move moves the selection down by a number of rows, or up.
func (t *table) move(by int) {
	if len(t.order.shown) == 0 {
		return
	}
	t.moved, t.lost = true, nil
	t.cursor = min(max(t.cursor+by, 0), len(t.order.shown)-1)
	t.chosen = t.order.shown[t.cursor]
	t.scroll()
}

// relocate finds the selection again after the rows have changed. The line of a list that was scrolled stays
// where it is on the screen; one that was not scrolled goes on beginning with its first row.
func (t *table) relocate() {
	shown := t.order.shown
	if len(shown) == 0 {
		t.cursor, t.top = 0, 0
		return
	}
	line, scrolled := t.cursor-t.top, t.top > 0
	t.cursor = t.place()
	if t.top = 0; scrolled {
		t.top = t.cursor - line
	}
	t.scroll()
}

// place returns where the cursor belongs. A pod that is gone leaves it to the one that took its place.
func (t *table) place() int {
	if !t.moved {
		t.chosen = t.order.shown[0]
		return 0
	}
	at, found := t.order.position(t.chosen)
	at = min(at, len(t.order.shown)-1)
	if !found && !t.order.holds(t.chosen) {
		if t.lost == nil {
			t.lost = t.chosen
		}
		t.chosen = t.order.shown[at]
	}
	return at
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
	return t.order.shown[t.cursor]
}

// Render draws the titles and the rows, which may be fewer lines than there is room for.
func (t *table) Render(c *canvas) []string {
	var lines []string
	if t.titled {
		lines = append(lines, t.titles(c))
	}
	for i, r := range t.inView() {
		lines = append(lines, t.row(c, r, t.top+i == t.cursor))
	}
	return lines
}

// inView returns the rows on the screen.
func (t *table) inView() []*model.Row {
	return t.order.shown[t.top:min(t.top+t.body(), len(t.order.shown))]
}

// count words where the selection is among the rows shown.
func (t *table) count() string {
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
		switch {
		case s.id == colProbes && s.width >= probesWide:
			title = "PROBES"
		case s.id == colProbes && s.width >= probesRuns:
			title = lanes(s.width)
		case s.id == colNamespace && s.width < len(title):
			title = "NS"
		}
		if s.id == sortings[t.sort].column && (t.sort > 0 || t.invert) {
			title = c.Clip(title, s.width-1, "") + t.arrow(c)
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
