package watch

import (
	"context"
	"sync"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/utils/clock"
)

// A stream that fails is tried again after half a second at first and after two seconds at most: somebody is
// looking, and a board makes no more than a handful of requests.
const (
	firstPause = 400 * time.Millisecond
	lastPause  = 1500 * time.Millisecond
	jitter     = 0.4
	// calm is how long a stream has to do well for its pauses to begin anew.
	calm = 2 * time.Minute
)

// backoff returns the pauses between the attempts of a stream.
func backoff() wait.Backoff {
	return wait.Backoff{Duration: firstPause, Cap: lastPause, Steps: 10, Factor: 2, Jitter: jitter}
}

// pace keeps a stream from asking too often, and before the server wants to be asked again. Its methods may be
// called by several goroutines.
type pace struct {
	// next returns how long to pause after a failure; immutable after newPace.
	next wait.DelayFunc

	mu sync.Mutex
	// guarded by mu
	until time.Time
}

func newPace() *pace { return &pace{next: backoff().DelayWithReset(clock.RealClock{}, calm)} }

// heed takes note of when the server wants to be asked again, if err says so. That our resource version is
// larger than any it knows says nothing of the kind: the answer to a list is to be had at once.
func (p *pace) heed(err error) {
	if seconds, ok := apierrors.SuggestsClientDelay(err); ok && !tooLarge(err) {
		p.hold(time.Duration(seconds) * time.Second)
	}
}

// hold makes the next request wait until d from now.
func (p *pace) hold(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if until := time.Now().Add(d); until.After(p.until) {
		p.until = until
	}
}

// ready returns when the stream may ask, or with ctx's error.
func (p *pace) ready(ctx context.Context) error {
	p.mu.Lock()
	d := time.Until(p.until)
	p.mu.Unlock()
	if d > 0 {
		select {
		case <-ctx.Done():
		case <-time.After(d):
		}
	}
	return ctx.Err()
}
