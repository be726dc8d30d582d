package watch

import (
	"context"

	"github.com/probetop/probetop/model"
	"github.com/probetop/probetop/recording"
)

// retoldStream is the stream of runs of probes that a Retold was told, beside those that are run from here.
const retoldStream = ShadowStream - 1

// retellings is how many runs may wait to be emitted.
const retellings = 256

// Retold is a source of runs of probes that were recorded once, as somebody tells them.
type Retold struct {
	told chan recording.Shadow
}

var _ Source = (*Retold)(nil)

// NewRetold returns a source that was told nothing yet.
func NewRetold() *Retold { return &Retold{told: make(chan recording.Shadow, retellings)} }

// Tell makes the source emit a run, which is heard of when it has ended. It never waits: when too many runs are
// waiting already, it is lost.
func (r *Retold) Tell(s recording.Shadow) {
	select {
	case r.told <- s:
	default:
	}
}

// Run emits what it is told until ctx ends.
func (r *Retold) Run(ctx context.Context, emit func(model.Change)) error {
	facts := newInterner()
	for {
		select {
		case s := <-r.told:
			if f := shadowFact(facts, &s); f != nil {
				emit(model.Change{At: s.Began.Add(max(0, s.Took+s.RoundTrip)).UTC(), Stream: retoldStream, Fact: f})
			}
		case <-ctx.Done():
			return nil
		}
	}
}
