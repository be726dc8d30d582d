package tui

import (
	tea "charm.land/bubbletea/v2"

	"github.com/probetop/probetop/model"
)

// view is one of the tables that the number keys bring up: a plain struct with its own rows, keys and drawing. The Board
// knows it by this interface alone, and gives it snapshots only while it is the one on the screen.
type view interface {
	// Name is what the help calls it, in a word.
	Name() string
	// Show takes another snapshot. What is worked out over all rows is worked out here, and not while drawing.
	Show(s *model.Snapshot)
	// Filter keeps what has to do with the pods that keep lets through; nil keeps everything.
	Filter(keep func(*model.Row) bool)
	// SetMeasure sets how cells are counted.
	SetMeasure(m Measure)
	// Compose gives the view its room, before anything asks what is in sight.
	Compose(c *canvas, width, height int)
	// HandleKey moves, or orders the rows, and reports whether the key meant that.
	HandleKey(k tea.KeyPressMsg) bool
	// Selected is the pod that keys act on; nil when none is selected.
	Selected() *model.Row
	// InView returns the pods that are on the screen.
	InView() []*model.Row
	// Counts says how many rows are shown, and how many there are.
	Counts() (shown, all int)
	// Order words how the rows are ordered; nothing while it is as it begins.
	Order() string
	// Render draws at most as many lines as there is room for; none when there is no row.
	Render(c *canvas) []string
}

// newViews lists the views in the order of their keys. A new view is a file of its own and a line here.
func newViews(keys *keyMap, o *Options) []view {
	return []view{
		newPodsView(keys, o.Namespace == "", o.Pods),
	}
}

// view is the one on the screen, or below what lies on top of it.
func (b *Board) view() view { return b.views[b.at] }

// turnTo brings up the view of that number, and closes what lies on top.
func (b *Board) turnTo(n int) {
	b.page = nil
	if n == b.at {
		return
	}
	b.at = n
	if b.shown != nil {
		b.view().Show(b.shown)
	}
	b.view().Filter(b.prompt.filter())
}
