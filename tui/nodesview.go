package tui

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/probetop/probetop/model"
)

// nodeRow is a node with its pods.
type nodeRow struct {
	name string
	node *model.Node // nil when it is not read, or does not exist
	pods []*model.Row
	// rate is how many probes its kubelet runs in a second.
	rate            float64
	faults, failing int
	late            model.LateNode
}

func newNodesView(keys *keyMap) view {
	same := func(a, b *nodeRow) bool { return a.name == b.name }
	return &listView[*nodeRow]{
		name: "nodes",
		table: newTable(keys, about[*nodeRow]{same: same, heir: same, calm: func(n *nodeRow) bool {
			return n.up() == model.True && n.faults == 0 && n.failing == 0 && n.late.By == 0
		}}, nodeColumns()),
		detail: detail[*nodeRow]{write: (*sheet).node},
		rows:   nodesOf,
		empty:  "No node is known: nodes are not read, and no pod is bound to one.",
		pods:   func(n *nodeRow) []*model.Row { return n.pods },
		open: func(n *nodeRow) opening {
			return opening{words: "node " + model.Printable(n.name), keep: func(r *model.Row) bool { return r.Pod.Node == n.name }}
		},
	}
}

// nodesOf makes the rows of a snapshot: the nodes that are known, and those that pods are bound to.
func nodesOf(s *model.Snapshot) []*nodeRow {
	rows := make([]*nodeRow, 0, len(s.Nodes))
	index := make(map[string]*nodeRow, len(s.Nodes))
	find := func(name string) *nodeRow {
		n := index[name]
		if n == nil {
			n = &nodeRow{name: name}
			index[name] = n
			rows = append(rows, n)
		}
		return n
	}
	for _, n := range s.Nodes {
		find(n.Name).node = n
	}
	for _, r := range s.Rows {
		if r.Pod.Node != "" && r.Severity != model.Finished {
			find(r.Pod.Node).add(r)
		}
	}
	for _, late := range s.Late {
		find(late.Name).late = late
	}
	return rows
}

func (n *nodeRow) add(r *model.Row) {
	n.pods = append(n.pods, r)
	if r.Severity.Fault() {
		n.faults++
	}
	for i := range r.Probes {
		p := &r.Probes[i]
		if p.Fails() {
			n.failing++
		}
		if runs(p) && p.Spec.Period > 0 {
			n.rate += 1 / p.Spec.Period.Seconds()
		}
	}
}

// runs reports whether a probe is being run, for all that is known.
func runs(p *model.Probe) bool {
	switch p.State {
	case model.StateWaiting, model.StateGated, model.StateHeld, model.StateDelayed, model.StateSuspended:
		return false
	}
	return p.Container.State == model.Running
}

// up is the node's Ready condition.
func (n *nodeRow) up() model.Tri {
	if n.node == nil {
		return model.Unknown
	}
	return n.node.Ready
}

// trouble ranks how urgently the node itself needs attention, 0 first.
func (n *nodeRow) trouble() int {
	switch {
	case n.node != nil && n.up() != model.True:
		return 0
	case n.late.By > 0:
		return 1
	case n.faults > 0 || n.failing > 0:
		return 2
	case n.node == nil:
		return 3
	}
	return 4
}

// word is the state of a node in a word.
func (n *nodeRow) word() string {
	switch {
	case n.node == nil:
		return "unknown"
	case n.node.Ready == model.True && n.late.By > 0:
		return "late events"
	case n.node.Ready == model.True:
		return "ready"
	case n.node.Ready == model.False:
		return "not ready"
	}
	return "lost"
}

// mark is the glyph and the ink of that word.
func (n *nodeRow) mark(c *canvas) (string, ink) {
	switch n.trouble() {
	case 0:
		return c.stopped, c.bad
	case 1:
		return c.trouble, c.warn
	}
	if n.node == nil {
		return certaintyMark, c.strong
	}
	return c.live, c.good
}

