package tui

import (
	tea "charm.land/bubbletea/v2"

	"github.com/probetop/probetop/model"
)

// table is a list of things: it draws the rows that fit, and keeps the selection on its thing. Until the user moves, the
// selection is the first row, whichever that is.
type table[R comparable] struct {
	// immutable after newTable, but for titles
	keys    *keyMap
	about   about[R]
	columns []column[R]

	order  order[R]
	sort   int // index of the column by which rows are ordered
	invert bool

	// chosen is the row the user moved to, in its newest version. While it is filtered out the cursor is on
	// its neighbour, and comes back with it.
	chosen R
	// lost is the row the user moved to when it is gone: its cursor is its heir's.
	lost        R
	moved       bool
	cursor, top int

	width, height int
	titled        bool
	measure       Measure
	// contents is how many cells the contents of each column take, and filled whether there were any. They grow and do not
	// shrink, so that columns stay where they are.
	contents []int
	filled   []bool
	slots    []slot
}

// about is what a table has to know of its rows.
type about[R comparable] struct {
	// same reports whether two rows are the same thing in two snapshots, and heir whether one took the place of the other.
	same, heir func(a, b R) bool
	// calm reports whether a row needs no attention; it is dimmed.
	calm func(R) bool
}

// newTable returns a table that is ordered by its first column.
func newTable[R comparable](keys *keyMap, rows about[R], columns []column[R]) table[R] {
	t := table[R]{keys: keys, about: rows, columns: columns}
	t.order.compare = columns[0].compare
	t.forget()
	return t
}

// forget begins to measure the contents anew.
func (t *table[R]) forget() {
	t.contents, t.filled = make([]int, len(t.columns)), make([]bool, len(t.columns))
}

// SetSize sets the room for the rows, and for their titles when they are shown.
func (t *table[R]) SetSize(width, height int, titled bool) {
	if width != t.width {
		t.width = width
		t.arrange()
	}
	t.height, t.titled = height, titled
	t.scroll()
}

// SetMeasure sets how cells are counted. The columns are arranged anew.
func (t *table[R]) SetMeasure(m Measure) {
	t.measure = m
	t.remeasure()
}

// remeasure looks at every row again.
func (t *table[R]) remeasure() {
	t.forget()
	for _, r := range t.order.rows {
		t.observe(r)
	}
	t.arrange()
}

// observe lets columns grow with the contents of a row, and reports whether one has.
func (t *table[R]) observe(r R) (grown bool) {
	for i := range t.columns {
		col := &t.columns[i]
		if col.text != nil {
			if w := t.measure.widest(t.contents[i], col.text(r)); w > t.contents[i] {
				t.contents[i], grown = w, true
			}
		}
		if !t.filled[i] && (col.filled == nil || col.filled(r)) {
			t.filled[i], grown = true, true
		}
	}
	return grown
}

// body is how many rows are seen at once.
func (t *table[R]) body() int {
	if t.titled {
		return max(t.height-1, 0)
	}
	return max(t.height, 0)
}

// arrange gives the columns their room.
func (t *table[R]) arrange() {
	demands := make([]demand, len(t.columns))
	for i := range demands {
		vacant := t.columns[i].filled != nil && !t.filled[i]
		demands[i] = demand{t.columns[i].claim, t.contents[i], vacant, i == t.sort}
	}
	t.slots = layout(t.width, demands)
}

// SetRows takes the rows of a new snapshot.
func (t *table[R]) SetRows(rows []R) {
	t.order.update(rows)
	grown := false
	for _, r := range t.order.added {
		grown = t.observe(r) || grown
	}
	if grown {
		t.arrange()
	}
	t.follow()
	t.relocate()
}

// follow finds the chosen row in what has changed, or the one that took its place.
func (t *table[R]) follow() {
	var none R
	if !t.moved || t.chosen == none {
		return
	}
	for _, r := range t.order.added {
		if t.about.same(t.chosen, r) {
			t.chosen = r
		}
	}
	if t.lost == none && !t.order.holds(t.chosen) {
		t.lost = t.chosen
	}
	if t.lost == none {
		return
	}
	for _, r := range t.order.added {
		if t.about.heir(t.lost, r) {
			t.chosen, t.lost = r, none
			return
		}
	}
}

// Filter changes which rows are shown; nil shows all.
func (t *table[R]) Filter(keep func(R) bool) {
	t.order.filter(keep)
	t.relocate()
}

