package prober

import (
	"context"

	"golang.org/x/time/rate"
)

// limits keep the prober small beside the cluster: a number of runs at once, a number of starts a second, and one
// run at a time for each pod.
type limits struct {
	slots chan struct{}
	pace  *rate.Limiter
}

func newLimits(inFlight, perSecond int) *limits {
	// A burst of one spaces the starts: no second ever has more of them than that.
	return &limits{slots: make(chan struct{}, inFlight), pace: rate.NewLimiter(rate.Limit(perSecond), 1)}
}

// acquire waits until a run may start. The pod's turn comes first: a run that waits for another one of its pod takes
// no slot in use. The returned function says that the run is over; it is nil when ctx ended before the start.
func (l *limits) acquire(ctx context.Context, turn chan struct{}) (release func()) {
	select {
	case turn <- struct{}{}:
	case <-ctx.Done():
		return nil
	}
	select {
	case l.slots <- struct{}{}:
	case <-ctx.Done():
		<-turn
		return nil
	}
	release = func() { <-l.slots; <-turn }
	if l.pace.Wait(ctx) != nil {
		release()
		return nil
	}
	return release
}
