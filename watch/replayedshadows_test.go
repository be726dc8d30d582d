package watch

import (
	"context"
	"testing"
	"time"

	"github.com/probetop/probetop/model"
	"github.com/probetop/probetop/recording"
)

func TestRetoldRunsAreEmitted(t *testing.T) {
	t.Parallel()
	r := NewReplayedShadows()
	r.Tell(recording.Shadow{UID: "a", Container: "web", Type: "sleepiness"})
	for range 2 * replayBuffer { // nobody hears of them yet: it must not wait
		r.Tell(recording.Shadow{UID: "a", Container: "web", Type: "liveness", Outcome: "failure", Began: moment(9), Took: time.Second, RoundTrip: time.Second})
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	heard := 0
	if err := r.Run(ctx, func(ch model.Change) {
		f, ok := ch.Fact.(*model.Shadow)
		if !ok || f.Probe.Type != model.Liveness || f.Verdict != model.ShadowFailure || !ch.At.Equal(moment(11)) || ch.Stream == ShadowStream {
			t.Errorf("got %+v", ch)
		}
		if heard++; heard == replayBuffer-1 {
			cancel()
		}
	}); err != nil {
		t.Error(err)
	}
	if heard != replayBuffer-1 {
		t.Errorf("heard of %d runs, want %d", heard, replayBuffer-1)
	}
}
