package tui

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/probetop/probetop/model"
)

// ledgerRow is a restart of a container of some pod.
type ledgerRow struct {
	row *model.Row
	end *model.Restart
}

func newRestartsView(keys *keyMap, namespaces bool) view {
	same := func(a, b ledgerRow) bool {
		return a.row.Pod.UID == b.row.Pod.UID && a.end.Container == b.end.Container && a.end.Count == b.end.Count
	}
	return &listView[ledgerRow]{
		name:   "restarts",
		table:  newTable(keys, about[ledgerRow]{same: same, heir: same, calm: func(ledgerRow) bool { return false }}, ledgerColumns(namespaces)),
		detail: detail[ledgerRow]{write: (*sheet).ended},
		rows:   ledgerOf,
		empty:  "No restart of a container in scope is on record.",
		pods:   func(r ledgerRow) []*model.Row { return []*model.Row{r.row} },
		open:   func(r ledgerRow) opening { return opening{pod: r.row} },
	}
}

// ledgerOf lists the restarts of all pods.
func ledgerOf(s *model.Snapshot) []ledgerRow {
	var rows []ledgerRow
	for _, r := range s.Rows {
		for i := range r.Restarts {
			rows = append(rows, ledgerRow{r, &r.Restarts[i]})
		}
	}
	return rows
}

// ledgerColumns are the columns of the ledger.
func ledgerColumns(namespaces bool) []column[ledgerRow] {
	by := func(first func(a, b ledgerRow) int) func(a, b ledgerRow) int {
		return func(a, b ledgerRow) int { return cmp.Or(first(a, b), compareRestarts(a, b)) }
	}
	texts := func(of func(ledgerRow) string) func(a, b ledgerRow) int {
		return by(func(a, b ledgerRow) int { return strings.Compare(of(a), of(b)) })
	}
	namespace := func(r ledgerRow) string { return r.row.Pod.Namespace }
	name := func(r ledgerRow) string { return r.row.Pod.Name }
	container := func(r ledgerRow) string { return r.end.Container }
	node := func(r ledgerRow) string { return r.row.Pod.Node }
	cols := []column[ledgerRow]{
		{
			title: "AGO", claim: claim{rank: 0, min: 6}, draw: func(c *canvas, l *line, r ledgerRow, w int) { l.cell(ink{}, age(c.now, r.end.At), w) },
			order: "newest first", compare: compareRestarts,
		},
		{
			title: "NAMESPACE", claim: claim{rank: 5, min: 6, want: 9, most: 32, leaves: 20}, heading: namespaceTitle,
			text: namespace, order: "by namespace", compare: texts(namespace),
		},
		{title: "POD", claim: claim{rank: 1, min: 12, want: 23, most: 48}, text: name, name: true, order: "by pod", compare: texts(name)},
		{
			title: "CONTAINER", claim: claim{rank: 6, min: 9, most: 20, leaves: 24}, text: container,
			filled: func(r ledgerRow) bool { return len(r.row.Pod.Containers) > 1 }, order: "by container", compare: texts(container),
		},
		{
			title: "CAUSE", claim: claim{rank: 2, min: 9, want: 12, most: 18}, text: func(r ledgerRow) string { return causeWord(r.end) }, draw: (*canvas).endCause,
			order: "by cause", compare: texts(func(r ledgerRow) string { return causeWord(r.end) }),
		},
		{
			title: "EXIT", claim: claim{rank: 4, min: 8, leaves: 20}, draw: (*canvas).endExit,
			order: "by exit code", compare: by(func(a, b ledgerRow) int { return cmp.Compare(a.end.ExitCode, b.end.ExitCode) }),
		},
		lasting("LIVED", "shortest life first", 7, 1, func(x *model.Restart) time.Duration { return x.Lived }),
		lasting("FAILING", "longest failing first", 8, -1, func(x *model.Restart) time.Duration { return x.Failing }),
		lasting("DOWN", "longest down first", 9, -1, func(x *model.Restart) time.Duration { return x.Down }),
		lasting("TO READY", "slowest to be ready first", 10, -1, func(x *model.Restart) time.Duration { return x.ToReady }),
		{
			title: "NODE", claim: claim{rank: 11, min: 8, want: 13, most: 24, leaves: 44}, text: node, order: "by node", compare: texts(node),
		},
		{
			title: "WHY", claim: claim{rank: 3, min: 14, want: 30, most: 56}, draw: func(c *canvas, l *line, r ledgerRow, w int) {
				l.cell(ink{}, c.spell(endText(r.end)), w)
			},
			order: "by what was said", compare: texts(func(r ledgerRow) string { return endText(r.end) }),
		},
	}
	if !namespaces {
		cols = slices.DeleteFunc(cols, func(c column[ledgerRow]) bool { return c.title == "NAMESPACE" })
	}
	return cols
}

