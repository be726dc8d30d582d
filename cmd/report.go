package cmd

import (
	"slices"
	"time"

	"github.com/probetop/probetop/model"
)

// Report is what get -o json prints: a snapshot in words that do not change (apiVersion probetop/v1alpha1;
// fields may be added). A time that nobody told is left out.
type Report struct {
	APIVersion string         `json:"apiVersion"`
	Kind       string         `json:"kind"`
	At         time.Time      `json:"at"`
	Context    string         `json:"context"`
	Sources    []SourceReport `json:"sources"`
	// Groups are pods that fail alike, the largest group first.
	Groups []GroupReport `json:"groups"`
	// Suspects are what many faults share, and hardly by chance.
	Suspects []SuspectReport `json:"suspects"`
	// LateNodes are the nodes whose events reach us late: what is said of their pods may be as old.
	LateNodes []LateNodeReport `json:"lateNodes,omitempty"`
	Pods      []PodReport      `json:"pods"`
}

// LateNodeReport is a node whose events come late.
type LateNodeReport struct {
	Name        string  `json:"name"`
	LateSeconds float64 `json:"lateSeconds"`
}

// SourceReport says how far a source of facts can be believed.
type SourceReport struct {
	Name  model.SourceKind  `json:"name"`
	State model.SourceState `json:"state"`
	// Since is when the state was entered; of a stale source since when nothing was heard.
	Since time.Time `json:"since,omitzero"`
	// SilentSince is since when the server has not been heard, although the watch is open.
	SilentSince time.Time `json:"silentSince,omitzero"`
	// MissedFrom and MissedTo are the last time of which changes may be missing.
	MissedFrom time.Time `json:"missedFrom,omitzero"`
	MissedTo   time.Time `json:"missedTo,omitzero"`
	Error      string    `json:"error,omitempty"`
}

// PodReport is one pod.
type PodReport struct {
	Namespace string    `json:"namespace"`
	Name      string    `json:"name"`
	UID       string    `json:"uid"`
	Node      string    `json:"node"`
	Workload  string    `json:"workload"`
	Phase     string    `json:"phase"`
	Status    string    `json:"status"`
	Severity  string    `json:"severity"`
	Since     time.Time `json:"since,omitzero"`
	// Diagnosis is left out when nothing is known to be wrong.
	Diagnosis *DiagnosisReport `json:"diagnosis,omitempty"`
	Ready     bool             `json:"ready"`
	Deleting  bool             `json:"deleting"`
	// Gone is set in a stream for a pod that does not exist any more.
	Gone bool `json:"gone,omitempty"`
	// GraceEnds is when what still runs of a deleted pod is killed; left out when there is nothing.
	GraceEnds  WindowReport      `json:"graceEnds,omitzero"`
	Created    time.Time         `json:"created,omitzero"`
	Conditions []ConditionReport `json:"conditions"`
	Gates      []GateReport      `json:"gates"`
	Containers []ContainerReport `json:"containers"`
	Restarts   []RestartReport   `json:"restarts"`
	Traffic    []TrafficReport   `json:"traffic"`
	Why        []StepReport      `json:"why"`
}

// RestartReport is one line of the restart ledger, newest first. Durations are in seconds; 0 when not known.
type RestartReport struct {
	Container string    `json:"container"`
	At        time.Time `json:"at,omitzero"`
	Cause     string    `json:"cause"`
	// ExitCode is left out when the status never said how the instance ended.
	ExitCode         *int32  `json:"exitCode,omitempty"`
	Signal           int32   `json:"signal,omitempty"`
	Reason           string  `json:"reason"`
	Text             string  `json:"text"`
	Certainty        string  `json:"certainty"`
	Count            int32   `json:"count"`
	LivedSeconds     float64 `json:"livedSeconds,omitempty"`
	FailingSeconds   float64 `json:"failingSeconds,omitempty"`
	DownSeconds      float64 `json:"downSeconds,omitempty"`
	ToStartedSeconds float64 `json:"toStartedSeconds,omitempty"`
	ToReadySeconds   float64 `json:"toReadySeconds,omitempty"`
}

