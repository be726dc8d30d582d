package watch

import (
	"context"

	"github.com/probetop/probetop/model"
	"github.com/probetop/probetop/recording"
)

// retoldStream is the stream of runs of probes that a ReplayedShadows was told, beside those that are run from here.
const retoldStream = ShadowStream - 1

// replayBuffer is how many runs may wait to be emitted.
const replayBuffer = 256

// ReplayedShadows is a source of runs of probes that were recorded once, as they are added.
type ReplayedShadows struct {
	told chan recording.Shadow
}

var _ Source = (*ReplayedShadows)(nil)

// NewReplayedShadows returns a source that was told nothing yet.
func NewReplayedShadows() *ReplayedShadows {
	return &ReplayedShadows{told: make(chan recording.Shadow, replayBuffer)}
}

// Tell makes the source emit a run, which is heard of when it has ended. It never waits: when too many runs are
// waiting already, it is lost.
func (r *ReplayedShadows) Tell(s recording.Shadow) {
	select {
	case r.told <- s:
	default:
	}
}

// Run emits what it is told until ctx ends.
func (r *ReplayedShadows) Run(ctx context.Context, emit func(model.Change)) error {
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
