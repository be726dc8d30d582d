package cmd

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/probetop/probetop/model"
	"github.com/probetop/probetop/model/lint"
	"github.com/probetop/probetop/watch/manifest"
)

// LintReport is what lint -o json prints.
type LintReport struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	// At and Context are left out for manifests.
	At       time.Time      `json:"at,omitzero"`
	Context  string         `json:"context,omitempty"`
	Findings []LintFinding  `json:"findings"`
	Accepted []LintFinding  `json:"accepted"`
	Coverage CoverageReport `json:"coverage"`
}

// LintFinding is a finding about a container of a workload, or about a node.
type LintFinding struct {
	Rule  string `json:"rule"`
	Level string `json:"level"`
	// File and Line are where a manifest says it, Source the template that Helm rendered it from.
	File      string `json:"file,omitempty"`
	Line      int    `json:"line,omitempty"`
	Source    string `json:"source,omitempty"`
	Namespace string `json:"namespace,omitempty"`
	// Workload is KIND/NAME: Pod/NAME for a pod without one. Pods is how many of its pods have the finding.
	Workload    string   `json:"workload,omitempty"`
	Pods        int      `json:"pods,omitempty"`
	Container   string   `json:"container,omitempty"`
	Node        string   `json:"node,omitempty"`
	Evidence    string   `json:"evidence"`
	Consequence string   `json:"consequence"`
	Fix         string   `json:"fix"`
	Fields      []string `json:"fields"`
	// Reason is why it is accepted.
	Reason string `json:"reason,omitempty"`
}

// CoverageReport says which probes containers have, and how long a failure takes to act.
type CoverageReport struct {
	Containers int             `json:"containers"`
	Probes     []ProbeCoverage `json:"probes"`
	// Bare are the containers without any probe.
	Bare   []ContainerName `json:"bare"`
	Starts []StartReport   `json:"starts"`
}

// ContainerName names a container.
type ContainerName struct {
	Namespace string `json:"namespace,omitempty"`
	Workload  string `json:"workload"`
	Container string `json:"container"`
}

// ProbeCoverage is how many containers have a probe of a type, and how long a failure takes until the kubelet acts on it.
type ProbeCoverage struct {
	Type       string `json:"type"`
	Containers int    `json:"containers"`
	// WorstSeconds is the longest that a failure may take, MedianSeconds the median over the containers; 0 where there are none.
	WorstSeconds  float64        `json:"worstSeconds"`
	MedianSeconds float64        `json:"medianSeconds"`
	Slowest       *ContainerName `json:"slowest,omitempty"`
}

// StartReport is how long a container may take to start, and the longest start that was seen; 0 for none.
type StartReport struct {
	ContainerName

	Probe         string  `json:"probe"`
	BudgetSeconds float64 `json:"budgetSeconds"`
	SeenSeconds   float64 `json:"seenSeconds"`
}

// report finds what there is to say about rows, which are of manifests unless objects is nil.
func (o *lintOptions) report(rows []*model.Row, objects []manifest.Object) *LintReport {
	r := &LintReport{APIVersion: "probetop/v1alpha1", Kind: "LintReport", Findings: []LintFinding{}, Accepted: []LintFinding{}}
	of, longest := map[model.UID]*manifest.Object{}, longestRuns(rows)
	for i := range objects {
		if m := &objects[i]; m.Pod != nil {
			of[model.UID(m.Pod.UID)] = m
		} else if m.Service == nil && !o.selects() {
			r.Findings = append(r.Findings, o.placed(problemFindings(m), nil, m)...)
		}
	}
	for _, row := range rows {
		m := of[row.Pod.UID]
		open, accepted := lint.Accept(row.Pod, findingsOf(row, m, longest))
		r.Findings = append(r.Findings, o.placed(open, row.Pod, m)...)
		for _, a := range accepted {
			for _, f := range o.placed([]lint.Finding{a.Finding}, row.Pod, m) {
				f.Reason = a.Reason
				r.Accepted = append(r.Accepted, f)
			}
		}
	}
	if objects == nil {
		r.Findings = append(r.Findings, o.placed(lint.Nodes(rows), nil, nil)...)
	}
	r.Findings, r.Accepted = merged(r.Findings), merged(r.Accepted)
	r.Coverage = coverageReport(lint.Cover(rows, objects == nil))
	return r
}

