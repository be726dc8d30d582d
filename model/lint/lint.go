// Package lint names settings of probes that will hurt. Its rules read rows of package model, and change nothing.
package lint

import (
	"cmp"
	"slices"
	"time"

	"github.com/probetop/probetop/model"
)

// Level is how much a finding matters.
type Level string

// The levels, worst first.
const (
	// Error is a probe that does not do what it is there for.
	Error Level = "error"
	// Warning is one that will do harm when things go wrong.
	Warning Level = "warning"
	// Advice is one that could do better.
	Advice Level = "advice"
)

// Rule names a rule.
type Rule string

// The rules.
const (
	NoReadiness            Rule = "no-readiness"
	LivenessWithoutStartup Rule = "liveness-without-startup"
	LivenessIsReadiness    Rule = "liveness-is-readiness"
	LivenessFaster         Rule = "liveness-faster"
	TimeoutTight           Rule = "timeout-tight"
	TimeoutOverPeriod      Rule = "timeout-over-period"
	StartupBudget          Rule = "startup-budget"
	ExecRate               Rule = "exec-rate"
	PortUnresolved         Rule = "port-unresolved"
	HostSet                Rule = "host-set"
	VariableEmpty          Rule = "variable-empty"
	GraceBelowPreStop      Rule = "grace-below-prestop"
	Invalid                Rule = "invalid"
	UnknownField           Rule = "unknown-field"
	ExecNoShell            Rule = "exec-no-shell"
	CannotFail             Rule = "cannot-fail"
	CurlWithoutFail        Rule = "curl-without-fail"
	LivenessDeep           Rule = "liveness-deep"
	LivenessHasty          Rule = "liveness-hasty"
	TCPLiveness            Rule = "tcp-liveness"
	AlphaProtocol          Rule = "alpha-protocol"
	PortUndeclared         Rule = "port-undeclared"
	SecretHeader           Rule = "secret-header"
	ReadinessSlow          Rule = "readiness-slow"
	ReadinessDelay         Rule = "readiness-delay"
	DelayBesideStartup     Rule = "delay-beside-startup"
	ExecOften              Rule = "exec-often"
	ExecTimeout            Rule = "exec-timeout"
	KillEnds               Rule = "kill-ends"
	GraceDelaysRestart     Rule = "grace-delays-restart"
	SidecarUnawaited       Rule = "sidecar-unawaited"
	DeadlineBelowStartup   Rule = "deadline-below-startup"
	Acceptance             Rule = "acceptance"
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

// Measures are what was measured about the probes of a pod. The zero value is that nothing was.
type Measures struct {
	// Duration is the longest that a probe took.
	Duration map[model.Key]time.Duration
	// Start is the longest that a container took from its start until it first answered well.
	Start map[string]time.Duration
	// ProgressDeadline is how long a Deployment waits for progress; 0 where that is not known.
	ProgressDeadline time.Duration
}

// Pod returns what is questionable about the probes of a pod, the worst first. A rule that lacks a fact it needs
// says nothing.
func Pod(r *model.Row, m Measures) []Finding {
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
	slices.SortStableFunc(findings, func(a, b Finding) int { return cmp.Compare(a.Level.rank(), b.Level.rank()) })
}

// Levels are the levels, worst first.
var Levels = [...]Level{Error, Warning, Advice}

func (l Level) rank() int { return slices.Index(Levels[:], l) }

// AtLeast reports whether a level is as bad as another, or worse.
func (l Level) AtLeast(other Level) bool { return l.rank() <= other.rank() }

// containerRules hold for each container by itself.
var containerRules = [...]func(*linter){
	(*linter).noReadiness, (*linter).withoutStartup, (*linter).alike, (*linter).faster,
	(*linter).tight, (*linter).overPeriod, (*linter).budget,
	(*linter).unresolved, (*linter).host, (*linter).variables, (*linter).grace,
	(*linter).noShell, (*linter).cannotFail, (*linter).curl,
	(*linter).deepLiveness, (*linter).tcpLiveness, (*linter).alphaProtocol, (*linter).undeclared, (*linter).secrets,
	(*linter).hastyLiveness, (*linter).slowReadiness, (*linter).delayBesideStartup, (*linter).execPace,
	(*linter).ends, (*linter).longGrace, (*linter).sidecarStart, (*linter).deadline,
}

// linter looks at one container.
type linter struct {
	row       *model.Row
	container *model.Container
	measures  Measures
	findings  []Finding
}

// find adds a finding. The fields are those of the container.
func (l *linter) find(rule Rule, level Level, evidence, consequence string, fields ...string) {
	f := Finding{Rule: rule, Level: level, Container: l.container.Name, Evidence: evidence, Consequence: consequence}
	for _, field := range fields {
		f.Fields = append(f.Fields, containerField(l.container, field))
	}
	l.findings = append(l.findings, f)
}

// containerField is the path of a container's field in its pod.
func containerField(c *model.Container, field string) string {
	list := "containers"
	if c.Kind != model.Main {
		list = "initContainers"
	}
	return "spec." + list + "{" + c.Name + "}." + field
}

// probeField is the path of a probe's field in its container.
func probeField(t model.ProbeType, field string) string { return t.String() + "Probe." + field }

// start is the longest time that the container is known to have taken to start: as measured, or after a restart
// that the watch saw.
func (l *linter) start(after func(*model.Restart) time.Duration) time.Duration {
	longest := l.measures.Start[l.container.Name]
	for i := range l.row.Restarts {
		if r := &l.row.Restarts[i]; r.Container == l.container.Name {
			longest = max(longest, after(r))
		}
	}
	return longest
}

// detection is how long a probe takes to reach its threshold.
func detection(p *model.ProbeSpec) time.Duration { return p.Period * time.Duration(p.FailureThreshold) }

// patience is how long a container may fail after its start before the probe restarts it.
func patience(p *model.ProbeSpec) time.Duration {
	return p.InitialDelay + p.Period*time.Duration(p.FailureThreshold-1)
}
