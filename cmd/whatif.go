package cmd

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/probetop/probetop/model"
	"github.com/probetop/probetop/model/lint"
	"github.com/probetop/probetop/watch"
)

// WhatIfReport is what lint --replay --set -o json prints: what would have been different in a recording with other settings.
type WhatIfReport struct {
	APIVersion string         `json:"apiVersion"`
	Kind       string         `json:"kind"`
	Context    string         `json:"context"`
	From       time.Time      `json:"from"`
	To         time.Time      `json:"to"`
	Settings   []string       `json:"settings"`
	Series     []SeriesReport `json:"series"`
	Kills      CountReport    `json:"kills"`
	// Unready and Traffic are in seconds: how long containers were not ready by these probes, and how long no Service sent them traffic.
	Unready CountReport `json:"unreadySeconds"`
	Traffic CountReport `json:"noTrafficSeconds"`
	// Limits are what a recording cannot tell.
	Limits  []string `json:"limits"`
	Patches []string `json:"patches"`
}

// CountReport is how much of something there was, and would have been.
type CountReport struct {
	Seen float64 `json:"seen"`
	// Avoided would not have been, Added would have been, Unknown is what the recording does not tell of.
	Avoided float64 `json:"avoided"`
	Added   float64 `json:"added"`
	Unknown float64 `json:"unknown"`
}

// SeriesReport is a number of failures in a row, and what would have become of it.
type SeriesReport struct {
	ContainerName

	Pod            string    `json:"pod"`
	Probe          string    `json:"probe"`
	First          time.Time `json:"first"`
	Last           time.Time `json:"last"`
	Runs           int32     `json:"runs"`
	Bound          string    `json:"bound"`
	Killed         bool      `json:"killed"`
	UnreadySeconds float64   `json:"unreadySeconds"`
	Effect         string    `json:"effect"`
	Certainty      string    `json:"certainty"`
	Why            string    `json:"why"`
}

// whatIf says what would have been in a recording with the settings of --set.
func (o *lintOptions) whatIf() error {
	settings, err := o.parseSettings()
	if err != nil {
		return err
	}
	tape, err := o.openTape(o.replay)
	if err != nil {
		return err
	}
	damaged(o.streams, tape)
	r := whatIfReport(o.seriesOf(tape), settings)
	r.Context, r.From, r.To = tape.Header().Context, tape.Start().UTC(), tape.End().UTC()
	s, err := o.narrow(tape.At(tape.End()))
	if err != nil {
		return err
	}
	rows := worstFirst(s)
	if len(patches(rows, settings)) == 0 {
		return usage("No probe of the recording would be different with --set %s. Check the container and what its probes have now.", strings.Join(o.settings, ","))
	}
	r.Patches = patches(r.better(rows), settings)
	p := &printer{out: o.streams.Out}
	if o.format == "json" {
		data, err := encode(r, "  ")
		if err != nil {
			return err
		}
		return p.write(append(data, '\n'))
	}
	return p.write(harmless([]byte(r.text())))
}

func (o *lintOptions) parseSettings() ([]lint.Setting, error) {
	if o.format != "table" && o.format != "json" {
		return nil, usage("-o %s has no words for what would have been. Use -o json.", o.format)
	}
	settings := make([]lint.Setting, len(o.settings))
	for i, text := range o.settings {
		s, err := lint.ParseSetting(text)
		if err != nil {
			return nil, usage("--set: %v.", err)
		}
		settings[i] = s
	}
	return settings, nil
}

// seriesOf finds the series of failures of what the flags select.
func (o *lintOptions) seriesOf(tape *watch.Tape) []lint.Series {
	collector, selected := lint.NewCollector(), map[model.UID]bool{}
	tape.Each(func(at time.Time, ch model.RowChange) {
		row := ch.Is
		if row == nil {
			row = ch.Was
		}
		if !o.selects() {
			collector.Observe(at, ch)
			return
		}
		takes, known := selected[row.Pod.UID]
		if !known {
			s, err := watch.Narrow(&model.Snapshot{Rows: []*model.Row{row}}, watch.Request{Namespaces: o.namespaces, Labels: o.labels, Fields: o.fields, Args: o.args})
			takes = err == nil && len(s.Rows) > 0
			selected[row.Pod.UID] = takes
		}
		if takes {
			collector.Observe(at, ch)
		}
	})
	return collector.End(tape.End())
}

