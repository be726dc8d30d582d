package cmd

import (
	"time"

	"github.com/probetop/probetop/model"
	"github.com/probetop/probetop/prober"
)

// TranscriptReport is what shadow -o json prints for a probe: what the kubelet finds, how the runs from here went, and
// how the two compare. Durations are in milliseconds.
type TranscriptReport struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	Context    string `json:"context"`
	Namespace  string `json:"namespace"`
	Name       string `json:"name"`
	UID        string `json:"uid"`
	Node       string `json:"node"`
	Container  string `json:"container"`
	Type       string `json:"type"`
	Handler    string `json:"handler"`
	Summary    string `json:"summary"`
	// State, Certainty and Failures are what the kubelet makes of the probe; Gone is set when the pod exists no more.
	State     string         `json:"state"`
	Certainty string         `json:"certainty"`
	Failures  FailuresReport `json:"failures"`
	Gone      bool           `json:"gone,omitempty"`
	// Target is the URL, the address or the command that is asked; empty when it did not come to that.
	Target    string  `json:"target"`
	TimeoutMs float64 `json:"timeoutMs,omitempty"`
	// Reproduce makes the same check by hand: for exec from anywhere, otherwise from the node.
	// Irreproducible says why no command line does.
	Reproduce      string `json:"reproduce,omitempty"`
	Irreproducible string `json:"irreproducible,omitempty"`
	// Variables are the shell variables in it that stand in the place of secrets, to be set first.
	Variables []VariableReport `json:"variables,omitempty"`
	// Shadow is the newest run beside the kubelet's word; left out when the pod is gone.
	Shadow *ShadowReport `json:"shadow,omitempty"`
	Runs   []RunReport   `json:"runs"`
}

// VariableReport is a shell variable in a command line, and the secret that it stands for.
type VariableReport struct {
	Name string `json:"name"`
	Of   string `json:"of"`
}

// RunReport is one run from here.
type RunReport struct {
	At          time.Time `json:"at"`
	Outcome     string    `json:"outcome"`
	Lack        string    `json:"lack,omitempty"`
	Text        string    `json:"text"`
	RoundTripMs float64   `json:"roundTripMs,omitempty"`
	// Attempts are several only while they errored.
	Attempts []AttemptReport `json:"attempts"`
	PodIP    *VantageReport  `json:"podIP,omitempty"`
}

// AttemptReport is one attempt. DurationMs is what the kubelet would see, TookMs what it took from here.
type AttemptReport struct {
	At         time.Time   `json:"at"`
	Outcome    string      `json:"outcome"`
	Text       string      `json:"text"`
	DurationMs float64     `json:"durationMs"`
	TookMs     float64     `json:"tookMs"`
	RoundTrips int         `json:"roundTrips"`
	Hops       []HopReport `json:"hops"`
	// Body is the beginning of the response's body, or of what the command wrote.
	Body string `json:"body,omitempty"`
}

// HopReport is one request of an attempt: the first, or one for a redirect that was followed.
type HopReport struct {
	Target   string        `json:"target"`
	Status   int           `json:"status,omitempty"`
	Location string        `json:"location,omitempty"`
	Protocol string        `json:"protocol,omitempty"`
	TLS      string        `json:"tls,omitempty"`
	Phases   []PhaseReport `json:"phases"`
}

// PhaseReport is what a part of the time went into.
type PhaseReport struct {
	Name   string  `json:"name"`
	TookMs float64 `json:"tookMs"`
}

// transcriptReport returns the report of a run. Row and probe are what is known after it, nil when the pod is gone.
func transcriptReport(context string, s *model.Snapshot, row *model.Row, probe *model.Probe, a aim, t *prober.Transcript, now time.Time) TranscriptReport {
	gone := probe == nil
	if gone {
		row, probe = a.row, a.probe
	}
	r := TranscriptReport{
		APIVersion: "probetop/v1alpha1", Kind: "ProbeTranscript", Context: context,
		Namespace: row.Pod.Namespace, Name: row.Pod.Name, UID: row.Pod.UID, Node: row.Pod.Node,
		Container: probe.Container.Name, Type: probe.Type.String(), Handler: string(probe.Spec.Handler), Summary: probe.Spec.Summary(),
		State: probe.State.String(), Certainty: probe.Certainty.String(), Failures: FailuresReport(probe.Failures), Gone: gone,
		Target: t.Target, TimeoutMs: milliseconds(t.Timeout), Reproduce: t.Reproduce, Irreproducible: t.Irreproducible, Runs: []RunReport{runReport(t)},
	}
	for _, v := range t.Fill {
		r.Variables = append(r.Variables, VariableReport(v))
	}
	if !gone {
		r.Shadow = shadowReport(s, row, probe, now)
	}
	return r
}

func runReport(t *prober.Transcript) RunReport {
	r := RunReport{
		At: t.Result.At.UTC(), Outcome: t.Result.Verdict.String(), Lack: string(t.Result.Lack), Text: t.Result.Text,
		RoundTripMs: milliseconds(t.Result.RoundTrip), Attempts: []AttemptReport{},
	}
	for i := range t.Result.Attempts {
		a := &t.Result.Attempts[i]
		attempt := AttemptReport{
			At: a.At.UTC(), Outcome: a.Verdict.String(), Text: a.Text, DurationMs: milliseconds(a.Effective),
			TookMs: milliseconds(a.Took), RoundTrips: a.RoundTrips, Hops: []HopReport{}, Body: string(a.Body),
		}
		for _, h := range a.Hops {
			hop := HopReport{Target: h.Target, Status: h.Status, Location: h.Location, Protocol: h.Protocol, TLS: h.TLS, Phases: []PhaseReport{}}
			for _, p := range h.Phases {
				hop.Phases = append(hop.Phases, PhaseReport{p.Name, milliseconds(p.Took)})
			}
			attempt.Hops = append(attempt.Hops, hop)
		}
		r.Attempts = append(r.Attempts, attempt)
	}
	if t.PodIP != nil {
		r.PodIP = &VantageReport{t.PodIP.Verdict.String(), t.PodIP.Text}
	}
	return r
}

// code is the exit code that the newest run deserves: it is fine when the probe succeeds here, and the kubelet does not
// say otherwise.
func (r *TranscriptReport) code() int {
	run := &r.Runs[len(r.Runs)-1]
	switch model.ShadowLack(run.Lack) {
	case model.LackForbidden, model.LackTunnel:
		return exitUnreachable
	}
	succeeds := map[string]bool{model.ShadowSuccess.String(): true, model.ShadowWarning.String(): true}
	fails := map[string]bool{model.StateFailed.String(): true, model.StateFailing.String(): true, model.StateErroring.String(): true}
	if !succeeds[run.Outcome] || r.Gone || fails[r.State] {
		return exitFailing
	}
	if r.Shadow != nil && r.Shadow.Kubelet.Outcome != model.ShadowNone.String() && !succeeds[r.Shadow.Kubelet.Outcome] {
		return exitFailing
	}
	return exitFine
}
