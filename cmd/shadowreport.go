package cmd

import (
	"time"

	"github.com/probetop/probetop/model"
	"github.com/probetop/probetop/model/compare"
)

// ShadowReport is what a probe came to when it was run from here, and how that compares with what the kubelet finds.
// Durations are in milliseconds.
type ShadowReport struct {
	At time.Time `json:"at"`
	// Outcome is success, warning, failure, errored or none; Lack says why it is none.
	Outcome     string  `json:"outcome"`
	Lack        string  `json:"lack,omitempty"`
	Text        string  `json:"text"`
	DurationMs  float64 `json:"durationMs"`
	RoundTripMs float64 `json:"roundTripMs,omitempty"`
	Attempts    int     `json:"attempts,omitempty"`
	Protocol    string  `json:"protocol,omitempty"`
	// Class is one of A0 to U, and empty while nothing follows from the comparison.
	Class     compare.AgreementClass `json:"class"`
	Name      string                 `json:"name"`
	Certainty string                 `json:"certainty"`
	Explain   string                 `json:"explain"`
	Check     string                 `json:"check"`
	// Kubelet is what this was compared with.
	Kubelet KubeletWordReport `json:"kubelet"`
	// PodIP is what the API server came to when it asked the pod IP; left out when it was not asked.
	PodIP *VantageReport `json:"podIP,omitempty"`
	// Runs counts all runs since the pod is known, Failures and Lacking those that failed and that had no verdict.
	Runs     int `json:"runs"`
	Failures int `json:"failures"`
	Lacking  int `json:"lacking,omitempty"`
	// Durations are those of the runs that succeeded or took too long; left out when there were none.
	Durations *DurationsReport `json:"durations,omitempty"`
}

// KubeletWordReport is the kubelet's newest result that is known; none while it has none.
type KubeletWordReport struct {
	Outcome   string      `json:"outcome"`
	Cause     model.Cause `json:"cause,omitempty"`
	Text      string      `json:"text,omitempty"`
	At        time.Time   `json:"at,omitzero"`
	Certainty string      `json:"certainty"`
}

// VantageReport is what a request to the pod IP came to.
type VantageReport struct {
	Outcome string `json:"outcome"`
	Text    string `json:"text,omitempty"`
}

// DurationsReport says how long runs take, and how much of the timeout 19 of 20 leave.
type DurationsReport struct {
	P50Ms      float64 `json:"p50Ms"`
	P95Ms      float64 `json:"p95Ms"`
	MaxMs      float64 `json:"maxMs"`
	HeadroomMs float64 `json:"headroomMs"`
}

// shadowReport returns what a probe came to from here; nil when it was not run.
func shadowReport(s *model.Snapshot, r *model.Row, p *model.Probe, at time.Time) *ShadowReport {
	if p.Shadow == nil {
		return nil
	}
	run, a := p.Shadow.Last(), compare.AgreementOf(s, r, p, at)
	report := &ShadowReport{
		At: run.At.UTC(), Outcome: run.Verdict.String(), Lack: string(run.Lack), Text: run.Text,
		DurationMs: milliseconds(run.Took), RoundTripMs: milliseconds(run.RoundTrip), Attempts: run.Attempts, Protocol: run.Protocol,
		Class: a.Class, Name: a.Class.Name(), Certainty: a.Certainty.String(), Explain: a.Text, Check: a.Check,
		Kubelet: KubeletWordReport{a.Kubelet.Verdict.String(), a.Kubelet.Cause, a.Kubelet.Text, a.Kubelet.At, a.Kubelet.Certainty.String()},
		Runs:    p.Shadow.Count, Failures: p.Shadow.Failures, Lacking: p.Shadow.Lacking,
	}
	if v := run.PodIP; v != nil {
		report.PodIP = &VantageReport{v.Verdict.String(), v.Text}
	}
	d := &p.Shadow.Durations
	if headroom, ok := d.Headroom(p.Spec.Timeout); ok {
		report.Durations = &DurationsReport{
			milliseconds(d.Quantile(0.5)), milliseconds(d.Quantile(0.95)), milliseconds(d.Max), milliseconds(headroom),
		}
	}
	return report
}

// milliseconds returns a duration to the microsecond.
func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