// nodeColumns are the columns of nodes.
func nodeColumns() []column[*nodeRow] {
	by := func(first func(a, b *nodeRow) int) func(a, b *nodeRow) int {
		return func(a, b *nodeRow) int { return cmp.Or(first(a, b), compareNodes(a, b)) }
	}
	most := func(of func(*nodeRow) int) func(a, b *nodeRow) int {
		return by(func(a, b *nodeRow) int { return cmp.Compare(of(b), of(a)) })
	}
	pods := func(n *nodeRow) int { return len(n.pods) }
	faults := func(n *nodeRow) int { return n.faults }
	failing := func(n *nodeRow) int { return n.failing }
	return []column[*nodeRow]{
		{
			title: "STATE", claim: claim{rank: 0, min: 1, wide: stateWide}, heading: stateTitle, draw: (*canvas).nodeState,
			order: "worst first", compare: compareNodes,
		},
		{
			title: "NODE", claim: claim{rank: 1, min: 12, want: 26, most: 60}, text: func(n *nodeRow) string { return n.name }, name: true,
			order: "by name", compare: func(a, b *nodeRow) int { return strings.Compare(a.name, b.name) },
		},
		{
			title: "ZONE", claim: claim{rank: 6, min: 10, want: 14, most: 20, leaves: 24}, text: (*nodeRow).zone,
			filled: func(n *nodeRow) bool { return n.zone() != "" }, order: "by zone",
			compare: by(func(a, b *nodeRow) int { return strings.Compare(a.zone(), b.zone()) }),
		},
		{title: "PODS", claim: claim{rank: 4, min: 5, leaves: 16}, draw: number(pods), order: "most pods first", compare: most(pods)},
		{
			title: "FAULTS", claim: claim{rank: 3, min: 6, leaves: 16}, draw: number(faults), filled: func(n *nodeRow) bool { return n.faults > 0 },
			order: "most faults first", compare: most(faults),
		},
		{
			title: "FAILING", claim: claim{rank: 5, min: 7, leaves: 20}, draw: number(failing), filled: func(n *nodeRow) bool { return n.failing > 0 },
			order: "most failing probes first", compare: most(failing),
		},
		{
			title: "PROBES/S", claim: claim{rank: 7, min: 8, leaves: 28}, draw: func(_ *canvas, l *line, n *nodeRow, w int) { l.cell(ink{}, rateWord(n.rate), w) },
			order: "most probes a second first", compare: by(func(a, b *nodeRow) int { return cmp.Compare(b.rate, a.rate) }),
		},
		{
			title: "LATE", claim: claim{rank: 3, min: 6}, draw: (*canvas).lateness,
			filled: func(n *nodeRow) bool { return n.late.By > 0 }, order: "latest events first",
			compare: by(func(a, b *nodeRow) int { return cmp.Compare(b.late.By, a.late.By) }),
		},
		{
			title: "KUBELET", claim: claim{rank: 8, min: 8, want: 12, most: 24, leaves: 24}, text: (*nodeRow).kubelet,
			filled: func(n *nodeRow) bool { return n.kubelet() != "" }, order: "oldest kubelet first", compare: by(func(a, b *nodeRow) int {
				return compareVersions(a.node.Version(), b.node.Version())
			}),
		},
		{
			title: "SINCE", claim: claim{rank: 9, min: 5, leaves: 30}, draw: func(c *canvas, l *line, n *nodeRow, w int) {
				l.cell(ink{}, age(c.now, n.since()), w)
			},
			filled: func(n *nodeRow) bool { return !n.since().IsZero() }, order: "latest change first",
			compare: by(func(a, b *nodeRow) int { return b.since().Compare(a.since()) }),
		},
		{title: "WHY", claim: claim{rank: 2, min: 14, want: 30, most: 56}, draw: func(c *canvas, l *line, n *nodeRow, w int) {
			l.cell(ink{}, n.why(c, w), w)
		}},
	}
}

// zone is the node's; empty when that is not known.
func (n *nodeRow) zone() string {
	if n.node == nil {
		return ""
	}
	return n.node.Zone
}

