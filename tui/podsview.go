package tui

import (
	tea "charm.land/bubbletea/v2"

	"github.com/probetop/probetop/model"
)

// podsView is the table of pods, and the selected one beside it, or in the strip below it.
type podsView struct {
	table  table[*model.Row]
	detail detail[*model.Row]
	height int
	// strip is how many lines the strip has, and beside how many cells the detail.
	strip, beside int
}

func newPodsView(keys *keyMap, namespaces bool, a Arrangement) *podsView {
	about := about[*model.Row]{
		same: func(a, b *model.Row) bool { return a.Pod.UID == b.Pod.UID },
		heir: func(a, b *model.Row) bool { return a.Pod.Name == b.Pod.Name && a.Pod.Namespace == b.Pod.Namespace },
		calm: calm,
	}
	v := &podsView{
		table:  newTable(keys, about, podColumns(namespaces)),
		detail: detail[*model.Row]{write: (*sheet).summary},
	}
	v.table.arrangeBy(a)
	return v
}

// Name implements view.
func (v *podsView) Name() string { return "pods" }

// Show implements view.
func (v *podsView) Show(s *model.Snapshot) { v.table.SetRows(s.Rows) }

// Filter implements view.
func (v *podsView) Filter(keep func(*model.Row) bool) { v.table.Filter(keep) }

// SetMeasure implements view.
func (v *podsView) SetMeasure(m Measure) { v.table.SetMeasure(m) }

// Compose implements view.
func (v *podsView) Compose(c *canvas, width, height int) {
	v.height, v.beside, v.strip = height, beside(width), 0
	if v.beside == 0 {
		v.strip = stripHeight(c.screen)
	}
	v.table.SetSize(width-v.beside, height-v.strip, c.screen >= roomForTitles)
}

// stripHeight is how many lines of a screen are kept for the selected pod.
func stripHeight(screen int) int {
	switch {
	case screen < roomForStrip:
		return 0
	case screen < roomForNote:
		return 3
	case screen < roomForFacts:
		return 4
	}
	return 5
}

// HandleKey implements view.
func (v *podsView) HandleKey(k tea.KeyPressMsg) bool { return v.table.HandleKey(k) }

// Open implements view.
func (v *podsView) Open() opening { return opening{pod: v.table.Selected()} }

// InView implements view.
func (v *podsView) InView() []*model.Row { return v.table.inView() }

// Counts implements view.
func (v *podsView) Counts() (shown, all int) { return v.table.Counts() }

// Order implements view.
func (v *podsView) Order() string { return v.table.Order() }

// Tab implements view.
func (v *podsView) Tab() string { return "" }

// Empty implements view.
func (v *podsView) Empty() string { return "" }

// Render implements view.
func (v *podsView) Render(c *canvas) []string {
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
	return append(lines, stripLines(c, r, v.table.count(), v.table.width, v.strip)...)
}

// summary is what is said of a pod beside the table: which one it is, and its page.
func (s *sheet) summary(r *model.Row) {
	s.subject(r)
	s.text(0, 2, s.dim, facts(s.canvas, r))
	s.pod(r)
}

// subject names a pod, with its state.
func (s *sheet) subject(r *model.Row) {
	i, glyph, word := s.rowState(r)
	state := glyph + " " + word
	name := model.Printable(r.Pod.Namespace + "/" + r.Pod.Name)
	l := s.row(0).put(s.strong, s.clipMiddle(name, s.width-s.Cells(state)-2, s.ellipsis))
	s.end(l.right(phrase{i, state}))
}
