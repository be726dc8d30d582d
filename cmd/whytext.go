package cmd

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/probetop/probetop/model"
	"github.com/probetop/probetop/model/group"
)

const (
	// causesShown and podsShown are how many causes, and pods with a fault, a subject of many pods has lines for.
	causesShown, podsShown = 8, 10
)

// sheet is an answer to why in the making.
type sheet struct{ strings.Builder }

// line writes a line. Whatever others wrote is made printable.
func (b *sheet) line(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	indent := len(text) - len(strings.TrimLeft(text, " "))
	b.WriteString(text[:indent] + model.Printable(text[indent:]) + "\n")
}

// subject writes what is wrong with a subject, and the worst of its pods.
func (b *sheet) subject(sub subject, at time.Time) {
	faults := model.Faults(sub.rows, at)
	if len(sub.rows) == 1 {
		b.pod(sub.rows[0], at)
		return
	}
	if len(faults) == 0 {
		b.line("✓ %s", sub.headline(nil, at))
		for _, r := range worstFirst(&model.Snapshot{Rows: sub.rows}) {
			if said := r.Headline(at); said != "" && r.Pod.Phase != "Failed" {
				b.line("  pod/%s: %s", r.Pod.Name, said)
			}
		}
		return
	}
	b.line("✖ %s", sub.headline(faults, at))
	b.causes(sub, faults, at)
	b.WriteString("\n")
	for i, r := range faults {
		if i == podsShown {
			b.line("  and %d more", len(faults)-i)
			break
		}
		b.line("  pod/%s  %d/%d ready, %s, on %s", r.Pod.Name, r.Summary.Ready, r.Summary.Total, r.Summary.Status, orNone(r.Pod.Node))
	}
	b.WriteString("\nThe worst of them\n")
	b.pod(faults[0], at)
}

// causes writes, where a subject has several, each cause with the pods that it is of, and what many faults share.
func (b *sheet) causes(sub subject, faults []*model.Row, at time.Time) {
	groups := model.Alike(faults, at.In(time.Local))
	if !sameCause(groups, faults) && len(faults) > 1 {
		shared := map[int]bool{}
		n := 0
		for _, g := range model.Alike(sub.rows, at.In(time.Local)) {
			if n++; n <= causesShown {
				b.line("  %s", g.Headline)
			}
		}
		for _, g := range groups {
			for _, i := range g.Rows {
				shared[i] = true
			}
		}
		for i, r := range faults {
			if shared[i] {
				continue
			}
			if n++; n <= causesShown {
				b.line("  pod/%s: %s", r.Pod.Name, sentenceOf(r, at))
			}
		}
		if n > causesShown {
			b.line("  and %d more causes", n-causesShown)
		}
	}
	for _, s := range suspects(sub.rows) {
		if s.By == group.Node || s.By == group.Zone || s.By == group.Image {
			b.line("  %s", s.Text)
		}
	}
}

// sameCause reports whether all faults are of one group.
func sameCause(groups []model.GroupDiagnosis, faults []*model.Row) bool {
	return len(groups) == 1 && len(groups[0].Rows) == len(faults)
}

// headline is the sentence about a subject of which so many pods have a fault.
func (sub *subject) headline(faults []*model.Row, at time.Time) string {
	counted := 0
	for _, r := range sub.rows {
		if r.Severity != model.Finished {
			counted++
		}
	}
	counted = max(counted, len(faults))
	switch {
	case len(faults) == 0 && len(sub.rows) == 1:
		return ""
	case len(faults) == 0:
		return fmt.Sprintf("%s: nothing is wrong with its %d pods", sub.name, len(sub.rows))
	case len(sub.rows) == 1:
		return sentenceOf(faults[0], at)
	case len(faults) == 1:
		return fmt.Sprintf("%s: 1 of %d pods is not well: %s", sub.name, counted, sentenceOf(faults[0], at))
	}
	for _, g := range model.Alike(sub.rows, at.In(time.Local)) {
		if len(g.Rows) == len(faults) && sameCause(model.Alike(faults, at), faults) {
			return g.Headline
		}
	}
	return fmt.Sprintf("%s: %d of %d pods are not well", sub.name, len(faults), counted)
}

