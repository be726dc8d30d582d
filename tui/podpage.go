package tui

import (
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
	pager     pager

	head []string
	// written is what the page was last written from; it is not written again for the same.
	written manuscript
}

// manuscript is everything a page is written from.
type manuscript struct {
	canvas canvas
	row    *model.Row
	gone   time.Time
	width  int
}

func newPodPage(keys *keyMap, r *model.Row) *podPage {
	return &podPage{row: r, pager: pager{keys: keys}}
}

// Follow looks for the pod in what a snapshot changed.
func (p *podPage) Follow(o *order, at time.Time) {
	missing := false
	for _, r := range o.removed {
		missing = missing || r == p.row
	}
	for _, r := range o.added {
		if r.Pod.UID == p.row.Pod.UID {
			p.row, p.gone, p.successor = r, time.Time{}, nil
			return
		}
	}
	if missing {
		p.gone = at
	}
	if !p.gone.IsZero() {
		p.successor = p.succeeding(o.rows)
	}
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

// HandleKey scrolls.
func (p *podPage) HandleKey(k tea.KeyPressMsg) bool { return p.pager.HandleKey(k) }

// Compose gives the page its room, and writes it anew when something in it has changed.
func (p *podPage) Compose(c *canvas, width, height int) {
	if m := (manuscript{*c, p.row, p.gone, width}); m != p.written {
		p.written = m
		s := &sheet{canvas: c, width: width}
		s.pod(p.row)
		p.pager.SetLines(s.lines)
	}
	p.head = p.title(c, width)
	p.head = p.head[:min(len(p.head), max(height/3, 1))]
	p.pager.SetSize(max(height-len(p.head), 0))
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
	return append(lines, c.line(width).text(facts(c, r)).String())
}

// Render returns the title and the part of the page in sight.
func (p *podPage) Render() []string {
	return append(p.head[:len(p.head):len(p.head)], p.pager.Render()...)
}
