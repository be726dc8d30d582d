package tui

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/probetop/probetop/model"
)

// listView is a table of things that are not pods but have to do with some, with what is said of the selected one.
type listView[R comparable] struct {
	name   string
	table  table[R]
	detail detail[R]
	// rows makes the rows of a snapshot.
	rows func(s *model.Snapshot) []R
	// pods are those that a row has to do with.
	pods func(R) []*model.Row
	// open is what enter opens.
	open func(R) opening

	// empty is said when there is no row.
	empty string

	height, strip, beside int
}

// Name implements view.
func (v *listView[R]) Name() string { return v.name }

// Show implements view.
func (v *listView[R]) Show(s *model.Snapshot) { v.table.SetRows(v.rows(s)) }

// Filter implements view: a row is shown when one of its pods is let through.
func (v *listView[R]) Filter(keep func(*model.Row) bool) {
	if keep == nil {
		v.table.Filter(nil)
		return
	}
	v.table.Filter(func(r R) bool {
		for _, p := range v.pods(r) {
			if keep(p) {
				return true
			}
		}
		return false
	})
}

// SetMeasure implements view.
func (v *listView[R]) SetMeasure(m Measure) { v.table.SetMeasure(m) }

// Compose implements view.
func (v *listView[R]) Compose(c *canvas, width, height int) {
	v.height, v.beside, v.strip = height, beside(width), 0
	if v.beside == 0 {
		v.strip = listStripHeight(c.screen)
	}
	v.table.SetSize(width-v.beside, height-v.strip, c.screen >= roomForTitles)
}

// listStripHeight is how many lines of a screen are kept for the selected row.
func listStripHeight(screen int) int {
	if screen < roomForStrip {
		return 0
	}
	return min(screen/4, 10)
}

// HandleKey implements view.
func (v *listView[R]) HandleKey(k tea.KeyPressMsg) bool { return v.table.HandleKey(k) }

// Open implements view.
func (v *listView[R]) Open() opening {
	var none R
	if r := v.table.Selected(); r != none {
		return v.open(r)
	}
	return opening{}
}

// InView implements view: no pod is on the screen where a row stands for several.
func (v *listView[R]) InView() []*model.Row {
	var rows []*model.Row
	for _, r := range v.table.inView() {
		if pods := v.pods(r); len(pods) == 1 && v.open(r).pod == pods[0] && (len(rows) == 0 || rows[len(rows)-1] != pods[0]) {
			rows = append(rows, pods[0])
		}
	}
	return rows
}

// Counts implements view.
func (v *listView[R]) Counts() (shown, all int) { return v.table.Counts() }

// Order implements view.
func (v *listView[R]) Order() string { return v.table.Order() }

// Tab implements view.
func (v *listView[R]) Tab() string { return "" }

// Empty implements view.
func (v *listView[R]) Empty() string { return v.empty }

// Render implements view.
func (v *listView[R]) Render(c *canvas) []string {
	lines := v.table.Render(c)
	if len(lines) == 0 {
		return nil
	}
	r := v.table.Selected()
	if v.beside > 0 {
		return v.detail.join(c, lines, r, v.table.width, v.beside, v.height)
	}
	if v.strip == 0 {
		return lines
	}
	for len(lines) < v.height-v.strip {
		lines = append(lines, "")
	}
	place := v.table.count()
	rule := strings.Repeat(c.rule, max(v.table.width-c.Cells(place)-4, 0))
	lines = append(lines, c.line(v.table.width).put(c.dim, rule+" "+place+" "+c.rule+c.rule).String())
	about := v.detail.of(c, r, v.table.width)
	return append(lines, about[:min(len(about), v.strip-1)]...)
}

// mostMembers is how many pods are named beside a row that stands for several.
const mostMembers = 60

// members names pods, worst first, each with why it is not well.
func (s *sheet) members(pods []*model.Row) {
	list := worstOf(pods, mostMembers)
	names := make([]string, len(list))
	for i, r := range list {
		names[i] = model.Printable(r.Pod.Name)
	}
	tails, w := tailsOf(names), 0
	for _, name := range names {
		w = max(w, s.Cells(name))
	}
	w = min(w, max(s.width/2-4, 12))
	for i, r := range list {
		in, glyph, word := s.rowState(r)
		l := s.row(0).put(in, glyph).pad(1).cell(s.strong, s.cutName(names[i], w, tails[names[i]], s.ellipsis), w).pad(1)
		why := s.whyText(r, l.room)
		if l.faint = calm(r); why == "" {
			why = word
		}
		s.end(l.text(why))
	}
	if more := len(pods) - len(list); more > 0 {
		s.text(0, 1, s.dim, "and "+thousands(more)+" more")
	}
}

// worstOf returns the worst of some pods, worst first, at most limit of them.
func worstOf(pods []*model.Row, limit int) []*model.Row {
	var list []*model.Row
	for sev := model.RestartDue; sev <= model.Finished && len(list) < limit; sev++ {
		for _, r := range pods {
			if r.Severity == sev && len(list) < limit {
				list = append(list, r)
			}
		}
	}
	return list
}

// worstPod returns the worst of some pods; nil for none.
func worstPod(pods []*model.Row) *model.Row {
	var worst *model.Row
	for _, r := range pods {
		if worst == nil || r.Severity < worst.Severity || r.Severity == worst.Severity && model.CompareNames(r, worst) < 0 {
			worst = r
		}
	}
	return worst
}

// number draws a count; nothing for zero.
func number[R any](of func(R) int) func(*canvas, *line, R, int) {
	return func(_ *canvas, l *line, r R, w int) {
		if n := of(r); n > 0 {
			l.cell(ink{}, thousands(n), w)
			return
		}
		l.pad(w)
	}
}
