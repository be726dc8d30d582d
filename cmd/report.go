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
	Pods       []PodReport    `json:"pods"`
}

// SourceReport says how far a source of facts can be believed.
type SourceReport struct {
	Name  model.SourceKind  `json:"name"`
	State model.SourceState `json:"state"`
	Since time.Time         `json:"since,omitzero"`
	Error string            `json:"error,omitempty"`
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
	Note      string    `json:"note,omitempty"`
	Since     time.Time `json:"since,omitzero"`
	Ready     bool      `json:"ready"`
	Deleting  bool      `json:"deleting"`
	// Gone is set in a stream for a pod that does not exist any more.
	Gone       bool              `json:"gone,omitempty"`
	Created    time.Time         `json:"created,omitzero"`
	Conditions []ConditionReport `json:"conditions"`
	Gates      []GateReport      `json:"gates"`
	Containers []ContainerReport `json:"containers"`
	Traffic    []TrafficReport   `json:"traffic"`
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
	Probes          []ProbeReport      `json:"probes"`
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
	Type        string         `json:"type"`
	Handler     string         `json:"handler"`
	Summary     string         `json:"summary"`
	State       string         `json:"state"`
	Certainty   string         `json:"certainty"`
	Evidence    []string       `json:"evidence"`
	LastFailure *FailureReport `json:"lastFailure,omitempty"`
	Events      []EventReport  `json:"events,omitempty"`
}

// FailureReport is the newest failure or error that an event told of.
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

// reportOf returns the report of a snapshot, worst pods first.
func reportOf(s *model.Snapshot, context string) Report {
	r := Report{
		APIVersion: "probetop/v1alpha1", Kind: "ProbeReport",
		At: s.At.UTC(), Context: context,
		Sources: []SourceReport{}, Pods: make([]PodReport, 0, len(s.Rows)),
	}
	for _, src := range s.Sources {
		r.Sources = append(r.Sources, SourceReport{src.Kind, src.State, src.Since.UTC(), src.Error})
	}
	for _, row := range worstFirst(s) {
		r.Pods = append(r.Pods, podReport(row))
	}
	return r
}

// worstFirst returns the rows of a snapshot in the order in which they are printed.
func worstFirst(s *model.Snapshot) []*model.Row {
	rows := slices.Clone(s.Rows)
	slices.SortFunc(rows, model.Compare)
	return rows
}

func podReport(r *model.Row) PodReport {
	p := r.Pod
	report := PodReport{
		Namespace: p.Namespace, Name: p.Name, UID: p.UID, Node: p.Node,
		Workload: p.Owner.String(), Phase: p.Phase, Status: r.Summary.Status,
		Severity: r.Severity.String(), Note: r.Note, Since: r.Since,
		Ready: p.Ready(), Deleting: p.Deleting(), Created: p.Created,
		Conditions: []ConditionReport{}, Gates: []GateReport{}, Containers: []ContainerReport{}, Traffic: []TrafficReport{},
	}
	for _, c := range p.Conditions {
		report.Conditions = append(report.Conditions, ConditionReport{c.Type, c.Status.String(), c.Reason, c.Message, c.Since})
	}
	for _, g := range p.GateStatuses() {
		report.Gates = append(report.Gates, GateReport{g.Type, g.Word(), g.Since})
	}
	for i := range p.Containers {
		report.Containers = append(report.Containers, containerReport(r, &p.Containers[i]))
	}
	for _, t := range r.Traffic {
		report.Traffic = append(report.Traffic,
			TrafficReport{t.Service, t.Ready, t.Serving, t.Terminating, t.PublishNotReady, t.Since.UTC()})
	}
	return report
}

func containerReport(r *model.Row, c *model.Container) ContainerReport {
	report := ContainerReport{
		Name: c.Name, Kind: c.Kind.String(), State: c.State.String(), Reason: c.Reason, Message: c.Message,
		Ready: c.Ready, Restarts: c.Restarts, StartedAt: c.StartedAt, FinishedAt: c.FinishedAt, Signal: c.Signal,
		Probes: []ProbeReport{},
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
			report.Probes = append(report.Probes, probeReport(p))
		}
	}
	for _, e := range r.ContainerEvents(c.Name) {
		report.Events = append(report.Events, eventReport(e))
	}
	return report
}

func probeReport(p *model.Probe) ProbeReport {
	report := ProbeReport{
		Type: p.Type.String(), Handler: string(p.Spec.Handler), Summary: p.Spec.Summary(),
		State: p.State.String(), Certainty: p.Certainty.String(), Evidence: p.Evidence.Words(),
	}
	if e := p.LastFailure(); e != nil {
		report.LastFailure = &FailureReport{e.Last, e.Outcome.String(), p.Cause(), e.Text()}
	}
	for _, e := range p.Events {
		report.Events = append(report.Events, eventReport(e))
	}
	return report
}

func eventReport(e *model.Event) EventReport {
	return EventReport{e.Reason, e.Outcome.String(), e.Count, e.First, e.Last, e.Combined, e.Text()}
}
