package watch

import (
	"context"
	"sync"
	"time"

	"github.com/probetop/probetop/model"
	"github.com/probetop/probetop/recording"
)

// ShadowStream is the stream of probes that are run from here, beyond those of a Live and a Metrics.
const ShadowStream = metricsStream - 1

// Shadows is a source of runs of probes that a recorder can hear.
type Shadows struct {
	// immutable after NewShadows
	source Source

	mu sync.Mutex
	// guarded by mu
	recorder ShadowRecorder
}

var _ Source = (*Shadows)(nil)

// ShadowRecorder is told what runs of probes came to. *recording.Writer is one. Its methods must not block.
type ShadowRecorder interface {
	Shadow(at time.Time, stream uint8, s recording.Shadow)
}

var _ ShadowRecorder = (*recording.Writer)(nil)

// NewShadows returns a source of what another source emits, all of it in ShadowStream.
func NewShadows(source Source) *Shadows { return &Shadows{source: source} }

// Run emits what the source emits, until that ends.
func (s *Shadows) Run(ctx context.Context, emit func(model.Change)) error {
	return s.source.Run(ctx, func(ch model.Change) {
		ch.Stream = ShadowStream
		s.record(ch)
		emit(ch)
	})
}

// Record makes r hear every run that is emitted from now on; nil ends that.
func (s *Shadows) Record(r ShadowRecorder) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.recorder = r
}

// record tells the recorder a run.
func (s *Shadows) record(ch model.Change) {
	s.mu.Lock()
	r := s.recorder
	s.mu.Unlock()
	if f, ok := ch.Fact.(*model.Shadow); ok && r != nil {
		r.Shadow(ch.At, uint8(ch.Stream), shadowEntry(f))
	}
}

// shadowEntry returns a run as a recording has it.
func shadowEntry(f *model.Shadow) recording.Shadow {
	s := recording.Shadow{
		UID: f.Probe.Pod, Container: f.Probe.Container, ContainerID: f.Instance, Type: f.Probe.Type.String(),
		Began: f.At, Took: f.Took, RoundTrip: f.RoundTrip, Attempts: f.Attempts,
		Outcome: f.Verdict.String(), Lack: string(f.Lack), Text: f.Text, Protocol: f.Protocol,
	}
	if v := f.PodIP; v != nil {
		s.PodIP = &recording.Vantage{Outcome: v.Verdict.String(), Text: v.Text}
	}
	return s
}

// shadowFact returns a run that a recording has; nil when it is of a kind of probe that is not known.
func shadowFact(in *interner, s *recording.Shadow) *model.Shadow {
	typ, ok := probeTypeOf(s.Type)
	if !ok {
		return nil
	}
	f := &model.Shadow{
		Probe:    model.Key{Pod: in.string(s.UID), Container: in.string(s.Container), Type: typ},
		Instance: in.string(s.ContainerID), At: s.Began.UTC(), Took: max(0, s.Took), RoundTrip: max(0, s.RoundTrip), Attempts: s.Attempts,
		Verdict: verdictOf(s.Outcome), Lack: model.ShadowLack(in.string(s.Lack)), Text: in.text(s.Text), Protocol: in.string(s.Protocol),
	}
	if v := s.PodIP; v != nil {
		f.PodIP = &model.PodIPVantage{Verdict: verdictOf(v.Outcome), Text: in.text(v.Text)}
	}
	return f
}

// verdictOf returns the verdict that is spelled so in the report; none for a word that is not known.
func verdictOf(word string) model.ShadowVerdict {
	for _, v := range [...]model.ShadowVerdict{model.ShadowSuccess, model.ShadowWarning, model.ShadowFailure, model.ShadowErrored} {
		if v.String() == word {
			return v
		}
	}
	return model.ShadowNone
}