// lasting is a column of how long something took; a sign below zero puts the longest first.
func lasting(title, order string, rank, sign int, of func(*model.Restart) time.Duration) column[ledgerRow] {
	return column[ledgerRow]{
		title: title, claim: claim{rank: rank, min: max(len(title), 6), leaves: 30},
		draw: func(c *canvas, l *line, r ledgerRow, w int) {
			if d := of(r.end); d > 0 {
				l.cell(ink{}, span(d), w)
				return
			}
			l.cell(c.dim, c.none, w)
		},
		filled: func(r ledgerRow) bool { return of(r.end) > 0 }, order: order,
		compare: func(a, b ledgerRow) int { return cmp.Or(sign*cmp.Compare(of(a.end), of(b.end)), compareRestarts(a, b)) },
	}
}

// endExit draws how an instance ended; a mark when that is not known.
func (c *canvas) endExit(l *line, r ledgerRow, w int) {
	word := c.none
	if !r.end.Untold {
		word = exitWord(r.end)
	}
	l.cell(ink{}, word, w)
}

// compareRestarts orders restarts newest first. It is a total order.
func compareRestarts(a, b ledgerRow) int {
	return cmp.Or(b.end.At.Compare(a.end.At), model.CompareNames(a.row, b.row), strings.Compare(a.end.Container, b.end.Container),
		cmp.Compare(b.end.Count, a.end.Count))
}

// endCause draws why a container was restarted, with the mark of a guess.
func (c *canvas) endCause(l *line, r ledgerRow, w int) { l.cell(c.strong, causeWord(r.end), w) }

// endText is what the probe said that ended an instance, or what the runtime did.
func endText(x *model.Restart) string {
	if x.Text != "" {
		text := model.Printable(x.Text)
		if _, cause, ok := strings.Cut(text, `": `); ok && strings.HasPrefix(text, `Get "`) {
			return cause // the pod is the one that was asked
		}
		return text
	}
	if x.Untold {
		return ""
	}
	return model.Printable(x.Reason)
}

// ended writes what is said of a restart beside the table: what it was, and how the pod is now.
func (s *sheet) ended(r ledgerRow) {
	s.subject(r.row)
	x := r.end
	words := []string{model.Printable(x.Container) + " ended " + age(s.now, x.At) + " ago", "cause " + causeWord(x)}
	if !x.Untold {
		words = append(words, "exit "+exitWord(x))
	}
	for _, d := range [...]struct {
		what string
		d    time.Duration
	}{{"lived", x.Lived}, {"failing before", x.Failing}, {"down", x.Down}, {"to ready", x.ToReady}} {
		if d.d > 0 {
			words = append(words, d.what+" "+span(d.d))
		}
	}
	s.text(0, 3, ink{}, strings.Join(words, " "+s.dot+" "))
	if text := endText(x); text != "" {
		s.text(0, 4, s.strong, text)
	}
	s.pod(r.row)
}