// StepReport is a link of the chain from scheduling to traffic. The first that is not ok is the answer.
type StepReport struct {
	Step  string    `json:"step"`
	OK    bool      `json:"ok"`
	Text  string    `json:"text"`
	Since time.Time `json:"since,omitzero"`
}

// ConditionReport is one of the pod's conditions.
type ConditionReport struct {
	Type    string    `json:"type"`
	Status  string    `json:"status"`
	Reason  string    `json:"reason"`
	Message string    `json:"message"`
	Since   time.Time `json:"since,omitzero"`
}

// GateReport is a readiness gate: True, False, Unknown, or Missing while nobody has set its condition.
type GateReport struct {
	Type   string    `json:"type"`
	Status string    `json:"status"`
	Since  time.Time `json:"since,omitzero"`
}

// ContainerReport is one container of a pod.
type ContainerReport struct {
	Name    string `json:"name"`
	Kind    string `json:"kind"`
	State   string `json:"state"`
	Reason  string `json:"reason"`
	Message string `json:"message,omitempty"`
	// Started is null until the kubelet has said it.
	Started         *bool              `json:"started"`
	Ready           bool               `json:"ready"`
	Restarts        int32              `json:"restarts"`
	StartedAt       time.Time          `json:"startedAt,omitzero"`
	FinishedAt      time.Time          `json:"finishedAt,omitzero"`
	ExitCode        *int32             `json:"exitCode,omitempty"`
	Signal          int32              `json:"signal,omitempty"`
	LastTermination *TerminationReport `json:"lastTermination,omitempty"`
	// StartsAgain is when the kubelet starts a container in CrashLoopBackOff; left out for others.
	StartsAgain WindowReport  `json:"startsAgain,omitzero"`
	Probes      []ProbeReport `json:"probes"`
	// Events are the events about the container that are not a probe's.
	Events []EventReport `json:"events,omitempty"`
}

// TerminationReport is how the instance before the present one ended.
type TerminationReport struct {
	Reason     string    `json:"reason"`
	ExitCode   int32     `json:"exitCode"`
	Signal     int32     `json:"signal,omitempty"`
	StartedAt  time.Time `json:"startedAt,omitzero"`
	FinishedAt time.Time `json:"finishedAt,omitzero"`
}

// ProbeReport is one probe of a container.
type ProbeReport struct {
	Type      string         `json:"type"`
	Handler   string         `json:"handler"`
	Summary   string         `json:"summary"`
	State     string         `json:"state"`
	Certainty string         `json:"certainty"`
	Evidence  []string       `json:"evidence"`
	Failures  FailuresReport `json:"failures"`
	// Next is when the probe is run next; left out when it is not.
	Next WindowReport `json:"next,omitzero"`
	// Consequence is what follows if it goes on failing; left out when it does not fail.
	Consequence ConsequenceReport `json:"consequence,omitzero"`
	LastFailure *FailureReport    `json:"lastFailure,omitempty"`
	Events      []EventReport     `json:"events,omitempty"`
	// Shadow is what it came to when it was run from here; left out when it was not.
	Shadow *ShadowReport `json:"shadow,omitempty"`
}

// FailuresReport is how often the probe failed in a row as of the newest evidence, and how often it takes.
type FailuresReport struct {
	Run       int32       `json:"run"`
	Threshold int32       `json:"threshold"`
	Bound     model.Bound `json:"bound"`
}

// WindowReport is a stretch of time in which something is expected.
type WindowReport struct {
	Earliest time.Time `json:"earliest"`
	Latest   time.Time `json:"latest"`
}

// ConsequenceReport is a restart of the container, its end when it is not restarted, or that the pod becomes unready.
type ConsequenceReport struct {
	Kind     model.ConsequenceKind `json:"kind"`
	Earliest time.Time             `json:"earliest"`
	Latest   time.Time             `json:"latest"`
}

