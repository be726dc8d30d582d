package watch

import (
	"context"
	"time"

	"k8s.io/utils/clock"
)

// now is when a change is heard, in UTC as the API's times.
func now() time.Time { return time.Now().UTC() }

// stoppable is the real clock whose waits end with ctx. The reflector sleeps off the backoff of a streaming
// list without looking at its context.
type stoppable struct {
	clock.RealClock
	ctx context.Context
}

// After fires once d has passed or the context has ended.
func (c stoppable) After(d time.Duration) <-chan time.Time {
	fired := make(chan time.Time, 1)
	fire := func() {
		select {
		case fired <- time.Now():
		default:
		}
	}
	forget := context.AfterFunc(c.ctx, fire)
	time.AfterFunc(d, func() { forget(); fire() })
	return fired
}
