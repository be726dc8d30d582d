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
	// Open is what enter opens; a pod is also what other keys act on.
	Open() opening
	// InView returns the pods that are on the screen.
	InView() []*model.Row
	// Counts says how many rows are shown, and how many there are.
	Counts() (shown, all int)
	// Order words how the rows are ordered; nothing while it is as it begins.
	Order() string
	// Tab is what tab does, in a word or two; empty for nothing.
	Tab() string
	// Empty says that there is no row although there are pods; empty for a view of pods.
	Empty() string
	// Render draws at most as many lines as there is room for; none when there is no row.
	Render(c *canvas) []string
}

// newViews lists the views in the order of their keys. A new view is a file of its own and a line here.
func newViews(keys *keyMap, o *Options) []view {
	namespaces := o.Namespace == ""
	return []view{
		newPodsView(keys, namespaces, o.Pods),
		newWorkloadsView(keys, namespaces),
		newServicesView(keys, namespaces),
		newRestartsView(keys, namespaces),
		newNodesView(keys),
	}
}

// view is the one on the screen, or below what lies on top of it.
func (b *Board) view() view { return b.views[b.at] }

// turnTo brings up the view of that number, and closes what lies on top.
func (b *Board) turnTo(n int) {
	b.page, b.aim.set = nil, false
	if n != b.at {
		b.at = n
		if b.shown != nil {
			b.view().Show(b.shown)
		}
	}
	b.refilter()
}
