package prober

import (
	"time"

	"github.com/probetop/probetop/model"
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
	Result                    Result
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
func (t *Transcript) describe(c *Check, kubectl []string) {
	t.Handler, t.Target, t.Timeout = c.Handler, c.Target, c.Timeout
	var err error
	if t.Reproduce, err = c.Reproduce(kubectl...); err != nil {
		t.Irreproducible = err.Error()
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
