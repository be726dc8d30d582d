package tui

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/probetop/probetop/model"
	"github.com/probetop/probetop/model/group"
)

// workloadsView shows what pods have in common: by workload, and on tab by the other keys.
type workloadsView struct {
	listView[*groupRow]
	keys *keyMap
	// by is the index in groupings.
	by    int
	shown *model.Snapshot
}

// groupings are what pods are grouped by, in the order of tab.
var groupings = [...]group.Key{group.Workload, group.Revision, group.Node, group.Zone, group.Image, group.Cause}

// groupRow is a group of pods.
type groupRow struct {
	group.Group
	pods    []*model.Row
	rollout rollout
}

func newWorkloadsView(keys *keyMap, namespaces bool) *workloadsView {
	same := func(a, b *groupRow) bool { return a.By == b.By && a.Name == b.Name && a.Namespace == b.Namespace }
	v := &workloadsView{keys: keys}
	v.listView = listView[*groupRow]{
		name: "workloads",
		table: newTable(keys, about[*groupRow]{
			same: same, heir: same,
			calm: func(g *groupRow) bool { return g.Worst >= model.Healthy && !g.rollout.rolling() },
		}, groupColumns(namespaces)),
		detail: detail[*groupRow]{write: (*sheet).group},
		rows:   v.groups,
		empty:  "No pod in scope belongs to a workload.",
		pods:   func(g *groupRow) []*model.Row { return g.pods },
		open: func(g *groupRow) opening {
			return opening{words: string(g.By) + " " + model.Printable(g.Name), keep: g.Has}
		},
	}
	return v
}

// Show implements view.
func (v *workloadsView) Show(s *model.Snapshot) {
	v.shown = s
	v.listView.Show(s)
}

// HandleKey implements view: tab groups by what comes next.
func (v *workloadsView) HandleKey(k tea.KeyPressMsg) bool {
	n := len(groupings)
	switch {
	case v.keys.Tab.is(k):
		v.regroup((v.by + 1) % n)
	case v.keys.TabBack.is(k):
		v.regroup((v.by + n - 1) % n)
	default:
		return v.listView.HandleKey(k)
	}
	return true
}

// regroup groups the pods by something else. The cursor goes to the first group.
func (v *workloadsView) regroup(by int) {
	v.by = by
	for i := range v.table.columns {
		if v.table.columns[i].name {
			v.table.columns[i].title = strings.ToUpper(string(groupings[by]))
		}
	}
	v.empty = "No pod in scope has a " + string(groupings[by]) + "."
	v.table.moved, v.table.lost = false, nil
	if v.shown != nil {
		v.table.SetRows(v.groups(v.shown))
	}
	v.table.remeasure()
}

// Tab implements view.
func (v *workloadsView) Tab() string {
	return "by " + string(groupings[(v.by+1)%len(groupings)])
}

// Order implements view.
func (v *workloadsView) Order() string {
	words := v.table.Order()
	if v.by == 0 {
		return words
	}
	by := "pods by " + string(groupings[v.by])
	if words == "" {
		return by
	}
	return by + ", " + words
}

// groups makes the rows of a snapshot.
func (v *workloadsView) groups(s *model.Snapshot) []*groupRow {
	groups := group.By(s.Rows, groupings[v.by])
	rows := make([]*groupRow, len(groups))
	for i := range groups {
		g := &groupRow{Group: groups[i], pods: make([]*model.Row, len(groups[i].Rows))}
		for j, at := range groups[i].Rows {
			g.pods[j] = s.Rows[at]
		}
		if g.By == group.Workload {
			g.rollout = rolloutOf(g.pods)
		}
		rows[i] = g
	}
	return rows
}

