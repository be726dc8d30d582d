package cmd

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"syscall"
	"time"

	"k8s.io/client-go/util/jsonpath"
	"sigs.k8s.io/yaml"

	"github.com/probetop/probetop/model"
	"github.com/probetop/probetop/model/group"
	"github.com/probetop/probetop/recording"
)

// format is a value of -o.
type format string

const (
	formatTable format = "table"
	formatWide  format = "wide"
	formatJSON  format = "json"
	formatYAML  format = "yaml"
	formatLines format = "jsonl"
	formatName  format = "name"
)

var formats = []format{formatTable, formatWide, formatJSON, formatYAML, formatLines, formatName}

func formatNames() string {
	names := make([]string, len(formats))
	for i, f := range formats {
		names[i] = string(f)
	}
	return strings.Join(names, "|")
}

// templateNames are the formats that take a template.
func templateNames() string { return strings.Join(templated[:], "=…|") + "=…" }

// printer writes snapshots and rows in one format.
type printer struct {
	out     io.Writer
	format  format
	context string
	table   *table
	now     func() time.Time
	// template prints a report in a format that takes a template; nil for the others.
	template documentPrinter
	// sortBy is what the pods are sorted by; nil for worst first.
	sortBy *jsonpath.JSONPath
}

// document reports whether the format is one document, which is written even when there is no pod in it.
func (p *printer) document() bool {
	return p.format == formatJSON || p.format == formatYAML || p.template != nil
}

// snapshot writes everything in s as seen at a moment; ages are as of the printer's clock.
func (p *printer) snapshot(s *model.Snapshot, at time.Time) error {
	if !p.document() {
		rows, err := p.sorted(s, at)
		if err != nil {
			return err
		}
		if err := p.groups(rows, at); err != nil {
			return err
		}
		return p.rows(rows)
	}
	report := reportOf(s, p.context, at)
	if p.sortBy != nil {
		if err := sortPods(&report, p.sortBy); err != nil {
			return err
		}
	}
	if p.template != nil {
		return p.byTemplate(&report)
	}
	data, err := encode(&report, "  ")
	if err == nil && p.format == formatYAML {
		data, err = yaml.JSONToYAML(recording.Escape(data))
		data = harmless(data) // it is not quoted any more
	}
	if err != nil {
		return err
	}
	return p.write(append(bytes.TrimRight(data, "\n"), '\n'))
}

// sorted returns the rows of a snapshot in the order in which they are printed.
func (p *printer) sorted(s *model.Snapshot, at time.Time) ([]*model.Row, error) {
	rows := worstFirst(s)
	if p.sortBy == nil {
		return rows, nil
	}
	report := reportOf(s, p.context, at)
	if err := sortPods(&report, p.sortBy); err != nil {
		return nil, err
	}
	place := make(map[model.UID]int, len(report.Pods))
	for i := range report.Pods {
		place[report.Pods[i].UID] = i
	}
	slices.SortFunc(rows, func(a, b *model.Row) int { return place[a.Pod.UID] - place[b.Pod.UID] })
	return rows, nil
}

// maxGroups is how many groups have a line above the table.
const maxGroups = 5

// groups writes, above a table with a header, a line for each of the largest groups of pods that fail alike, and for each place
// that many faults share.
func (p *printer) groups(rows []*model.Row, at time.Time) error {
	if p.format != formatTable && p.format != formatWide || !p.table.header {
		return nil
	}
	var lines strings.Builder
	for i, g := range model.Alike(rows, at.In(time.Local)) {
		if i == maxGroups {
			break
		}
		lines.WriteString("! " + g.Headline + "\n")
	}
	for _, s := range suspects(rows) {
		if s.By == group.Node || s.By == group.Zone || s.By == group.Image { // the others are groups, or columns
			lines.WriteString("! " + model.Printable(s.Text) + "\n")
		}
	}
	return p.write([]byte(lines.String()))
}

// rows writes a line for each row.
func (p *printer) rows(rows []*model.Row) error { return p.rowsAt(rows, p.now()) }

// rowsAt writes a line for each row with ages as of now.
func (p *printer) rowsAt(rows []*model.Row, now time.Time) error {
	switch p.format {
	case formatLines:
		together := &model.Snapshot{Rows: rows}
		for _, r := range rows {
			if err := p.line(podReport(together, r, now)); err != nil {
				return err
			}
		}
		return nil
	case formatName:
		var names strings.Builder
		for _, r := range rows {
			names.WriteString("pod/" + model.Printable(r.Pod.Name) + "\n")
		}
		return p.write([]byte(names.String()))
	}
	return p.table.print(p.out, rows, now)
}

// gone writes a line for a pod that does not exist any more.
func (p *printer) gone(r *model.Row) error {
	if p.format == formatLines {
		report := podReport(&model.Snapshot{}, r, p.now())
		report.Gone = true
		return p.line(report)
	}
	return p.table.printGone(p.out, r, p.now())
}

func (p *printer) line(r PodReport) error {
	data, err := encode(&r, "")
	if err != nil {
		return err
	}
	return p.write(append(data, '\n'))
}

func (p *printer) write(data []byte) error {
	if _, err := (escaper{p.out}).Write(data); err != nil {
		return unwritten(err)
	}
	return nil
}

// unwritten says that the output could not be written, which is the fault of what it goes to.
func unwritten(err error) error {
	next := "Check where the output goes."
	if errors.Is(err, syscall.ENOSPC) {
		next = "Make room on the disk."
	}
	return because(&failure{sentence: fmt.Sprintf("The output cannot be written: %v. %s", innermost(err), next), code: exitFailing}, err)
}
