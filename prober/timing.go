package prober

import (
	"context"
	"sync"
	"time"
)

// How often an attempt goes to the container and back, besides the once of every attempt.
const (
	tripsHop   = 1 // a redirect: its request is sent with the connection, which is not waited for
	tripsTLS12 = 2
	tripsTLS13 = 1
	tripsGRPC  = 1 // the settings, before the call
)

// slack is what an attempt over a way of some length gets on top of that length.
const slack = 250 * time.Millisecond

// budget is the time that an attempt may take: the timeout of the probe, and the way there and back for every time
// that the attempt takes it.
type budget struct {
	// immutable, but for restart
	start     time.Time
	roundTrip time.Duration
	// immutable
	timeout time.Duration
	linger  time.Duration
	// measured returns how long the way was meanwhile; zero for not known. It may be nil.
	measured func() time.Duration

	mu sync.Mutex
	// guarded by mu
	trips int
	timer *time.Timer // of a context of expiring
}

func newBudget(timeout, roundTrip, linger time.Duration) *budget {
	return &budget{start: time.Now(), timeout: timeout, roundTrip: roundTrip, linger: linger, trips: 1}
}

// restart says that the attempt began later than it was made, and how long the way was, if that was not known. Nobody else
// may use the budget at that time.
func (b *budget) restart(at time.Time, roundTrip time.Duration) {
	if at.After(b.start) {
		b.start = at
	}
	if b.roundTrip == 0 {
		b.roundTrip = roundTrip
	}
}

// allowed returns how long the attempt is waited for, which is longer than it may effectively take.
func (b *budget) allowed() time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.allowedLocked()
}

func (b *budget) allowedLocked() time.Duration {
	if b.roundTrip == 0 {
		return b.timeout
	}
	return b.timeout + time.Duration(b.trips)*b.roundTrip*3/2 + slack + b.linger
}

// add says that the attempt takes the way n times more, or less, than was known.
func (b *budget) add(n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.trips += n
	if b.timer != nil && b.roundTrip != 0 {
		b.timer.Reset(time.Until(b.start.Add(b.allowedLocked())))
	}
}

// taken returns how often the way was taken.
func (b *budget) taken() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.trips
}

// effective returns how long the kubelet would have seen the attempt take until a moment d after its start.
func (b *budget) effective(d time.Duration) time.Duration {
	return max(0, d-time.Duration(b.taken())*b.length())
}

// length returns how long the way is: what was known of it before, or less when it has become shorter since.
func (b *budget) length() time.Duration {
	if b.measured != nil {
		if now := b.measured(); now > 0 {
			return min(b.roundTrip, now)
		}
	}
	return b.roundTrip
}

// late reports whether the kubelet would have given up before now. On a direct way the context decides that.
func (b *budget) late() bool { return b.lateAt(time.Now()) }

// lateAt reports whether the kubelet would have given up before a moment.
func (b *budget) lateAt(at time.Time) bool { return b.over(at) > 0 }

// over is how long before a moment the kubelet would have given up; nothing on a direct way.
func (b *budget) over(at time.Time) time.Duration {
	if b.roundTrip == 0 {
		return 0
	}
	return b.effective(at.Sub(b.start)) - b.timeout
}

// expiring returns a context that is cancelled, with the cause context.DeadlineExceeded, when the time is over; add
// moves that moment. The returned function releases it.
func (b *budget) expiring(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(ctx)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.timer = time.AfterFunc(time.Until(b.start.Add(b.allowedLocked())), func() { cancel(context.DeadlineExceeded) })
	return ctx, func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.timer.Stop()
		b.timer = nil
		cancel(context.Canceled)
	}
}

// deadline returns a context that ends when the time is over as it is known now.
func (b *budget) deadline(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithDeadline(ctx, b.start.Add(b.allowed()))
}
