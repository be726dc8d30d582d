package tui

import (
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/probetop/probetop/model"
)

// podPage shows everything that is known about one pod. It follows its pod through the snapshots, and keeps
// the last picture when the pod is gone.
type podPage struct {
	row *model.Row
	// gone is when the pod was first missing; zero while it is there.
	gone time.Time
	// successor is the pod of the same name that replaced a pod that is gone; nil for none.
	successor *model.Row
	// place is where the pod was last found in a snapshot.
	place int

	keys  *keyMap
	panes []pane
	at    int // the pane in sight

	head []string
}

func newPodPage(keys *keyMap, o *Options, r *model.Row) *podPage {
	return &podPage{row: r, keys: keys, panes: newPanes(keys, o)}
}

// Follow looks for the pod in a snapshot.
func (p *podPage) Follow(s *model.Snapshot) {
	if r := p.find(s.Rows); r != nil {
		p.row, p.gone, p.successor = r, time.Time{}, nil
		return
	}
	if p.gone.IsZero() {
		p.gone = s.At
	}
	p.successor = p.succeeding(s.Rows)
}

// find returns the pod's row; nil when it is gone. It is mostly where it was.
func (p *podPage) find(rows []*model.Row) *model.Row {
	is := func(r *model.Row) bool { return r.Pod.UID == p.row.Pod.UID }
	if p.place < len(rows) && is(rows[p.place]) {
		return rows[p.place]
	}
	if p.place = slices.IndexFunc(rows, is); p.place < 0 {
		p.place = 0
		return nil
	}
	return rows[p.place]
}

// succeeding returns the pod among rows that has the name of the one that is gone; nil for none.
func (p *podPage) succeeding(rows []*model.Row) *model.Row {
	for _, r := range rows {
		if r.Pod.Name == p.row.Pod.Name && r.Pod.Namespace == p.row.Pod.Namespace && r.Pod.UID != p.row.Pod.UID {
			return r
		}
	}
	return nil
}

// pane is the one in sight.
func (p *podPage) pane() pane { return p.panes[p.at] }

// HandleKey turns to another pane, or is for the one in sight.
func (p *podPage) HandleKey(k tea.KeyPressMsg) bool {
	switch n := len(p.panes); {
	case p.keys.Tab.is(k):
		p.at = (p.at + 1) % n
	case p.keys.TabBack.is(k):
		p.at = (p.at + n - 1) % n
	default:
		return p.pane().HandleKey(k)
	}
	return true
}

// Compose gives the page its room.
func (p *podPage) Compose(c *canvas, width, height int) {
	p.head = p.title(c, width)
	p.head = p.head[:min(len(p.head), max(height/3, 1))]
	p.pane().Compose(c, p.row, width, max(height-len(p.head), 0))
}

// title says which pod it is and how it is; it does not scroll.
func (p *podPage) title(c *canvas, width int) []string {
	r := p.row
	i, glyph, word := c.rowState(r)
	state := glyph + " " + word
	if !p.gone.IsZero() {
		i, state = c.alarm, " GONE "
	}
	name := model.Printable(r.Pod.Namespace + "/" + r.Pod.Name)
	l := c.line(width).put(c.dim, c.rule+c.rule+" ")
	l.put(c.strong, c.clipMiddle(name, width-c.Cells(state)-5, c.ellipsis))
	lines := []string{l.right(phrase{i, state}).String()}
	if !p.gone.IsZero() {
		what := "This pod is gone since " + age(c.now, p.gone) + ". What follows is the last that was known of it."
		if p.successor != nil {
			what = "Replaced " + age(c.now, p.gone) + " ago by a new pod of the same name: enter opens that one."
		}
		lines = append(lines, c.line(width).put(c.bad, what).String())
	}
	lines = append(lines, c.line(width).text(facts(c, r)).String())
	if len(p.panes) > 1 {
		lines = append(lines, p.tabs(c, width))
	}
	return lines
}

// tabs names the panes, the one in sight in reverse.
func (p *podPage) tabs(c *canvas, width int) string {
	l := c.line(width)
	for i, pane := range p.panes {
		in := c.dim
		if i == p.at {
			in = c.selected
		}
		l.put(in, " "+pane.Name()+" ").text(" ")
	}
	return l.String()
}

// Render returns the title and the part of the page in sight.
func (p *podPage) Render() []string {
	return append(p.head[:len(p.head):len(p.head)], p.pane().Render()...)
}