// kubelet is the version of the node's kubelet; empty when that is not known.
func (n *nodeRow) kubelet() string {
	if n.node == nil {
		return ""
	}
	return n.node.KubeletVersion
}

// lateness draws how late the node's events come.
func (c *canvas) lateness(l *line, n *nodeRow, w int) {
	if n.late.By == 0 {
		l.pad(w)
		return
	}
	l.cell(c.warn, span(n.late.By), w)
}

// compareNodes orders nodes worst first. It is a total order.
func compareNodes(a, b *nodeRow) int {
	return cmp.Or(cmp.Compare(a.trouble(), b.trouble()), cmp.Compare(b.faults, a.faults), cmp.Compare(b.failing, a.failing), strings.Compare(a.name, b.name))
}

func compareVersions(a, b model.Version) int {
	return cmp.Or(cmp.Compare(a.Major, b.Major), cmp.Compare(a.Minor, b.Minor), cmp.Compare(a.Patch, b.Patch))
}

func (n *nodeRow) since() (t time.Time) {
	if n.node != nil {
		t = n.node.Since
	}
	return t
}

func (c *canvas) nodeState(l *line, n *nodeRow, w int) {
	glyph, in := n.mark(c)
	if w > 1 {
		glyph += " " + n.word()
	}
	l.cell(in, glyph, w)
}

// rateWord is a number of probes a second; one digit behind the point below ten.
func rateWord(x float64) string {
	if x < 9.95 {
		return strconv.FormatFloat(x, 'f', 1, 64)
	}
	return thousands(int(x + 0.5))
}

// why says what is wrong with a node, or on it.
func (n *nodeRow) why(c *canvas, w int) string {
	var words []string
	if n.node != nil && n.up() != model.True {
		words = append(words, strings.TrimSuffix(model.Printable(n.node.Reason+": "+n.node.Message), ": "))
	}
	if n.late.By > 0 {
		words = append(words, "events "+span(n.late.By)+" late")
	}
	if n.faults > 0 {
		r := worstPod(n.pods)
		words = append(words, model.Printable(r.Pod.Name)+": "+c.whyText(r, w))
	}
	return strings.Join(words, "; ")
}

// node writes what is said of a node beside the table.
func (s *sheet) node(n *nodeRow) {
	glyph, in := n.mark(s.canvas)
	state := glyph + " " + n.word()
	name := s.clipMiddle(model.Printable(n.name), s.width-s.Cells(state)-2, s.ellipsis)
	s.end(s.row(0).put(s.strong, name).right(phrase{in, state}))
	words := fmt.Sprintf("%s, %s with faults %s %s probes a second, %s failing", plural(len(n.pods), "1 pod", thousands(len(n.pods))+" pods"),
		thousands(n.faults), s.dot, rateWord(n.rate), thousands(n.failing))
	s.text(0, 2, ink{}, words)
	if n.node == nil {
		s.text(0, 2, s.warn, "the node is not read, or does not exist: pods are bound to it")
	} else {
		s.nodeFacts(n.node)
	}
	if n.late.By > 0 {
		s.text(0, 3, s.warn, "its events came "+span(n.late.By)+" late: what is said of its pods may be as old")
	}
	s.members(n.pods)
}

// nodeFacts writes what the node says of itself, and what its kubelet is known for.
func (s *sheet) nodeFacts(n *model.Node) {
	if n.Ready != model.True && (n.Reason != "" || n.Message != "") {
		s.text(0, 3, s.bad, strings.Trim(model.Printable(n.Reason+": "+n.Message), ": "))
	}
	var facts []string
	for _, f := range [...]string{n.Zone, n.KubeletVersion, n.RuntimeVersion, n.OS} {
		if f != "" {
			facts = append(facts, model.Printable(f))
		}
	}
	if len(facts) > 0 {
		s.text(0, 2, s.dim, strings.Join(facts, " "+s.dot+" "))
	}
	for _, q := range model.VersionQuirks(n.Version()) {
		s.text(0, 3, s.dim, "known of this kubelet: "+q.Text+" ("+q.Reference+")")
	}
}
