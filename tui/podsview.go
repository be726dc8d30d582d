package tui

import (
	tea "charm.land/bubbletea/v2"

	"github.com/probetop/probetop/model"
)

// podsView is the table of pods, and below it the strip about the one that is selected.
type podsView struct {
	table  table
	height int
	// strip is how many lines the strip has.
	strip int
}

func newPodsView(keys *keyMap, namespaces bool, a Arrangement) *podsView {
	v := &podsView{table: newTable(keys, namespaces)}
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
	v.height, v.strip = height, stripHeight(c.screen)
	v.table.SetSize(width, height-v.strip, c.screen >= roomForTitles)
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

// Selected implements view.
func (v *podsView) Selected() *model.Row { return v.table.Selected() }

// InView implements view.
func (v *podsView) InView() []*model.Row { return v.table.inView() }

// Counts implements view.
func (v *podsView) Counts() (shown, all int) {
	return len(v.table.order.shown), len(v.table.order.sorted)
}

// Order implements view.
func (v *podsView) Order() string { return v.table.orderWords() }

// Render implements view.
func (v *podsView) Render(c *canvas) []string {
	r := v.Selected()
	if r == nil {
		return nil
	}
	lines := v.table.Render(c)
	if v.strip == 0 {
		return lines
	}
	for len(lines) < v.height-v.strip {
		lines = append(lines, "")
	}
	return append(lines, stripLines(c, r, v.table.count(), v.table.width, v.strip)...)
}
