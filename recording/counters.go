package recording

import "time"

// Counters are what one kubelet's probe counters said (GET /metrics/probes).
type Counters struct {
	Node string `json:"node"`
	// Gone is set when the counters of the node are not read any more; then there is nothing else.
	Gone bool `json:"gone,omitempty"`
	// Asked is when the request was sent; the entry's time is when it was answered.
	Asked time.Time `json:"asked,omitzero"`
	// Started is when the kubelet process started, by the node's clock.
	Started time.Time `json:"started,omitzero"`
	// Pods are the pods that were looked for, with or without counters.
	Pods []PodCounters `json:"pods,omitempty"`
}

// PodCounters are the counters of one pod, under the identity that the kubelet gives it.
type PodCounters struct {
	UID    string    `json:"uid"`
	Probes []Counter `json:"probes,omitempty"`
}

// Counter is how often a probe has succeeded and failed.
type Counter struct {
	Container string `json:"container"`
	// Type is startup, readiness or liveness.
	Type      string `json:"type"`
	Successes int32  `json:"successes"`
	Failures  int32  `json:"failures"`
}

// Counters records what probe counters said.
func (w *Writer) Counters(at time.Time, stream uint8, c Counters) {
	c.Asked, c.Started = Stamp(c.Asked), Stamp(c.Started)
	w.entry(&Entry{At: Stamp(at), Stream: stream, Counters: &c})
}
