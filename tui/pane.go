package tui

import (
	tea "charm.land/bubbletea/v2"

	"github.com/probetop/probetop/model"
)

// pane is one of the sides of a pod's page, which tab goes through: a plain struct with its own keys and drawing.
type pane interface {
	// Name is the pane's title, in a word.
	Name() string
	// Compose gives the pane its room and the newest row of its pod. It works when one of these has changed.
	Compose(c *canvas, r *model.Row, width, height int)
	// HandleKey reports whether the key meant something to the pane.
	HandleKey(k tea.KeyPressMsg) bool
	// Render draws at most as many lines as there is room for.
	Render() []string
	// Below is how many lines there are below the ones in sight.
	Below() int
}

// newPanes lists the panes of a pod's page in the order of tab. A new pane is a file of its own and a line here.
func newPanes(keys *keyMap, o *Options) []pane {
	return []pane{
		newSheetPane(keys, "why", (*sheet).pod),
		newTimelinePane(keys),
		newSheetPane(keys, "evidence", (*sheet).evidence),
		newSheetPane(keys, "shadow", (*sheet).transcript),
		newSheetPane(keys, "spec", (*sheet).spec),
		newLogsPane(keys, o),
		newYAMLPane(keys, o),
	}
}

// sheetPane is a pane of which everything is written at once, and which scrolls.
type sheetPane struct {
	name  string
	write func(*sheet, *model.Row)
	pager pager
	// written is what it was last written from; it is not written again for the same.
	written manuscript
}

// manuscript is everything a sheet is written from.
type manuscript struct {
	canvas canvas
	row    *model.Row
	width  int
}

func newSheetPane(keys *keyMap, name string, write func(*sheet, *model.Row)) *sheetPane {
	return &sheetPane{name: name, write: write, pager: pager{keys: keys}}
}

// Name implements pane.
func (p *sheetPane) Name() string { return p.name }

// Compose implements pane.
func (p *sheetPane) Compose(c *canvas, r *model.Row, width, height int) {
	if m := (manuscript{*c, r, width}); m != p.written {
		p.written = m
		s := &sheet{canvas: c, width: width}
		p.write(s, r)
		p.pager.SetLines(s.lines)
	}
	p.pager.SetSize(height)
}

// HandleKey implements pane: it scrolls.
func (p *sheetPane) HandleKey(k tea.KeyPressMsg) bool { return p.pager.HandleKey(k) }

// Render implements pane.
func (p *sheetPane) Render() []string { return p.pager.Render() }

// Below implements pane.
func (p *sheetPane) Below() int { return p.pager.below() }
