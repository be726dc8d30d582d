package recording

import "time"

// Shadow is what one run of a container's own probe by the recording program came to. Durations are in nanoseconds.
type Shadow struct {
	// UID is the pod's, and ContainerID the instance that it was run against.
	UID         string `json:"uid"`
	Container   string `json:"container"`
	ContainerID string `json:"containerID"`
	// Type is startup, readiness or liveness.
	Type string `json:"type"`
	// Began is when the run began; the entry's time is when its end was heard of.
	Began     time.Time     `json:"began"`
	Took      time.Duration `json:"took"`
	RoundTrip time.Duration `json:"roundTrip,omitempty"`
	Attempts  int           `json:"attempts,omitempty"`
	// Outcome is success, warning, failure, errored or none; Lack says why it is none.
	Outcome  string `json:"outcome"`
	Lack     string `json:"lack,omitempty"`
	Text     string `json:"text,omitempty"`
	Protocol string `json:"protocol,omitempty"`
	// PodIP is what the same request came to by way of the pod IP, if it was made.
	PodIP *Vantage `json:"podIP,omitempty"`
}

// Vantage is what a request came to when the API server made it to the pod IP.
type Vantage struct {
	Outcome string `json:"outcome"`
	Text    string `json:"text,omitempty"`
}

// Shadow records a run of a probe. Its texts are masked like everything else.
func (w *Writer) Shadow(at time.Time, stream uint8, s Shadow) {
	s.Began, s.Text = Stamp(s.Began), w.options.Mask.Text(s.Text)
	if s.PodIP != nil {
		s.PodIP = &Vantage{Outcome: s.PodIP.Outcome, Text: w.options.Mask.Text(s.PodIP.Text)}
	}
	w.entry(&Entry{At: Stamp(at), Stream: stream, Shadow: &s})
}
