package prober

import (
	"io"
	"os"
	"sync"
	"time"
)

// buffer is one direction of a connection: bytes on their way, up to a limit, and how they end. A caller that waits for
// it can be given a deadline, which a stream itself does not know.
type buffer struct {
	limit int // immutable

	mu sync.Mutex
	// guarded by mu
	data    []byte
	end     error         // after the data; nil while there may be more
	until   time.Time     // the deadline of the side that may wait; zero for none
	changed chan struct{} // closed when any of this has changed
}

func newBuffer(limit int) *buffer { return &buffer{limit: limit, changed: make(chan struct{})} }

func (b *buffer) announceLocked() {
	close(b.changed)
	b.changed = make(chan struct{})
}

// read waits for bytes, the end or the deadline.
func (b *buffer) read(p []byte) (int, error) {
	for {
		b.mu.Lock()
		switch {
		case expired(b.until):
			b.mu.Unlock()
			return 0, os.ErrDeadlineExceeded
		case len(b.data) > 0 || len(p) == 0:
			n := copy(p, b.data)
			b.data = b.data[n:]
			b.announceLocked()
			b.mu.Unlock()
			return n, nil
		case b.end != nil:
			defer b.mu.Unlock()
			return 0, b.end
		}
		b.waitUnlock()
	}
}

// write waits for room, the end or the deadline.
func (b *buffer) write(p []byte) (n int, err error) {
	for {
		b.mu.Lock()
		switch {
		case b.end != nil:
			defer b.mu.Unlock()
			return n, b.failure()
		case expired(b.until):
			b.mu.Unlock()
			return n, os.ErrDeadlineExceeded
		case len(b.data) < b.limit || len(p) == 0:
			k := min(len(p), b.limit-len(b.data))
			b.data = append(b.data, p[:k]...)
			n, p = n+k, p[k:]
			b.announceLocked()
			if len(p) == 0 {
				b.mu.Unlock()
				return n, nil
			}
		}
		b.waitUnlock()
	}
}

// failure is the end as a writer sees it.
func (b *buffer) failure() error {
	if b.end == io.EOF { //nolint:errorlint // The end is this value or another.
		return io.ErrClosedPipe
	}
	return b.end
}

// offer adds bytes, and waits for room no longer than patience. It reports whether there was room.
func (b *buffer) offer(p []byte, patience time.Duration) bool {
	var late <-chan time.Time
	for {
		b.mu.Lock()
		if b.end != nil || len(b.data)+len(p) <= b.limit {
			if b.end == nil {
				b.data = append(b.data, p...)
				b.announceLocked()
			}
			b.mu.Unlock()
			return true
		}
		changed := b.changed
		b.mu.Unlock()
		if late == nil {
			late = time.After(patience)
		}
		select {
		case <-changed:
		case <-late:
			return false
		}
	}
}

// take waits for bytes, and takes all there are. It knows no deadline.
func (b *buffer) take() ([]byte, error) {
	for {
		b.mu.Lock()
		switch {
		case len(b.data) > 0:
			p := b.data
			b.data = nil
			b.announceLocked()
			b.mu.Unlock()
			return p, nil
		case b.end != nil:
			defer b.mu.Unlock()
			return nil, b.end
		}
		changed := b.changed
		b.mu.Unlock()
		<-changed
	}
}

// finish says how the bytes end. The first end counts.
func (b *buffer) finish(end error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.end == nil {
		b.end = end
		b.announceLocked()
	}
}

// abandon ends it at once: the bytes in it are forgotten.
func (b *buffer) abandon(end error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.data, b.end, b.until = nil, end, time.Time{}
	b.announceLocked()
}

// setDeadline concerns those who are waiting as well.
func (b *buffer) setDeadline(t time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.until = t
	b.announceLocked()
}

// waitUnlock unlocks, and waits for a change or the deadline.
func (b *buffer) waitUnlock() {
	changed, until := b.changed, b.until
	b.mu.Unlock()
	if until.IsZero() {
		<-changed
		return
	}
	timer := time.NewTimer(time.Until(until))
	defer timer.Stop()
	select {
	case <-changed:
	case <-timer.C:
	}
}

func expired(t time.Time) bool { return !t.IsZero() && !time.Now().Before(t) }