// groupColumns are the columns of groups.
func groupColumns(namespaces bool) []column[*groupRow] {
	by := func(first func(a, b *groupRow) int) func(a, b *groupRow) int {
		return func(a, b *groupRow) int { return cmp.Or(first(a, b), compareGroups(a, b)) }
	}
	most := func(of func(*groupRow) int) func(a, b *groupRow) int {
		return by(func(a, b *groupRow) int { return cmp.Compare(of(b), of(a)) })
	}
	pods := func(g *groupRow) int { return g.Pods }
	faults := func(g *groupRow) int { return g.Faults }
	failing := func(g *groupRow) int { return g.Failing }
	cols := []column[*groupRow]{
		{
			title: "STATE", claim: claim{rank: 0, min: 1, wide: stateWide}, heading: stateTitle,
			draw: func(c *canvas, l *line, g *groupRow, w int) { c.severityCell(l, g.Worst, w) }, order: "worst first", compare: compareGroups,
		},
		{
			title: "NAMESPACE", claim: claim{rank: 5, min: 6, want: 9, most: 32, leaves: 20}, heading: namespaceTitle,
			text: func(g *groupRow) string { return g.Namespace }, filled: func(g *groupRow) bool { return g.Namespace != "" },
			order: "by namespace", compare: by(func(a, b *groupRow) int { return strings.Compare(a.Namespace, b.Namespace) }),
		},
		{
			title: "WORKLOAD", claim: claim{rank: 1, min: 12, want: 26, most: 60}, text: groupName, name: true,
			order: "by name", compare: by(func(a, b *groupRow) int { return strings.Compare(a.Name, b.Name) }),
		},
		{
			title: "READY", claim: claim{rank: 3, min: 7}, draw: func(_ *canvas, l *line, g *groupRow, w int) {
				l.cell(ink{}, strconv.Itoa(g.Ready)+"/"+strconv.Itoa(g.Pods), w)
			},
			order: "fewest ready first", compare: by(func(a, b *groupRow) int { return cmp.Compare(a.Ready*b.Pods, b.Ready*a.Pods) }),
		},
		{
			title: "PODS", claim: claim{rank: 9, min: 6, leaves: 60}, draw: number(pods), order: "most pods first", compare: most(pods),
		},
		{
			title: "FAULTS", claim: claim{rank: 4, min: 6, leaves: 20}, draw: number(faults),
			filled: func(g *groupRow) bool { return g.Faults > 0 }, order: "most faults first", compare: most(faults),
		},
		{
			title: "FAILING", claim: claim{rank: 8, min: 7, leaves: 52}, draw: number(failing),
			filled: func(g *groupRow) bool { return g.Failing > 0 }, order: "most failing probes first", compare: most(failing),
		},
		{
			title: "ROLLOUT", claim: claim{rank: 6, min: 20, leaves: 44}, draw: (*canvas).rollout,
			filled: func(g *groupRow) bool { return g.rollout.rolling() }, order: "rolling out first",
			compare: most(func(g *groupRow) int { return g.rollout.old }),
		},
		{
			title: "SINCE", claim: claim{rank: 7, min: 6, leaves: 24},
			draw:   func(c *canvas, l *line, g *groupRow, w int) { l.cell(ink{}, age(c.now, g.First), w) },
			filled: func(g *groupRow) bool { return !g.First.IsZero() }, order: "latest fault first",
			compare: by(func(a, b *groupRow) int { return b.First.Compare(a.First) }),
		},
		{title: "WHY", claim: claim{rank: 2, min: 14, want: 30, most: 56}, draw: (*canvas).groupWhy},
	}
	if !namespaces {
		cols = slices.DeleteFunc(cols, func(c column[*groupRow]) bool { return c.title == "NAMESPACE" })
	}
	return cols
}

// groupName names a group; a workload as kubectl does for short.
func groupName(g *groupRow) string {
	kind, name, ok := strings.Cut(g.Name, "/")
	if g.By != group.Workload || !ok {
		return g.Name
	}
	switch kind {
	case "Deployment":
		return "deploy/" + name
	case "StatefulSet":
		return "sts/" + name
	case "DaemonSet":
		return "ds/" + name
	case "ReplicaSet":
		return "rs/" + name
	case "Job":
		return "job/" + name
	}
	return g.Name
}

// compareGroups orders groups worst first. It is a total order of the groups by one key.
func compareGroups(a, b *groupRow) int {
	return cmp.Or(cmp.Compare(a.Worst, b.Worst), cmp.Compare(b.Faults, a.Faults), cmp.Compare(b.Failing, a.Failing),
		strings.Compare(a.Namespace, b.Namespace), strings.Compare(a.Name, b.Name))
}

// severityCell draws a severity: its glyph, and where there is room its word.
func (c *canvas) severityCell(l *line, s model.Severity, w int) {
	glyph := c.severity[s]
	if w > 1 {
		glyph += " " + s.String()
	}
	l.cell(c.severityInk[s], glyph, w)
}

// groupWhy draws which revision fails, or what is wrong with the worst pod.
func (c *canvas) groupWhy(l *line, g *groupRow, w int) {
	text := g.rollout.verdict()
	if r := worstPod(g.pods); r != nil && r.Severity < model.Healthy {
		why := c.whyText(r, w)
		if text != "" && why != "" {
			text += "; "
		}
		text += why
	}
	l.cell(ink{}, text, w)
}

// group writes what is said of a group beside the table.
func (s *sheet) group(g *groupRow) {
	name := model.Printable(g.Name)
	if g.Namespace != "" {
		name += " in " + model.Printable(g.Namespace)
	}
	state := s.severity[g.Worst] + " " + g.Worst.String()
	l := s.row(0).put(s.strong, s.clipMiddle(name, s.width-s.Cells(state)-2, s.ellipsis))
	s.end(l.right(phrase{s.severityInk[g.Worst], state}))
	words := fmt.Sprintf("%s %s, %s ready", thousands(g.Pods), plural(g.Pods, "pod", "pods"), thousands(g.Ready))
	if g.Faults > 0 {
		words += fmt.Sprintf(" %s %s with faults, %s failing", s.dot, thousands(g.Faults), plural(g.Failing, "1 probe", thousands(g.Failing)+" probes"))
	}
	if g.Dated > 0 {
		words += " " + s.dot + " first " + age(s.now, g.First) + " ago"
		if g.Dated > 1 {
			words += ", all within " + span(max(g.Spread, time.Second))
		}
	}
	s.text(0, 2, ink{}, words)
	s.revisions(g.rollout)
	s.members(g.pods)
}