// sentenceOf is the diagnosis of a pod in one sentence; its status when there is none.
func sentenceOf(r *model.Row, at time.Time) string {
	if text := r.Headline(at); text != "" {
		return text
	}
	return r.Summary.Status
}

func orNone(node string) string {
	if node == "" {
		return "no node"
	}
	return node
}

// pod writes the diagnosis of a pod, its chain, the evidence, and what to run.
func (b *sheet) pod(r *model.Row, at time.Time) {
	d := r.Diagnosis(at)
	switch {
	case d == nil:
		b.line("✓ pod/%s: nothing is wrong", r.Pod.Name)
	case r.Faulty(at):
		b.line("✖ %s", d.Headline)
	default:
		b.line("· %s", d.Headline)
	}
	b.about(r, d, at)
	if steps := r.Why(); len(steps) > 0 {
		b.WriteString("\nFrom scheduling to traffic\n")
		b.chain(steps, at)
	}
	if d != nil {
		b.reasons(d, at)
	}
}

// about writes which pod it is, since when it is so, and how sure that is.
func (b *sheet) about(r *model.Row, d *model.Diagnosis, at time.Time) {
	parts := []string{fmt.Sprintf("pod/%s in %s on %s", r.Pod.Name, r.Pod.Namespace, orNone(r.Pod.Node))}
	if owner := r.Pod.Owner.String(); owner != "" {
		if rev := r.Pod.Owner.Revision; rev != "" {
			owner += ", revision " + rev
		}
		parts = append(parts, owner)
	}
	parts = append(parts, fmt.Sprintf("%d/%d ready, %s, %d restarts", r.Summary.Ready, r.Summary.Total, r.Summary.Status, r.Summary.Restarts))
	b.line("  %s", strings.Join(parts, "; "))
	if d == nil {
		return
	}
	sure := "certainty " + d.Certainty.String()
	if !d.Since.IsZero() {
		sure = "since " + timeOfDay(d.Since) + " (" + age(d.Since, at) + "); " + sure
	}
	b.line("  %s", sure)
}

// chain writes the links from scheduling to traffic.
func (b *sheet) chain(steps []model.Step, at time.Time) {
	first := true
	for _, s := range steps {
		mark := "✓"
		switch {
		case s.Unknown:
			mark = "?"
		case !s.OK && first:
			mark, first = "✖", false
		case !s.OK:
			mark = "·"
		}
		since := ""
		if !s.Since.IsZero() {
			since = "  (" + timeOfDay(s.Since) + ", " + age(s.Since, at) + " ago)"
		}
		b.line("  %s %-15s  %s%s", mark, s.Name, s.Text, since)
	}
}

// identity is what makes texts of the runtime differ that say the same.
var identity = regexp.MustCompile(`[0-9a-f]{12,64}| \([0-9]+ times\)|\(combined from similar events\): `)

// distinct leaves out evidence that says the same as what is newer.
func distinct(all []model.Remark) []model.Remark {
	var kept []model.Remark
	seen := map[string]bool{}
	for _, e := range all {
		if key := identity.ReplaceAllString(e.Text, ""); !seen[key] {
			seen[key] = true
			kept = append(kept, e)
		}
	}
	return kept
}

// reasons writes what a diagnosis rests on, and what to run.
func (b *sheet) reasons(d *model.Diagnosis, at time.Time) {
	if len(d.Evidence) > 0 {
		b.WriteString("\nEvidence\n")
	}
	for _, e := range distinct(d.Evidence) {
		when, ago := "-", ""
		if !e.At.IsZero() {
			when, ago = timeOfDay(e.At), age(e.At, at)+" ago"
		}
		b.line("  %-8s  %-8s  %-9s  %s", when, ago, e.Source, e.Text)
	}
	if len(d.Actions) > 0 {
		b.WriteString("\nWhat to run\n")
	}
	for _, a := range d.Actions {
		b.line("  %s", a.Text)
		if a.Command != "" {
			b.line("    %s", a.Command)
		}
	}
}
