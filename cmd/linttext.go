package cmd

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/probetop/probetop/model"
	"github.com/probetop/probetop/model/lint"
)

// write prints a report in the format of -o.
func (o *lintOptions) write(r *LintReport) error {
	p := &printer{out: o.streams.Out}
	switch o.format {
	case "json":
		data, err := encode(r, "  ")
		if err != nil {
			return err
		}
		return p.write(append(data, '\n'))
	case "sarif":
		data, err := encode(new(sarifOf(r)), "  ")
		if err != nil {
			return err
		}
		return p.write(append(data, '\n'))
	case "github":
		return p.write([]byte(githubLines(r)))
	}
	return p.write(harmless([]byte(lintText(r))))
}

// lintText writes a report for people: a line for each finding, why each rule is one, and the coverage.
func lintText(r *LintReport) string {
	var b strings.Builder
	findingsTable(&b, r.Findings)
	whyRules(&b, r.Findings)
	b.WriteString(countLine(r) + "\n")
	coverageText(&b, &r.Coverage)
	return b.String()
}

// findingsTable writes the findings below each other.
func findingsTable(b *strings.Builder, findings []LintFinding) {
	if len(findings) == 0 {
		return
	}
	w := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "LEVEL\tRULE\tWHERE\tFINDING")
	for i := range findings {
		f := &findings[i]
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", f.Level, f.Rule, model.Printable(f.where()), model.Printable(f.Evidence))
	}
	_ = w.Flush() // into memory
	b.WriteByte('\n')
}

// where names the place of a finding as short as it is still found: a line, a workload or a node.
func (f *LintFinding) where() string {
	switch {
	case f.File != "":
		return fmt.Sprintf("%s:%d %s", f.File, f.Line, f.Workload)
	case f.Node != "":
		return "node/" + f.Node
	}
	where := strings.TrimPrefix(f.Namespace+"/"+f.Workload, "/")
	if f.Pods > 1 {
		where += fmt.Sprintf(" (%d pods)", f.Pods)
	}
	return where
}

// whyRules says of each rule that has found something why that hurts and what to do, the first time it is named.
func whyRules(b *strings.Builder, findings []LintFinding) {
	var said []string
	for i := range findings {
		if f := &findings[i]; !slices.Contains(said, f.Rule) {
			said = append(said, f.Rule)
			fmt.Fprintf(b, "%s: %s\n  fix: %s\n", f.Rule, sentence(model.Printable(f.Consequence))+".", f.Fix)
		}
	}
	if len(said) > 0 {
		b.WriteByte('\n')
	}
}

// countLine counts the findings by level.
func countLine(r *LintReport) string {
	var parts []string
	for _, level := range lint.Levels {
		n := 0
		for i := range r.Findings {
			if r.Findings[i].Level == string(level) {
				n++
			}
		}
		if n > 0 {
			parts = append(parts, plural(n, string(level)))
		}
	}
	line := cmp.Or(strings.Join(parts, ", "), "no findings")
	if n := len(r.Accepted); n > 0 {
		line += fmt.Sprintf("; %d accepted", n)
	}
	return line
}

// plural writes a number of things.
func plural(n int, what string) string {
	if n != 1 && what != string(lint.Advice) {
		what += "s"
	}
	return fmt.Sprintf("%d %s", n, what)
}

// maxNamed is how many containers a line of the coverage names.
const maxNamed = 5

// consequences are what the kubelet does when a probe of each type has failed often enough.
var consequences = map[string]string{
	model.Startup.String(): "restarted", model.Readiness.String(): "out of its Services", model.Liveness.String(): "restarted",
}

// coverageText writes how many containers have which probes, how long a failure takes to act, and how long starts take.
func coverageText(b *strings.Builder, c *CoverageReport) {
	if c.Containers == 0 {
		return
	}
	fmt.Fprintf(b, "%s, %d without any probe%s\n", plural(c.Containers, "container"), len(c.Bare), namesOf(c.Bare))
	for _, p := range c.Probes {
		if p.Containers == 0 {
			fmt.Fprintf(b, "  %-9s  none\n", p.Type)
			continue
		}
		fmt.Fprintf(b, "  %-9s  %d of %d; a failure has it %s within %s (median %s, slowest %s)\n", p.Type, p.Containers, c.Containers, consequences[p.Type],
			secondsText(p.WorstSeconds), secondsText(p.MedianSeconds), model.Printable(p.Slowest.String()))
	}
	startsText(b, c.Starts)
}

// startsText compares the starts that were seen with what they may take, the tightest first.
func startsText(b *strings.Builder, starts []StartReport) {
	unseen := 0
	for i := range starts {
		s := &starts[i]
		if s.SeenSeconds == 0 {
			unseen++
			continue
		}
		if i < maxNamed {
			fmt.Fprintf(b, "  %s took up to %s to start; %s allows %s\n", model.Printable(s.String()),
				secondsText(s.SeenSeconds), s.Probe, secondsText(s.BudgetSeconds))
		}
	}
	if unseen > 0 {
		fmt.Fprintf(b, "  no start was seen of %s that a probe restarts when it takes too long\n", plural(unseen, "container"))
	}
}

// String names a container by its workload.
func (n ContainerName) String() string {
	return strings.TrimPrefix(n.Namespace+"/"+n.Workload+"/"+n.Container, "/")
}

// namesOf names the first few containers.
func namesOf(names []ContainerName) string {
	if len(names) == 0 {
		return ""
	}
	var words []string
	for i, n := range names {
		if i == maxNamed {
			words = append(words, fmt.Sprintf("and %d more", len(names)-maxNamed))
			break
		}
		words = append(words, model.Printable(n.String()))
	}
	return ": " + strings.Join(words, ", ")
}

// secondsText writes a number of seconds as a duration.
func secondsText(s float64) string {
	return time.Duration(s * float64(time.Second)).Round(time.Millisecond).String()
}

// writeRules lists the rules.
func (o *lintOptions) writeRules() error {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "RULE\tLEVEL\tWHAT")
	for _, t := range lint.Texts {
		levels := make([]string, len(t.Levels))
		for i, l := range t.Levels {
			levels[i] = string(l)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\n", t.Rule, strings.Join(levels, ", "), t.What)
	}
	_ = w.Flush() // into memory
	return (&printer{out: o.streams.Out}).write([]byte(b.String()))
}
