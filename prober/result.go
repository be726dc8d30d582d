package prober

import (
	"strings"
	"time"
	"unicode/utf8"

	"github.com/probetop/probetop/model"
)

// Result is what a run of a Check came to. Texts and bodies are the container's own bytes; what shows them makes
// them printable.
type Result struct {
	Verdict model.ShadowVerdict
	// Lack says why there is no verdict; empty when there is one.
	Lack model.ShadowLack
	// Text is what the kubelet writes of this outcome after the prefix that names it. Of a success it writes
	// nothing, and Text is what the handler returned: the body or the output. Without a verdict it says why.
	Text string
	// At is when the run began.
	At time.Time
	// RoundTrip is the length of the way that was taken off the last attempt, or that was known when there was none.
	RoundTrip time.Duration
	// Attempts are those that were made, in their order: several only while they errored, none when the probe
	// cannot be carried out at all.
	Attempts []Attempt

	cause error     // why there is no verdict, when the way said so
	began time.Time // Began by the clock of this machine, once the times are another's
}

// Attempt is one attempt to carry out a probe.
type Attempt struct {
	// At is when it began, Took how long it took, and Effective how long with the way to the container taken off.
	At              time.Time
	Took, Effective time.Duration
	// RoundTrip is how long the way to the container was, as it was taken off, and RoundTrips how often it was taken.
	RoundTrip  time.Duration
	RoundTrips int
	Verdict    model.ShadowVerdict
	Text       string
	// Hops are the requests that were made: the first, and one for each redirect that was followed.
	Hops []Hop
	// Body is the beginning of the last response's body, or of what the command wrote.
	Body []byte
}

// Hop is one request of an attempt.
type Hop struct {
	// Target is the URL, the address or the command.
	Target string
	// Status is the response's status; zero when there was none, or the handler is not HTTP.
	Status int
	// Location is where a redirect led, resolved; empty when the response was none.
	Location string
	// Protocol is what was spoken, as in HTTP/1.1, and TLS its version, as in "TLS 1.3"; empty for none.
	Protocol, TLS string
	// Phases are what the time went into, in their order. The last one is also there when it did not end.
	Phases []Phase
}

// Phase is a part of the time that a hop took.
type Phase struct {
	Name string
	Took time.Duration
}

// The phases.
const (
	PhaseConnect = "connect"
	PhaseTLS     = "TLS"
	PhaseAnswer  = "first byte"
	PhaseBody    = "body"
	PhaseRun     = "run"
)

// Began returns when the container was asked last: the last attempt's beginning, or the run's when there was none.
func (r *Result) Began() time.Time {
	if n := len(r.Attempts); n > 0 {
		return r.Attempts[n-1].At
	}
	return r.At
}

// Since returns how long ago the container was asked last, whatever clocks were set meanwhile.
func (r *Result) Since() time.Duration {
	if r.began.IsZero() {
		return time.Since(r.Began())
	}
	return time.Since(r.began)
}

// move makes the times those of another clock.
func (r *Result) move(clock func(time.Time) time.Time) {
	r.began = r.Began()
	r.At = clock(r.At)
	for i := range r.Attempts {
		r.Attempts[i].At = clock(r.Attempts[i].At)
	}
}

// wordsKept is how long the texts of a result may be: longer than what the kubelet keeps of a body or an output.
const wordsKept = bodyRead + 2<<10

// cut shortens what a container can make as long as it likes: the addresses of redirects, and what libraries quote.
func (r *Result) cut() {
	shorten(&r.Text)
	for i := range r.Attempts {
		a := &r.Attempts[i]
		shorten(&a.Text)
		for j := range a.Hops {
			shorten(&a.Hops[j].Target)
			shorten(&a.Hops[j].Location)
			shorten(&a.Hops[j].Protocol)
		}
	}
}

// shorten cuts a text between two characters, and lets go of the rest.
func shorten(text *string) {
	if len(*text) <= wordsKept {
		return
	}
	end := wordsKept
	for end > wordsKept-utf8.UTFMax && !utf8.RuneStart((*text)[end]) {
		end--
	}
	*text = strings.Clone((*text)[:end]) + "…"
}

// Shadow returns the result as the fact that the model takes.
func (r *Result) Shadow(probe model.Key, instance string) *model.Shadow {
	s := &model.Shadow{
		Probe: probe, Instance: instance, At: r.At, RoundTrip: r.RoundTrip, Attempts: len(r.Attempts),
		Verdict: r.Verdict, Lack: r.Lack, Text: r.Text,
	}
	if len(r.Attempts) == 0 {
		return s
	}
	last := &r.Attempts[len(r.Attempts)-1]
	s.Took = last.Effective
	if len(last.Hops) > 0 {
		s.Protocol = last.Hops[len(last.Hops)-1].Protocol
	}
	return s
}
