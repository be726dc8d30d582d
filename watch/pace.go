package watch

import (
	"cmp"
	"context"
	"sync"
	"time"

	"golang.org/x/time/rate"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/utils/clock"
)

// A stream that fails is tried again after half a second at first and after two seconds at most: a user is
// looking, and a board makes no more than a handful of requests.
const (
	firstPause = 400 * time.Millisecond
	lastPause  = 1500 * time.Millisecond
	jitter     = 0.4
	// calm is how long a stream has to do well for its pauses to begin anew.
	calm = 2 * time.Minute
	// turnEvery is how often a stream may begin a list or a watch, or read a page with little on it, and turns how often it
	// may do so at once: a server that ends every watch is not to be asked a thousand times a second.
	turnEvery = 400 * time.Millisecond
	turns     = 5
)

// costlyPause is how long an answer is not asked for again that was too large to be read.
const costlyPause = 3 * time.Second

// backoff returns the pauses between the attempts of a stream.
func backoff() wait.Backoff {
	return wait.Backoff{Duration: firstPause, Cap: lastPause, Steps: 10, Factor: 2, Jitter: jitter}
}

// pace keeps a stream from asking too often, and before the server wants to be asked again. Its methods may be
// called by several goroutines.
type pace struct {
	// next returns how long to pause after a failure; immutable after newPace.
	next  wait.DelayFunc
	turns *rate.Limiter

	mu sync.Mutex
	// guarded by mu
	until time.Time
}

func newPace() *pace {
	return &pace{next: backoff().DelayWithReset(clock.RealClock{}, calm), turns: rate.NewLimiter(rate.Every(turnEvery), turns)}
}

// turn returns when the stream may begin something, or with ctx's error.
func (p *pace) turn(ctx context.Context) error {
	if err := p.ready(ctx); err != nil {
		return err
	}
	if err := p.turns.Wait(ctx); err != nil {
		return cmp.Or(ctx.Err(), err)
	}
	return nil
}

// heed takes note of when the server wants to be asked again, if err says so. That our resource version is
// larger than any it knows says nothing of the kind: the answer to a list is to be had at once. What was too large to be read is left alone for
// a while.
func (p *pace) heed(err error) {
	if seconds, ok := apierrors.SuggestsClientDelay(err); ok && !tooLarge(err) {
		p.hold(time.Duration(seconds) * time.Second)
	}
	if err != nil && costly(err) {
		p.hold(costlyPause)
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
