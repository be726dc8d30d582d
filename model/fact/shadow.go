package fact

import "time"

// Shadow is what one run of a container's own probe from here came to.
type Shadow struct {
	// Probe is the probe that was run, Instance the container (containerID) it was run against.
	Probe    Key
	Instance string
	// At is when the run began, Took how long it took with the way to the container taken off, and RoundTrip how
	// long that way is. A run of several attempts took as long as its last.
	At              time.Time
	Took, RoundTrip time.Duration
	Attempts        int
	Verdict         ShadowVerdict
	// Lack says why there is no verdict; empty when there is one.
	Lack ShadowLack
	// Text is what the kubelet would have written for this outcome, without its prefix; without a verdict, why.
	Text string
	// Protocol is the one that was spoken, as in "HTTP/2.0"; empty when none was.
	Protocol string
	// PodIP is what the same request came to by way of the pod IP, from the API server; nil when it was not made.
	PodIP *PodIPVantage
}

// Timed reports whether Took is how long the container took. It is not for a TCP probe that succeeds: a tunnel's end says that a
// connection was made only when it is closed again, which the container runtime may put off for a second.
func (s *Shadow) Timed(handler HandlerKind) bool {
	return handler != TCP || !s.Verdict.Succeeds()
}

// PodIPVantage is what the same HTTP request came to when the API server made it to the pod IP (pods/proxy).
type PodIPVantage struct {
	// Verdict is ShadowNone when the API server would not, or could not, make it.
	Verdict ShadowVerdict
	// Text is in the kubelet's words when there is a verdict, in the API server's otherwise.
	Text string
}

// ShadowVerdict is what a run of a probe came to.
type ShadowVerdict uint8

// The verdicts.
const (
	// ShadowNone is a run that decided nothing; Lack says why.
	ShadowNone ShadowVerdict = iota
	// ShadowSuccess counts as a success.
	ShadowSuccess
	// ShadowWarning is a success with a remark.
	ShadowWarning
	// ShadowFailure counts towards the failure threshold.
	ShadowFailure
	// ShadowErrored could not be carried out and counts towards nothing.
	ShadowErrored
)

// String returns the verdict as the report spells it.
func (v ShadowVerdict) String() string {
	return [...]string{"none", "success", "warning", "failure", "errored"}[v]
}

// ShadowLack is why a run of a probe has no verdict.
type ShadowLack string

// The lacks.
const (
	// LackForbidden is a subresource that we may not use.
	LackForbidden ShadowLack = "forbidden"
	// LackTunnel is a way to the container that broke, was refused or was too slow before there was a verdict.
	LackTunnel ShadowLack = "tunnel"
	// LackUnsupported is a probe that cannot be run from here.
	LackUnsupported ShadowLack = "unsupported"
	// LackHost is a probe of another host than the pod.
	LackHost ShadowLack = "host"
	// LackGone is a container that did not run, or ended meanwhile.
	LackGone ShadowLack = "gone"
	// LackUnfinished is an exec probe of which an earlier run from here has not ended.
	LackUnfinished ShadowLack = "unfinished"
	// LackEndless is a container that sends, or a command that writes, far more than a probe reads.
	LackEndless ShadowLack = "endless"
)

// Alike reports whether two verdicts come to the same for the kubelet.
func (v ShadowVerdict) Alike(o ShadowVerdict) bool { return v == o || v.Succeeds() && o.Succeeds() }

// Outcome returns the outcome that an event would have of such a verdict.
func (v ShadowVerdict) Outcome() Outcome {
	return [...]Outcome{ShadowNone: NoOutcome, ShadowSuccess: NoOutcome, ShadowWarning: Warned, ShadowFailure: Failed, ShadowErrored: Errored}[v]
}

// Counts reports whether the kubelet counts such a result: a success or a failure.
func (v ShadowVerdict) Counts() bool {
	return v == ShadowSuccess || v == ShadowWarning || v == ShadowFailure
}

// Succeeds reports whether the kubelet takes the result for a success.
func (v ShadowVerdict) Succeeds() bool { return v == ShadowSuccess || v == ShadowWarning }
