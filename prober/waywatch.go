package prober

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// wayWatch times the way to a container again and again while an attempt is under way. A verdict that rests on how long
// something took is none when the way may have been held up for as long. The nil wayWatch is that of a way without a length.
type wayWatch struct {
	// immutable after watchWay
	ping   func(context.Context) error
	cancel context.CancelFunc
	done   chan struct{}

	mu sync.Mutex
	// guarded by mu
	since             time.Time // of the ping under way, or of the first that failed since one came back; zero for none
	shortest, longest time.Duration

	trips trips
}

// wayGlance is how long after the beginning of an attempt the way is timed first, and how long there is between two
// times: most attempts are over by then.
const wayGlance = 100 * time.Millisecond

// watchWay begins to watch a way by its sign of life; nil for one that cannot be asked. stop ends it.
func watchWay(ctx context.Context, ping func(context.Context) error) *wayWatch {
	if ping == nil {
		return nil
	}
	w := &wayWatch{ping: ping, done: make(chan struct{})}
	ctx, w.cancel = context.WithCancel(ctx)
	go w.run(ctx)
	return w
}

func (w *wayWatch) run(ctx context.Context) {
	defer close(w.done)
	pause := time.NewTimer(wayGlance)
	defer pause.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-pause.C:
		}
		began := time.Now()
		w.sent(began)
		// A ping that fails may have been the last of a connection that another has replaced: only the next one tells.
		if w.ping(ctx) == nil {
			w.returned(began)
		}
		pause.Reset(wayGlance)
	}
}

// sent notes that a ping is under way.
func (w *wayWatch) sent(at time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.since.IsZero() {
		w.since = at
	}
}

// returned notes that a ping has come back. While those before it failed, the way was silent.
func (w *wayWatch) returned(sent time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	took := time.Since(sent)
	w.longest = max(w.longest, time.Since(w.since))
	w.since = time.Time{}
	w.trips.add(took)
	if w.shortest == 0 || took < w.shortest {
		w.shortest = took
	}
}

// length is the shortest round trip that was measured; zero for none.
func (w *wayWatch) length() time.Duration {
	if w == nil {
		return 0
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.shortest
}

// usual is the median of the newest round trips that were measured; zero for none.
func (w *wayWatch) usual() time.Duration {
	if w == nil {
		return 0
	}
	return w.trips.median()
}

// worst is the longest round trip, that of the ping under way included.
func (w *wayWatch) worst() time.Duration {
	if w == nil {
		return 0
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.since.IsZero() {
		return w.longest
	}
	return max(w.longest, time.Since(w.since))
}

// explains returns a *Broken when it may be the way, taken so many times, that made an attempt take so much longer than it
// may; nil otherwise.
func (w *wayWatch) explains(over, usual time.Duration, trips int) *Broken {
	worst := w.worst()
	if held := worst - usual; over <= 0 || held < slack || time.Duration(trips)*held+wayGlance < over {
		return nil
	}
	return &Broken{Err: heldUp(worst)}
}

// heldUp says that a round trip took so long.
func heldUp(took time.Duration) error {
	return fmt.Errorf("the way to the container took %v meanwhile", took.Round(time.Millisecond))
}

// stop ends the watch, and waits for that. It may be called again.
func (w *wayWatch) stop() {
	if w != nil {
		w.cancel()
		<-w.done
	}
}