// FailureReport is the newest failure, error or warning that an event told of.
type FailureReport struct {
	At      time.Time   `json:"at,omitzero"`
	Outcome string      `json:"outcome"`
	Cause   model.Cause `json:"cause"`
	Text    string      `json:"text"`
}

// EventReport is one event object.
type EventReport struct {
	Reason   string    `json:"reason"`
	Outcome  string    `json:"outcome,omitempty"`
	Count    int32     `json:"count"`
	First    time.Time `json:"first,omitzero"`
	Last     time.Time `json:"last,omitzero"`
	Combined bool      `json:"combined,omitempty"`
	Text     string    `json:"text"`
}

// TrafficReport is what a Service thinks of the pod.
type TrafficReport struct {
	Service         string    `json:"service"`
	Ready           bool      `json:"ready"`
	Serving         bool      `json:"serving"`
	Terminating     bool      `json:"terminating"`
	PublishNotReady bool      `json:"publishNotReady,omitempty"`
	Since           time.Time `json:"since,omitzero"`
}

// reportOf returns the report of a snapshot as seen at a moment, worst pods first.
func reportOf(s *model.Snapshot, context string, at time.Time) Report {
	r := Report{
		APIVersion: "probetop/v1alpha1", Kind: "ProbeReport",
		At: at.UTC(), Context: context,
		Sources: []SourceReport{}, Pods: make([]PodReport, 0, len(s.Rows)),
	}
	for _, src := range s.Sources {
		r.Sources = append(r.Sources, SourceReport{
			Name: src.Kind, State: src.State, Since: src.Since.UTC(), SilentSince: src.Silent.UTC(),
			MissedFrom: src.Missed.From.UTC(), MissedTo: src.Missed.To.UTC(), Error: src.Error,
		})
	}
	if s.Source(model.KubeletMetrics).State == model.SourceOff {
		r.Sources = append(r.Sources, SourceReport{Name: model.KubeletMetrics, State: model.SourceOff})
	}
	for _, n := range s.Late {
		if at.Before(n.Until) {
			r.LateNodes = append(r.LateNodes, LateNodeReport{n.Name, n.By.Round(100 * time.Millisecond).Seconds()})
		}
	}
	rows := worstFirst(s)
	r.Groups, r.Suspects = groupReports(rows, at), suspectReports(rows)
	for _, row := range rows {
		r.Pods = append(r.Pods, podReport(s, row, at))
	}
	return r
}

// worstFirst returns the rows of a snapshot in the order in which they are printed.
func worstFirst(s *model.Snapshot) []*model.Row {
	rows := slices.Clone(s.Rows)
	slices.SortFunc(rows, model.Compare)
	return rows
}

// podReport returns the report of one pod of a snapshot. What the snapshot has of other pods of its node is taken for
// all there is.
func podReport(s *model.Snapshot, r *model.Row, at time.Time) PodReport {
	p := r.Pod
	report := PodReport{
		Namespace: p.Namespace, Name: p.Name, UID: p.UID, Node: p.Node,
		Workload: p.Owner.String(), Phase: p.Phase, Status: r.Summary.Status,
		Severity: r.Severity.String(), Since: r.Since, Diagnosis: diagnosisReport(r.Diagnosis(at)),
		Ready: p.Ready(), Deleting: p.Deleting(), Created: p.Created, GraceEnds: windowReport(r.GraceEnds()),
		Conditions: []ConditionReport{}, Gates: []GateReport{}, Containers: []ContainerReport{},
		Restarts: []RestartReport{}, Traffic: []TrafficReport{}, Why: []StepReport{},
	}
	for _, c := range p.Conditions {
		report.Conditions = append(report.Conditions, ConditionReport{c.Type, c.Status.String(), c.Reason, c.Message, c.Since})
	}
	for _, g := range p.GateStatuses() {
		report.Gates = append(report.Gates, GateReport{g.Type, g.Word(), g.Since})
	}
	for i := range p.Containers {
		report.Containers = append(report.Containers, containerReport(s, r, &p.Containers[i], at))
	}
	for _, t := range r.Traffic {
		report.Traffic = append(report.Traffic,
			TrafficReport{t.Service, t.Ready, t.Serving, t.Terminating, t.PublishNotReady, t.Since.UTC()})
	}
	for _, restart := range r.Restarts {
		report.Restarts = append(report.Restarts, restartReport(restart))
	}
	for _, step := range r.Why() {
		report.Why = append(report.Why, StepReport{string(step.Name), step.OK, step.Text, step.Since.UTC()})
	}
	return report
}