// HandleKey moves the selection, or changes the order, and reports whether the key meant that.
func (t *table[R]) HandleKey(k tea.KeyPressMsg) bool {
	if n, ok := t.keys.column(k); ok {
		t.sortByColumn(n)
		return true
	}
	switch {
	case t.keys.Sort.is(k):
		t.sortByNext()
	case t.keys.Reverse.is(k):
		t.reverse()
	case t.keys.First.is(k):
		var none R
		t.moved, t.lost = false, none
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

// sortByNext orders the rows by the next of the columns on the screen.
func (t *table[R]) sortByNext() {
	at := 0
	for i, s := range t.slots {
		if s.column == t.sort {
			at = i
		}
	}
	for i := range t.slots {
		s := t.slots[(at+1+i)%len(t.slots)]
		if t.columns[s.column].compare != nil {
			t.sortBy(s.column)
			return
		}
	}
}

// sortByColumn orders the rows by the n-th column on the screen, or turns that order round.
func (t *table[R]) sortByColumn(n int) {
	switch {
	case n >= len(t.slots) || t.columns[t.slots[n].column].compare == nil:
	case t.slots[n].column == t.sort:
		t.reverse()
	default:
		t.sortBy(t.slots[n].column)
	}
}

func (t *table[R]) sortBy(column int) {
	t.sort, t.invert = column, false
	t.order.sortBy(t.columns[column].compare)
	t.arrange()
	t.relocate()
}

func (t *table[R]) reverse() {
	t.invert = !t.invert
	t.order.reverse()
	t.relocate()
}

// move moves the selection down by a number of rows, or up.
func (t *table[R]) move(by int) {
	if len(t.order.shown) == 0 {
		return
	}
	var none R
	t.moved, t.lost = true, none
	t.cursor = min(max(t.cursor+by, 0), len(t.order.shown)-1)
	t.chosen = t.order.shown[t.cursor]
	t.scroll()
}

// relocate finds the selection again after the rows have changed. The line of a list that was scrolled stays
// where it is on the screen; one that was not scrolled goes on beginning with its first row.
func (t *table[R]) relocate() {
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

// place returns where the cursor belongs. What is gone leaves it to the one that took its place.
func (t *table[R]) place() int {
	if !t.moved {
		t.chosen = t.order.shown[0]
		return 0
	}
	at, found := t.order.position(t.chosen)
	at = min(at, len(t.order.shown)-1)
	if !found && !t.order.holds(t.chosen) {
		t.chosen = t.order.shown[at]
	}
	return at
}

// scroll brings the cursor into sight, and no more emptiness than there must be.
func (t *table[R]) scroll() {
	body := max(t.body(), 1)
	t.top = min(t.top, t.cursor, max(len(t.order.shown)-body, 0))
	t.top = max(t.top, t.cursor-body+1, 0)
}

// Selected returns the row under the cursor; the zero row when nothing is shown.
func (t *table[R]) Selected() R {
	if len(t.order.shown) == 0 {
		var none R
		return none
	}
	return t.order.shown[t.cursor]
}

// Counts says how many rows are shown, and how many there are.
func (t *table[R]) Counts() (shown, all int) { return len(t.order.shown), len(t.order.sorted) }

// Render draws the titles and the rows, which may be fewer lines than there is room for; none when there is no row.
func (t *table[R]) Render(c *canvas) []string {
	if len(t.order.shown) == 0 {
		return nil
	}
	var lines []string
	if t.titled {
		lines = append(lines, t.titles(c))
	}
	rows := t.inView()
	tails := t.tails(rows)
	for i, r := range rows {
		lines = append(lines, t.row(c, r, t.top+i == t.cursor, tails))
	}
	return lines
}

// inView returns the rows on the screen.
func (t *table[R]) inView() []R {
	return t.order.shown[t.top:min(t.top+t.body(), len(t.order.shown))]
}

// tails finds out where the names on the screen begin to differ.
func (t *table[R]) tails(rows []R) map[string]int {
	for i := range t.columns {
		if col := &t.columns[i]; col.name {
			names := make([]string, len(rows))
			for j, r := range rows {
				names[j] = model.Printable(col.text(r))
			}
			return tailsOf(names)
		}
	}
	return nil
}

// count words where the selection is among the rows shown.
func (t *table[R]) count() string {
	return thousands(t.cursor+1) + " of " + thousands(len(t.order.shown))
}

// Order words how the rows are ordered; nothing while it is as it begins.
func (t *table[R]) Order() string {
	switch words := t.columns[t.sort].order; {
	case t.invert:
		return words + ", reversed"
	case t.sort > 0:
		return words
	}
	return ""
}

func (t *table[R]) titles(c *canvas) string {
	l := c.line(t.width)
	l.pad(margin)
	for i, s := range t.slots {
		if i > 0 {
			l.pad(gap)
		}
		title := t.columns[s.column].title
		if heading := t.columns[s.column].heading; heading != nil {
			title = heading(c, s.width)
		}
		if s.column == t.sort && (t.sort > 0 || t.invert) {
			title = c.Clip(title, s.width-1, "") + t.arrow(c)
		}
		l.cell(c.dim, title, s.width)
	}
	return l.String()
}

func (t *table[R]) arrow(c *canvas) string {
	if t.invert {
		return c.up
	}
	return c.down
}

func (t *table[R]) row(c *canvas, r R, selected bool, tails map[string]int) string {
	l := c.line(t.width)
	l.Grow(2 * t.width)
	l.bare, l.faint = selected, !selected && t.about.calm(r)
	if selected {
		l.WriteString(c.selected.on)
		l.text(c.cursor)
	} else {
		l.pad(margin)
	}
	for i, s := range t.slots {
		if i > 0 {
			l.pad(gap)
		}
		t.columns[s.column].cell(c, l, r, s.width, tails)
	}
	if selected {
		l.WriteString(c.selected.off)
	}
	return l.String()
}

// widest returns how many cells the widest of some texts takes, of which one more is raw.
func (m Measure) widest(widest int, raw string) int {
	if len(raw) <= widest { // no text takes more cells than it has bytes
		return widest
	}
	return max(widest, m.Cells(model.Printable(raw)))
}
