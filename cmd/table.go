package cmd

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/util/duration"

	"github.com/probetop/probetop/model"
	"github.com/probetop/probetop/tui"
)

// column is one column of the table that get prints.
type column struct {
	name string
	wide bool
	// scoped columns are left out when the scope is one namespace.
	scoped bool
	// limit is how many cells it may take; 0 for no limit.
	limit int
	cell  func(r *model.Row, now time.Time) string
}

var columns = []column{
	{name: "NAMESPACE", scoped: true, cell: func(r *model.Row, _ time.Time) string { return r.Pod.Namespace }},
	{name: "NAME", cell: func(r *model.Row, _ time.Time) string { return r.Pod.Name }},
	{name: "READY", cell: func(r *model.Row, _ time.Time) string {
		return fmt.Sprintf("%d/%d", r.Summary.Ready, r.Summary.Total)
	}},
	{name: "STATUS", limit: statusLimit, cell: func(r *model.Row, _ time.Time) string { return r.Summary.Status }},
	{name: "RESTARTS", cell: restartsCell},
	{name: "AGE", cell: func(r *model.Row, now time.Time) string { return age(r.Pod.Created, now) }},
	{name: "STARTUP", cell: probeCell(model.Startup)},
	{name: "READINESS", cell: probeCell(model.Readiness)},
	{name: "LIVENESS", cell: probeCell(model.Liveness)},
	{name: "TRAFFIC", cell: trafficCell},
	{name: "GATES", wide: true, cell: gatesCell},
	{name: "WORKLOAD", wide: true, cell: func(r *model.Row, _ time.Time) string { return r.Pod.Owner.String() }},
	{name: "NODE", wide: true, cell: func(r *model.Row, _ time.Time) string { return r.Pod.Node }},
	{name: "WHY", cell: func(r *model.Row, now time.Time) string { return r.Headline(now) }},
}

// statusLimit is how many cells a status may take, which is a word of the kubelet or of the runtime: any text, then. Those
// that Kubernetes itself writes are shorter.
const statusLimit = 40

// whyLimit is how many a diagnosis may take, unless the table is wide.
const whyLimit = 100

// table prints rows as kubectl would. Its columns only grow, so that what is printed later stands below what
// was printed before.
type table struct {
	columns []column
	widths  []int
	header  bool
	// whyWidth limits the last column; 0 for no limit.
	whyWidth int
	measure  tui.Measure
	// ask asks the terminal how it counts cells; nil when there is none, and once it has been asked.
	ask func() tui.Measure
}

func newTable(wide, scoped, header bool, ask func() tui.Measure) *table {
	t := &table{header: header, whyWidth: whyLimit, ask: ask}
	if wide {
		t.whyWidth = 0
	}
	for _, c := range columns {
		if (wide || !c.wide) && (scoped || !c.scoped) {
			t.columns = append(t.columns, c)
		}
	}
	t.widths = make([]int, len(t.columns))
	return t
}

// print writes the rows, and the header the first time.
func (t *table) print(out io.Writer, rows []*model.Row, now time.Time) error {
	var lines [][]string
	if t.header {
		names := make([]string, len(t.columns))
		for i, c := range t.columns {
			names[i] = c.name
		}
		lines, t.header = append(lines, names), false
	}
	for _, r := range rows {
		lines = append(lines, t.cells(r, now))
	}
	t.settle(lines)
	for _, line := range lines {
		t.cut(line)
		for i, cell := range line {
			t.widths[i] = max(t.widths[i], t.measure.Cells(cell))
		}
	}
	var text strings.Builder
	for _, line := range lines {
		t.format(&text, line)
	}
	if _, err := io.WriteString(out, text.String()); err != nil {
		return unwritten(err)
	}
	return nil
}

// printGone writes the last that was known of a pod that does not exist any more.
func (t *table) printGone(out io.Writer, r *model.Row, now time.Time) error {
	last := *r
	last.Summary.Status = "Gone"
	columns := t.columns
	defer func() { t.columns = columns }()
	t.columns = append(columns[:len(columns)-1:len(columns)-1], column{
		name: "WHY", cell: func(*model.Row, time.Time) string { return "the pod does not exist any more" },
	})
	return t.print(out, []*model.Row{&last}, now)
}

func (t *table) cells(r *model.Row, now time.Time) []string {
	cells := make([]string, len(t.columns))
	for i, c := range t.columns {
		if cells[i] = model.Printable(c.cell(r, now)); cells[i] == "" && i < len(cells)-1 {
			cells[i] = "-"
		}
	}
	return cells
}

// settle asks the terminal how it counts cells as soon as there is a text that is not as wide either way. There hardly ever is one.
func (t *table) settle(lines [][]string) {
	differs := func(cell string) bool { return tui.PerRune.Cells(cell) != tui.PerGrapheme.Cells(cell) }
	if t.ask != nil && slices.ContainsFunc(lines, func(line []string) bool { return slices.ContainsFunc(line, differs) }) {
		t.measure, t.ask = t.ask(), nil
	}
}

// cut holds the cells of a line to the limits of their columns.
func (t *table) cut(line []string) {
	for i, c := range t.columns {
		limit := c.limit
		if i == len(line)-1 {
			limit = t.whyWidth
		}
		if limit > 0 {
			line[i] = t.measure.Clip(line[i], limit, "…")
		}
	}
}

// format writes one line, its cells three columns apart.
func (t *table) format(text *strings.Builder, line []string) {
	var b strings.Builder
	for i, cell := range line {
		b.WriteString(cell)
		if i < len(line)-1 {
			b.WriteString(strings.Repeat(" ", t.widths[i]-t.measure.Cells(cell)+3))
		}
	}
	text.WriteString(strings.TrimRight(b.String(), " "))
	text.WriteByte('\n')
}

// age is how long ago t was, as kubectl writes it; nothing for a time nobody told.
func age(t, now time.Time) string {
	if t.IsZero() {
		return ""
	}
	return duration.HumanDuration(now.Sub(t))
}

func restartsCell(r *model.Row, now time.Time) string {
	s := r.Summary
	if s.Restarts == 0 || s.LastRestart.IsZero() {
		return fmt.Sprint(s.Restarts)
	}
	return fmt.Sprintf("%d (%s ago)", s.Restarts, age(s.LastRestart, now))
}

// probeCell shows the worst state that the probes of one type are in.
func probeCell(typ model.ProbeType) func(*model.Row, time.Time) string {
	return func(r *model.Row, _ time.Time) string {
		p := r.WorstOf(typ)
		if p == nil {
			return ""
		}
		return p.Word()
	}
}

// trafficCell says in how many Services the pod takes traffic.
func trafficCell(r *model.Row, _ time.Time) string {
	if len(r.Traffic) == 0 {
		if !r.TrafficKnown() {
			return "?"
		}
		return ""
	}
	in := 0
	for _, t := range r.Traffic {
		if t.Ready {
			in++
		}
	}
	return fmt.Sprintf("%d/%d", in, len(r.Traffic))
}

func gatesCell(r *model.Row, _ time.Time) string {
	var words []string
	for _, g := range r.Pod.GateStatuses() {
		words = append(words, g.Type+"="+g.Word())
	}
	return strings.Join(words, ",")
}
