package prober

import (
	"strings"
	"time"

	"github.com/probetop/probetop/model"
	"github.com/probetop/probetop/recording/mask"
)

// Transcript is a run of a probe in full.
type Transcript struct {
	Subject Subject
	Handler model.HandlerKind
	// Target is the URL, the address or the command that is asked; empty when it did not come to that.
	Target string
	// Timeout is the probe's own.
	Timeout time.Duration
	// Reproduce is a command line that makes the same check by hand; empty when there is none. Irreproducible says why there is
	// none for a probe that can be carried out.
	Reproduce, Irreproducible string
	// Fill are the shell variables in it that stand in the place of secrets: they are to be set first.
	Fill []Variable
	// secrets are what they stand for: a container may say them, too.
	secrets []string
	Result  Result
	// Instance is the container (containerID) that the probe was run against; empty when there was none.
	Instance string
	// PodIP is what the same request came to from where the API server is; nil when it was not made.
	PodIP *model.PodIPVantage
}

// newTranscript returns the transcript of a run that begins now.
func newTranscript(s Subject) *Transcript {
	return &Transcript{Subject: s, Handler: model.UnknownHandler, Result: Result{At: time.Now()}}
}

// describe notes what is going to be asked. The flags are those that kubectl needs for the cluster.
func (t *Transcript) describe(c *Check, policy mask.Policy, kubectl []string) {
	t.Handler, t.Target, t.Timeout = c.Handler, c.Target, c.Timeout
	if c.Handler == model.Exec {
		t.Target = commandLine(policy.Command(c.argv))
	}
	l, err := c.reproduce(policy, kubectl)
	if err == nil {
		t.Fill, t.secrets = l.fill, l.secrets
		t.Reproduce, err = l.line()
	}
	if err != nil {
		t.Irreproducible = policy.Text(err.Error())
	}
}

// secretLength is from what length on a secret is looked for in what came back.
const secretLength = 4

// masked hides the secrets of the probe's own in a text, and what else looks like one.
func (t *Transcript) masked(policy mask.Policy, text string) string {
	for _, secret := range t.secrets {
		if len(secret) >= secretLength {
			text = strings.ReplaceAll(text, secret, mask.Hidden)
		}
	}
	return policy.Text(text)
}

// mask hides the secrets in what was asked and in what came back.
func (t *Transcript) mask(policy mask.Policy) {
	if t.Handler != model.Exec { // whose arguments explain one another, and were masked one by one
		t.Target = t.masked(policy, t.Target)
	}
	r := &t.Result
	r.Text = t.masked(policy, r.Text)
	for i := range r.Attempts {
		a := &r.Attempts[i]
		a.Text, a.Body = t.masked(policy, a.Text), []byte(t.masked(policy, string(a.Body)))
		a.Body = a.Body[:min(len(a.Body), bodyKept)]
		for j := range a.Hops {
			h := &a.Hops[j]
			h.Target, h.Location, h.Protocol = t.masked(policy, h.Target), t.masked(policy, h.Location), t.masked(policy, h.Protocol)
			if j == 0 || t.Handler == model.Exec {
				h.Target = t.Target
			}
		}
	}
	if v := t.PodIP; v != nil {
		t.PodIP = &model.PodIPVantage{Verdict: v.Verdict, Text: t.masked(policy, v.Text)}
	}
}

// without notes that there is no verdict.
func (t *Transcript) without(lack model.ShadowLack, text string) {
	t.Result.Verdict, t.Result.Lack, t.Result.Text = model.ShadowNone, lack, text
}

// shadow returns the run as the fact that the model takes.
func (t *Transcript) shadow() *model.Shadow {
	s := t.Result.Shadow(t.Subject.Probe, t.Instance)
	s.PodIP = t.PodIP
	return s
}
