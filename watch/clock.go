package watch

import (
	"context"
	"time"

	"k8s.io/utils/clock"
)

// Clock tells when something is heard. Nil is the real clock; a cluster that lives in another time, such as
// one that plays a recording fast, has its own.
type Clock func() time.Time

// now returns the time in UTC, as the API's times are.
func (c Clock) now() time.Time {
	if c == nil {
		return time.Now().UTC()
	}
	return c().UTC()
}

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
