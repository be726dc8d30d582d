package model

import (
	"cmp"
	"slices"
	"time"
)

// Level is how much a finding matters.
type Level string

// The levels, worst first.
const (
	// LevelError is a probe that does not do what it is there for.
	LevelError Level = "error"
	// LevelWarning is one that will do harm when things go wrong.
	LevelWarning Level = "warning"
	// LevelAdvice is one that could do better.
	LevelAdvice Level = "advice"
)

// Rule names a rule of Lint or LintNodes.
type Rule string

// The rules.
const (
	RuleNoReadiness            Rule = "no-readiness"
	RuleLivenessWithoutStartup Rule = "liveness-without-startup"
	RuleLivenessIsReadiness    Rule = "liveness-is-readiness"
	RuleLivenessFaster         Rule = "liveness-faster"
	RuleTimeoutTight           Rule = "timeout-tight"
	RuleTimeoutOverPeriod      Rule = "timeout-over-period"
	RuleStartupBudget          Rule = "startup-budget"
	RuleExecRate               Rule = "exec-rate"
	RulePortUnresolved         Rule = "port-unresolved"
	RuleHostSet                Rule = "host-set"
	RuleVariableEmpty          Rule = "variable-empty"
	RuleGraceBelowPreStop      Rule = "grace-below-prestop"
)

// Finding is what a rule has found.
type Finding struct {
	Rule  Rule
	Level Level
	// Container is the container it is about, or Node the node; the other is empty.
	Container, Node string
	// Evidence is what is so, and Consequence what that leads to, each a sentence without a full stop.
	Evidence, Consequence string
	// Fields are the fields of the pod to change, containers spelled as events do:
	// spec.containers{web}.livenessProbe.timeoutSeconds.
	Fields []string
}

// Measures are what somebody measured about the probes of a pod. The zero value is that nobody did.
type Measures struct {
	// Duration is the longest that a probe took.
	Duration map[Key]time.Duration
	// Start is the longest that a container took from its start until it first answered well.
	Start map[string]time.Duration
}

// Lint returns what is questionable about the probes of a pod, the worst first. A rule that lacks a fact it needs
// says nothing.
func Lint(r *Row, m Measures) []Finding {
	if r.Pod.Terminal() {
		return nil
	}
	var findings []Finding
	for i := range r.Pod.Containers {
		l := linter{row: r, container: &r.Pod.Containers[i], measures: m}
		for _, rule := range containerRules {
			rule(&l)
		}
		findings = append(findings, l.findings...)
	}
	sortFindings(findings)
	return findings
}

func sortFindings(findings []Finding) {
	rank := map[Level]int{LevelError: 0, LevelWarning: 1, LevelAdvice: 2}
	slices.SortStableFunc(findings, func(a, b Finding) int { return cmp.Compare(rank[a.Level], rank[b.Level]) })
}

// containerRules hold for each container by itself.
var containerRules = [...]func(*linter){
	(*linter).noReadiness, (*linter).withoutStartup, (*linter).alike, (*linter).faster,
	(*linter).tight, (*linter).overPeriod, (*linter).budget,
	(*linter).unresolved, (*linter).host, (*linter).variables, (*linter).grace,
}

// linter looks at one container.
type linter struct {
	row       *Row
	container *Container
	measures  Measures
	findings  []Finding
}

// find adds a finding. The fields are those of the container.
func (l *linter) find(rule Rule, level Level, evidence, consequence string, fields ...string) {
	f := Finding{Rule: rule, Level: level, Container: l.container.Name, Evidence: evidence, Consequence: consequence}
	for _, field := range fields {
		f.Fields = append(f.Fields, l.container.field(field))
	}
	l.findings = append(l.findings, f)
}

// field is the path of a container's field in its pod.
func (c *Container) field(field string) string {
	list := "containers"
	if c.Kind != Main {
		list = "initContainers"
	}
	return "spec." + list + "{" + c.Name + "}." + field
}

// field is the path of a probe's field in its container.
func (t ProbeType) field(field string) string { return t.String() + "Probe." + field }

// start is the longest time that the container is known to have taken to start: as measured, or after a restart
// that the watch saw.
func (l *linter) start(after func(*Restart) time.Duration) time.Duration {
	longest := l.measures.Start[l.container.Name]
	for i := range l.row.Restarts {
		if r := &l.row.Restarts[i]; r.Container == l.container.Name {
			longest = max(longest, after(r))
		}
	}
	return longest
}

// detection is how long a probe takes to reach its threshold.
func (p *ProbeSpec) detection() time.Duration { return p.Period * time.Duration(p.FailureThreshold) }

// patience is how long a container may fail after its start before the probe restarts it.
func (p *ProbeSpec) patience() time.Duration {
	return p.InitialDelay + p.Period*time.Duration(p.FailureThreshold-1)
}