func whatIfReport(series []lint.Series, settings []lint.Setting) *WhatIfReport {
	r := &WhatIfReport{APIVersion: "probetop/v1alpha1", Kind: "WhatIfReport", Series: []SeriesReport{}, Settings: []string{}}
	for _, s := range settings {
		r.Settings = append(r.Settings, s.String())
	}
	for i := range series {
		if outcome, ok := lint.WhatIf(&series[i], settings); ok {
			r.add(&series[i], outcome)
		}
	}
	slices.SortStableFunc(r.Series, func(a, b SeriesReport) int { // those that would have been different first
		return cmp.Or(boolRank(a.Effect == string(lint.Same))-boolRank(b.Effect == string(lint.Same)), a.First.Compare(b.First))
	})
	r.Limits = limits(settings)
	return r
}

func boolRank(b bool) int {
	if b {
		return 1
	}
	return 0
}

// better are the pods of the workloads for which something would have been different, or may have been.
func (r *WhatIfReport) better(rows []*model.Row) []*model.Row {
	return slices.DeleteFunc(slices.Clone(rows), func(row *model.Row) bool {
		workload := cmp.Or(row.Pod.Owner.String(), "Pod/"+row.Pod.Name)
		return !slices.ContainsFunc(r.Series, func(s SeriesReport) bool {
			return s.Namespace == row.Pod.Namespace && s.Workload == workload && s.Effect != string(lint.Same)
		})
	})
}

// add counts a series.
func (r *WhatIfReport) add(s *lint.Series, o lint.Outcome) {
	bound := model.AtLeast
	if s.Exact {
		bound = model.Exact
	}
	r.Series = append(r.Series, SeriesReport{
		ContainerName: ContainerName(s.Subject), Pod: s.Pod, Probe: s.Probe.String(), First: s.First.UTC(), Last: s.Last.UTC(), Runs: s.Runs, Bound: string(bound),
		Killed: s.Killed, UnreadySeconds: s.Unready.Seconds(), Effect: string(o.Effect), Certainty: o.Certainty.String(), Why: o.Why,
	})
	if s.Probe == model.Readiness {
		r.Unready.time(s.Unready, o)
		r.Traffic.time(s.Out, o)
		return
	}
	if s.Killed {
		r.Kills.Seen++
	}
	switch o.Effect {
	case lint.Avoided:
		r.Kills.Avoided++
	case lint.Added:
		r.Kills.Added++
	case lint.Unsettled:
		r.Kills.Unknown++
	}
}

// time counts a stretch of time and what would have become of it.
func (c *CountReport) time(d time.Duration, o lint.Outcome) {
	c.Seen += d.Seconds()
	switch o.Effect {
	case lint.Avoided:
		c.Avoided += d.Seconds()
	case lint.Unsettled:
		c.Unknown += d.Seconds()
	case lint.Later, lint.Sooner:
		if o.Shift > 0 {
			c.Avoided += min(o.Shift, d).Seconds()
		} else if d > 0 {
			c.Added -= o.Shift.Seconds()
		}
	}
}

// limits are what a recording cannot tell about settings.
func limits(settings []lint.Setting) []string {
	out := []string{"Runs that succeed leave no trace: how long they took, and how many failures a lower timeout or threshold would have made of them, is not known."}
	for _, s := range settings {
		switch s.Field {
		case "timeoutSeconds":
			out = append(out, "What a run that timed out would have answered later is not known, unless a run from here at that time tells.")
		case "periodSeconds":
			out = append(out, "It is taken for granted that what was wrong was so all the time between two failures.")
		}
	}
	return slices.Compact(out)
}

// maxSeries is how many series the text names.
const maxSeries = 20