func containerReport(s *model.Snapshot, r *model.Row, c *model.Container, at time.Time) ContainerReport {
	report := ContainerReport{
		Name: c.Name, Kind: c.Kind.String(), State: c.State.String(), Reason: c.Reason, Message: c.Message,
		Ready: c.Ready, Restarts: c.Restarts, StartedAt: c.StartedAt, FinishedAt: c.FinishedAt, Signal: c.Signal,
		StartsAgain: windowReport(r.StartsAgain(c)),
		Probes:      []ProbeReport{},
	}
	if c.Started != model.Unknown {
		report.Started = new(c.Started == model.True)
	}
	if c.State == model.Terminated {
		report.ExitCode = new(c.ExitCode)
	}
	if t := c.Last; t != nil {
		report.LastTermination = &TerminationReport{t.Reason, t.ExitCode, t.Signal, t.StartedAt, t.FinishedAt}
	}
	for i := range r.Probes {
		if p := &r.Probes[i]; p.Container == c {
			report.Probes = append(report.Probes, probeReport(s, r, p, at))
		}
	}
	for _, e := range r.ContainerEvents(c.Name) {
		report.Events = append(report.Events, eventReport(e))
	}
	return report
}

func probeReport(s *model.Snapshot, r *model.Row, p *model.Probe, at time.Time) ProbeReport {
	report := ProbeReport{
		Type: p.Type.String(), Handler: string(p.Spec.Handler), Summary: p.Spec.Summary(),
		State: p.State.String(), Certainty: p.Certainty.String(), Evidence: p.Evidence.Words(),
	}
	report.Failures = FailuresReport(p.Failures)
	forecast := r.Forecast(p, at)
	report.Next = windowReport(forecast.Next)
	if c := forecast.Consequence; c.Kind != model.NoConsequence {
		report.Consequence = ConsequenceReport{c.Kind, c.Earliest.UTC(), c.Latest.UTC()}
	}
	if n := len(p.Events); n > 0 {
		e := p.Events[n-1]
		report.LastFailure = &FailureReport{e.Last, e.Outcome.String(), r.Node.Version().CauseOf(p.Spec.Handler, e.Outcome, e.Text()), e.Text()}
	}
	for _, e := range p.Events {
		report.Events = append(report.Events, eventReport(e))
	}
	report.Shadow = shadowReport(s, r, p, at)
	return report
}

func windowReport(w model.Window) WindowReport {
	if w.IsZero() {
		return WindowReport{}
	}
	return WindowReport{w.Earliest.UTC(), w.Latest.UTC()}
}

func restartReport(r model.Restart) RestartReport {
	report := RestartReport{
		Container: r.Container, At: r.At, Cause: string(r.Cause), Signal: r.Signal, Reason: r.Reason,
		Text: r.Text, Certainty: r.Certainty.String(), Count: r.Count,
		LivedSeconds: r.Lived.Seconds(), FailingSeconds: r.Failing.Seconds(), DownSeconds: r.Down.Seconds(),
		ToStartedSeconds: r.ToStarted.Seconds(), ToReadySeconds: r.ToReady.Seconds(),
	}
	if !r.Untold {
		report.ExitCode = &r.ExitCode
	}
	return report
}

func eventReport(e *model.Event) EventReport {
	return EventReport{e.Reason, e.Outcome.String(), e.Count, e.First, e.Last, e.Combined, e.Text()}
}
