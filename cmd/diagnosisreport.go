package cmd

import (
	"time"

	"github.com/probetop/probetop/model"
)

// DiagnosisReport is the root cause of what is wrong with a pod.
type DiagnosisReport struct {
	// Cause is the class of the cause; docs/causes.md lists them.
	Cause model.CauseClass `json:"cause"`
	// Headline is the sentence: what happens, to which container, why, how often, and what comes next as of the report.
	Headline  string `json:"headline"`
	Container string `json:"container,omitempty"`
	Probe     string `json:"probe,omitempty"`
	Reason    string `json:"reason,omitempty"`
	// Times is how often it happened, at least; left out for a cause that is a state.
	Times int32     `json:"times,omitempty"`
	Since time.Time `json:"since,omitzero"`
	// Next is what the kubelet does next; left out when that is not known.
	Next      NextReport     `json:"next,omitzero"`
	Certainty string         `json:"certainty"`
	Evidence  []RemarkReport `json:"evidence"`
	Actions   []ActionReport `json:"actions"`
}

// NextReport is what comes next: start, restart, kill, unready or end, and when.
type NextReport struct {
	Kind     model.NextKind `json:"kind"`
	Earliest time.Time      `json:"earliest"`
	Latest   time.Time      `json:"latest"`
}

// RemarkReport is a piece of evidence in the words of the cluster.
type RemarkReport struct {
	At     time.Time `json:"at,omitzero"`
	Source string    `json:"source"`
	Text   string    `json:"text"`
}

// ActionReport is something to do or to look at, with a command line to paste where there is one.
type ActionReport struct {
	Text    string `json:"text"`
	Command string `json:"command,omitempty"`
}

// diagnosisReport converts a diagnosis; nil for nil.
func diagnosisReport(d *model.Diagnosis) *DiagnosisReport {
	if d == nil {
		return nil
	}
	r := &DiagnosisReport{
		Cause: d.Cause, Headline: d.Headline, Container: d.Container, Reason: d.Reason, Times: d.Times, Since: d.Since.UTC(),
		Certainty: d.Certainty.String(), Evidence: []RemarkReport{}, Actions: []ActionReport{},
	}
	if d.Probed {
		r.Probe = d.Probe.String()
	}
	if d.Next.Kind != "" {
		r.Next = NextReport{d.Next.Kind, d.Next.Earliest.UTC(), d.Next.Latest.UTC()}
	}
	for _, e := range d.Evidence {
		r.Evidence = append(r.Evidence, RemarkReport{e.At.UTC(), e.Source, e.Text})
	}
	for _, a := range d.Actions {
		r.Actions = append(r.Actions, ActionReport(a))
	}
	return r
}