// text writes the report for people.
func (r *WhatIfReport) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "With %s, from %s to %s:\n\n", strings.Join(r.Settings, ", "), r.From.Format(time.TimeOnly), r.To.Format(time.TimeOnly))
	fmt.Fprintf(&b, "  kills        %s\n", r.Kills.text(func(n float64) string { return fmt.Sprint(n) }))
	fmt.Fprintf(&b, "  not ready    %s\n", r.Unready.text(secondsText))
	fmt.Fprintf(&b, "  no traffic   %s\n\n", r.Traffic.text(secondsText))
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	if len(r.Series) > 0 {
		fmt.Fprintln(w, "FIRST\tPOD\tPROBE\tFAILURES\tTHEN\tCERTAINTY\tWHY")
	}
	for i := range r.Series {
		if i == maxSeries {
			break
		}
		s := &r.Series[i]
		runs := fmt.Sprint(s.Runs)
		if s.Bound == string(model.AtLeast) {
			runs += "+"
		}
		fmt.Fprintf(w, "%s\t%s\t%s of %s\t%s\t%s\t%s\t%s\n", s.First.Format(time.TimeOnly), model.Printable(strings.TrimPrefix(s.Namespace+"/"+s.Pod, "/")),
			s.Probe, model.Printable(s.Container), runs, s.Effect, s.Certainty, model.Printable(s.Why))
	}
	_ = w.Flush() // into memory
	if n := len(r.Series) - maxSeries; n > 0 {
		fmt.Fprintf(&b, "and %d more: -o json has all of them\n", n)
	}
	if len(r.Series) == 0 {
		b.WriteString("None of these probes has failed in the recording.\n")
	}
	b.WriteString("\n" + strings.Join(r.Limits, "\n") + "\n")
	if len(r.Patches) > 0 {
		b.WriteString("\nTo set it:\n  " + strings.Join(r.Patches, "\n  ") + "\n")
	} else {
		b.WriteString("\nNothing would have been different.\n")
	}
	return b.String()
}

// text writes how much there was, and would have been.
func (c *CountReport) text(amount func(float64) string) string {
	parts := []string{amount(c.Seen) + " seen"}
	for _, p := range [...]struct {
		n    float64
		word string
	}{{c.Avoided, "avoided"}, {c.Added, "added"}, {c.Unknown, "unknown"}} {
		if p.n != 0 {
			parts = append(parts, amount(p.n)+" "+p.word)
		}
	}
	return strings.Join(parts, ", ")
}

// patchable are the kinds that have a template which kubectl can patch by name.
var patchable = []string{"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"}

// patches are command lines that change the workloads which the settings are about, and remarks on what cannot be changed so.
func patches(rows []*model.Row, settings []lint.Setting) []string {
	var lines []string
	for _, row := range rows {
		for i := range row.Pod.Containers {
			if line := patch(row.Pod, &row.Pod.Containers[i], settings); line != "" && !slices.Contains(lines, line) {
				lines = append(lines, line)
			}
		}
	}
	return lines
}

func patch(pod *model.Pod, c *model.Container, settings []lint.Setting) string {
	fields := map[string]any{}
	for _, typ := range model.ProbeTypes {
		if set := lint.Changes(settings, c, typ); len(set) > 0 {
			fields[typ.String()+"Probe"] = set
		}
	}
	if len(fields) == 0 {
		return ""
	}
	if !slices.Contains(patchable, pod.Owner.Kind) {
		return fmt.Sprintf("# %s/%s: change the manifest of %s; probes of a pod that exists cannot be changed", pod.Namespace, pod.Name, c.Name)
	}
	fields["name"] = c.Name
	list := "containers"
	if c.Kind != model.Main {
		list = "initContainers"
	}
	data, err := json.Marshal(map[string]any{"spec": map[string]any{"template": map[string]any{"spec": map[string]any{list: []any{fields}}}}})
	if err != nil {
		return ""
	}
	return model.ShellLine([]string{"kubectl", "patch", strings.ToLower(pod.Owner.Kind), pod.Owner.Name, "-n", pod.Namespace, "-p", string(data)})
}