// findingsOf returns what is found about a pod. Of a field that the API server refuses nothing else is said.
func findingsOf(row *model.Row, m *manifest.Object, longest map[measured]time.Duration) []lint.Finding {
	findings := lint.Pod(row, measures(row, m, longest))
	if m == nil {
		return findings
	}
	problems := problemFindings(m)
	findings = slices.DeleteFunc(findings, func(f lint.Finding) bool {
		return slices.ContainsFunc(problems, func(p lint.Finding) bool {
			return len(f.Fields) > 0 && (strings.HasPrefix(f.Fields[0], p.Fields[0]) || strings.HasPrefix(p.Fields[0], f.Fields[0]))
		})
	})
	return append(findings, problems...)
}

// problemFindings are what the API server refuses of a manifest.
func problemFindings(m *manifest.Object) []lint.Finding {
	var findings []lint.Finding
	for _, p := range m.Problems {
		f := lint.Finding{
			Rule: lint.Invalid, Level: lint.Error, Container: p.Container, Evidence: p.Text,
			Consequence: "the API server refuses it", Fields: []string{p.Field},
		}
		if p.Unknown {
			f.Rule, f.Consequence = lint.UnknownField, "kubectl refuses it, and what is not as strict drops it without a word"
		}
		findings = append(findings, f)
	}
	return findings
}

// placed returns the findings that are not disabled, with where they are: in a pod, a manifest, both, or on a node.
func (o *lintOptions) placed(findings []lint.Finding, pod *model.Pod, m *manifest.Object) []LintFinding {
	var out []LintFinding
	for _, f := range findings {
		if slices.Contains(o.disabled, string(f.Rule)) {
			continue
		}
		p := LintFinding{
			Rule: string(f.Rule), Level: string(f.Level), Container: f.Container, Node: f.Node,
			Evidence: f.Evidence, Consequence: f.Consequence, Fix: lint.About(f.Rule).Fix, Fields: f.Fields,
		}
		if pod != nil {
			p.Namespace, p.Workload, p.Pods = pod.Namespace, cmp.Or(pod.Owner.String(), "Pod/"+pod.Name), 1
		}
		if m != nil {
			p.Namespace, p.Workload, p.Pods = m.Namespace, m.Kind+"/"+m.Name, 0
			p.File, p.Line, p.Source = m.File, m.LineOf(f.Fields...), m.Source
		}
		out = append(out, p)
	}
	return out
}

// merged makes one of equal findings about the pods of a workload, and sorts them, the worst first.
func merged(all []LintFinding) []LintFinding {
	type key struct {
		rule, file, namespace, workload, container, node, evidence string
		line                                                       int
	}
	at := map[key]int{}
	out := []LintFinding{}
	for _, f := range all {
		k := key{f.Rule, f.File, f.Namespace, f.Workload, f.Container, f.Node, f.Evidence, f.Line}
		if i, known := at[k]; known {
			out[i].Pods += f.Pods
			continue
		}
		at[k] = len(out)
		out = append(out, f)
	}
	slices.SortStableFunc(out, func(a, b LintFinding) int {
		return cmp.Or(
			slices.Index(lint.Levels[:], lint.Level(a.Level))-slices.Index(lint.Levels[:], lint.Level(b.Level)),
			cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Workload, b.Workload),
		)
	})
	return out
}

func coverageReport(c lint.Coverage) CoverageReport {
	r := CoverageReport{Containers: c.Containers, Probes: []ProbeCoverage{}, Bare: []ContainerName{}, Starts: []StartReport{}}
	for _, typ := range model.ProbeTypes {
		p := ProbeCoverage{
			Type: typ.String(), Containers: c.With[typ],
			WorstSeconds: c.Acts[typ].Worst.Seconds(), MedianSeconds: c.Acts[typ].Median.Seconds(),
		}
		if p.Containers > 0 {
			p.Slowest = new(ContainerName(c.Acts[typ].Slowest))
		}
		r.Probes = append(r.Probes, p)
	}
	for _, s := range c.Bare {
		r.Bare = append(r.Bare, ContainerName(s))
	}
	for _, s := range c.Starts {
		r.Starts = append(r.Starts, StartReport{ContainerName(s.Subject), s.Probe.String(), s.Budget.Seconds(), s.Seen.Seconds()})
	}
	return r
}
