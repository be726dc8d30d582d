package card

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/probetop/probetop/model"
	"github.com/probetop/probetop/model/compare"
)

// moment words a time of the last day by its time alone, and others by their date, too.
func (c *card) moment(t time.Time) string {
	switch {
	case t.IsZero():
		return "-"
	case c.Now.Sub(t).Abs() < 12*time.Hour:
		return t.UTC().Format(time.TimeOnly)
	}
	return t.UTC().Format(time.DateTime)
}

// facts lists where a pod is, how it is, and who sends it traffic.
func (c *card) facts(r *model.Row) string {
	var b strings.Builder
	item := func(name string, words ...string) {
		b.WriteString("- **" + name + ":** " + strings.Join(words, " · ") + "\n")
	}
	state := []string{r.Severity.String(), code(r.Summary.Status), fmt.Sprintf("%d/%d ready", r.Summary.Ready, r.Summary.Total)}
	if !r.Since.IsZero() {
		state = append(state, "since "+c.moment(r.Since)+" UTC ("+c.Now.Sub(r.Since).Round(time.Second).String()+")")
	}
	if n := r.Summary.Restarts; n > 0 {
		state = append(state, "restarts "+strconv.Itoa(int(n)))
	}
	if d := r.Diagnosis(c.Now); d != nil {
		state = append(state, "certainty "+d.Certainty.String())
	}
	item("State", state...)
	if r.Pod.Node != "" {
		place := []string{code(r.Pod.Node)}
		if n := r.Node; n != nil {
			place = append(place, "Ready "+n.Ready.String(), "kubelet "+code(n.KubeletVersion))
			if n.Zone != "" {
				place = append(place, "zone "+code(n.Zone))
			}
		}
		item("Node", place...)
	}
	if o := r.Pod.Owner.String(); o != "" {
		owner := []string{code(o)}
		if r.Pod.Owner.Revision != "" {
			owner = append(owner, "revision "+code(r.Pod.Owner.Revision))
		}
		item("Workload", owner...)
	}
	for _, k := range r.Pod.Containers {
		if k.Image() != "" {
			item("Image of "+code(k.Name), code(k.Image()))
		}
	}
	if len(r.Traffic) > 0 {
		var traffic []string
		for _, t := range r.Traffic {
			word := "out of "
			if t.Ready {
				word = "in "
			}
			traffic = append(traffic, word+code(t.Service))
		}
		item("Traffic", traffic...)
	}
	return b.String()
}

// probes lists what is known of each probe, and what follows.
func (c *card) probes(r *model.Row) []string {
	var lines []string
	for i := range r.Probes {
		p := &r.Probes[i]
		line := p.Type.String() + " of " + said(p.Container.Name) + ": " + p.State.String()
		if f := p.Failures; p.Fails() && f.Run > 0 {
			line += fmt.Sprintf(" %d of %d", f.Run, f.Threshold)
			if f.Bound == model.AtLeast {
				line += " (at least)"
			}
		}
		line += ", certainty " + p.Certainty.String()
		if q := r.Forecast(p, c.Now).Consequence; q.Kind != model.NoConsequence {
			line += "; " + string(q.Kind) + " between " + c.moment(q.Earliest) + " and " + c.moment(q.Latest)
		}
		lines = append(lines, line, "  "+said(p.Spec.Summary()))
		if e := p.LastFailure(); e != nil {
			lines = append(lines, fmt.Sprintf("  %s  %s  %s", c.moment(e.Last), p.Cause(), said(e.Text())))
		}
	}
	return lines
}

// evidence lists what the diagnosis rests on, in the words of the cluster.
func (c *card) evidence(d *model.Diagnosis) []string {
	var rows [][]string
	for _, e := range d.Evidence {
		rows = append(rows, []string{c.moment(e.At), e.Source, said(e.Text)})
	}
	return columns(rows)
}

// restarts is the ledger.
func (c *card) restarts(r *model.Row) []string {
	var rows [][]string
	for i := range r.Restarts {
		e := &r.Restarts[i]
		if i == maxRestarts {
			rows = append(rows, []string{"and " + strconv.Itoa(len(r.Restarts)-i) + " before"})
			break
		}
		how := "exit code " + strconv.Itoa(int(e.ExitCode))
		switch {
		case e.Untold:
			how = "no status tells how"
		case e.Signal != 0:
			how = "signal " + strconv.Itoa(int(e.Signal))
		}
		lived := ""
		if e.Lived > 0 {
			lived = "after " + e.Lived.Round(time.Second).String()
		}
		rows = append(rows, []string{
			c.moment(e.At), said(e.Container), string(e.Cause), how, lived, strings.TrimSuffix(e.Certainty.String()+": "+said(e.Text), ": "),
		})
	}
	return columns(rows)
}

// agreements lists what the probes come to from here, and how that compares with the kubelet's word.
func (c *card) agreements(r *model.Row) []string {
	if c.Snapshot == nil {
		return nil
	}
	var lines []string
	for i := range r.Probes {
		p := &r.Probes[i]
		if p.Shadow == nil {
			continue
		}
		run, a := p.Shadow.Last(), compare.AgreementOf(c.Snapshot, r, p, c.Now)
		line := fmt.Sprintf("%s of %s: from here %s at %s", p.Type, said(p.Container.Name), run.Verdict, c.moment(run.At))
		if run.Text != "" {
			line += " (" + said(run.Text) + ")"
		}
		line += "; kubelet " + a.Kubelet.Verdict.String()
		lines = append(lines, line)
		if a.Text != "" {
			lines = append(lines, "  "+a.Class.Name()+", certainty "+a.Certainty.String()+": "+said(a.Text))
		}
	}
	return lines
}

// commands are what shows the same again, and what the diagnosis advises.
func (c *card) commands(r *model.Row, d *model.Diagnosis) []string {
	name, namespace := r.Pod.Name, r.Pod.Namespace
	if !plain(name) || !plain(namespace) {
		return nil
	}
	lines := []string{
		"kubectl describe pod -n " + namespace + " " + name,
		"probetop get pod/" + name + " -n " + namespace + " -o yaml",
	}
	if d != nil {
		for _, a := range d.Actions {
			if a.Command != "" {
				lines = append(lines, a.Command) // without a remark: an interactive zsh takes # for a word
			}
		}
	}
	return lines
}

// plain reports whether a shell takes a name as it is.
func plain(name string) bool {
	return name != "" && name[0] != '-' && strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789-.") == ""
}
