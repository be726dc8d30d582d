package prober

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/moby/spdystream"
)

// mux is a SPDY connection: streams side by side on one connection. It is made of the library below
// k8s.io/streaming, which does not tell how a stream has ended, and cannot be asked for one without waiting.
type mux struct {
	// immutable after newMux
	tap     *tap
	spdy    *spdystream.Connection
	trips   trips
	ended   chan struct{} // closed when the connection has ended
	running sync.WaitGroup

	// creating is held while a stream is created: its identifier must be watched before it is used.
	creating sync.Mutex

	mu sync.Mutex
	// guarded by mu
	pong   *pong // of the ping under way
	closed bool  // nothing is begun any more
}

// newMux begins SPDY on a connection, which the mux closes.
func newMux(c net.Conn) (*mux, error) {
	m := &mux{tap: newTap(c), ended: make(chan struct{})}
	var err error
	if m.spdy, err = spdystream.NewConnection(m.tap, false); err != nil {
		_ = c.Close()
		return nil, fmt.Errorf("beginning SPDY: %w", err)
	}
	m.running.Go(func() {
		defer close(m.ended)
		m.spdy.Serve(func(s *spdystream.Stream) { _ = s.Refuse() })
		_ = m.tap.Close()
	})
	return m, nil
}

// stream creates a stream. It does not wait for the reply.
func (m *mux) stream(headers http.Header) (*line, error) {
	m.creating.Lock()
	defer m.creating.Unlock()
	id := uint32(m.spdy.PeekNextStreamId())
	m.tap.watch(id)
	s, err := m.spdy.CreateStream(headers, nil, false)
	if err != nil {
		m.tap.forget(id)
		return nil, fmt.Errorf("creating a stream: %w", err)
	}
	return &line{Stream: s, mux: m, created: time.Now(), parted: make(chan struct{}), settled: make(chan struct{}), done: make(chan struct{})}, nil
}

// end ends the connection, and says why. It does not wait.
func (m *mux) end(cause error) {
	m.tap.fail(cause)
	_ = m.tap.Close()
}

// close ends the connection, and returns after all that belongs to it has ended.
func (m *mux) close() {
	m.end(errRetired)
	m.mu.Lock()
	m.closed = true
	m.mu.Unlock()
	m.running.Wait()
}

// broken is what the end of the connection means for those who use it.
func (m *mux) broken() *Broken {
	cause := m.tap.why()
	var b *Broken
	switch {
	case errors.As(cause, &b):
		return b
	case cause == nil:
		cause = errors.New("the other side went away")
	}
	// The cause is not wrapped: that our own connection was reset or closed must not be taken for the container's.
	return &Broken{Err: errors.New("the way to the container broke: " + cause.Error())}
}

const (
	// silence is how long the other side may take to answer a ping.
	silence = 2 * time.Second
	// queued is how long it may take while something else comes from it, which stands in front of the answer.
	queued = 5 * silence
)

// pong is the answer to a ping.
type pong struct {
	done chan struct{}
	err  error // after done
}

// alive asks the other side for a sign of life, and ends the connection when there is none, and nothing else comes, within
// two seconds. What was sent before has arrived when it returns nil. The error is a *Broken.
func (m *mux) alive(ctx context.Context) error { return m.pings(ctx, 1, silence) }

// ask does so as well, but waits as long as ctx lets it.
func (m *mux) ask(ctx context.Context) error { return m.pings(ctx, 1, 0) }

// workers is how many queues the library at the other side has for what arrives. Pings take turns.
const workers = spdystream.FRAME_WORKERS

// responsive asks every queue of the other side for a sign of life. A runtime that ends a connection without reading
// what was sent on it never reads that queue again, nor the streams that share it.
func (m *mux) responsive(ctx context.Context) error { return m.pings(ctx, workers, silence) }

// pings waits for the answers to so many pings that are sent from now on. It ends the connection when there is none for too
// long, unless that is zero.
func (m *mux) pings(ctx context.Context, n int, tooLong time.Duration) error {
	late := time.NewTimer(tooLong)
	defer late.Stop()
	if tooLong == 0 {
		late.Stop()
	}
	p, fresh := m.ping()
	began := time.Now()
	if !fresh {
		n++ // the one that is under way says nothing about what was sent after it
	}
	for {
		select {
		case <-p.done:
			if p.err != nil {
				return m.broken()
			}
		case <-m.ended:
			return m.broken()
		case <-late.C:
			if quiet := m.tap.quiet(); quiet < tooLong && time.Since(began) < queued {
				late.Reset(tooLong - quiet)
				continue
			}
			m.end(errors.New("the other side is silent"))
			return m.broken()
		case <-ctx.Done():
			return &Broken{Err: fmt.Errorf("waiting for a sign of life: %w", ctx.Err())}
		}
		if n--; n == 0 {
			return nil
		}
		if tooLong > 0 {
			late.Reset(tooLong) // a slow way is not a silent one
		}
		p, _ = m.ping()
		began = time.Now()
	}
}

// ping sends a ping, or returns the one that is under way and false: the library confuses the answers of several.
func (m *mux) ping() (*pong, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.pong != nil {
		return m.pong, false
	}
	p := &pong{done: make(chan struct{})}
	if m.closed {
		p.err = errRetired
		close(p.done)
		return p, true
	}
	m.pong = p
	m.running.Go(func() {
		defer close(p.done)
		took, err := m.spdy.Ping()
		if err == nil {
			m.trips.add(took)
		}
		m.mu.Lock()
		defer m.mu.Unlock()
		p.err, m.pong = err, nil
	})
	return p, true
}
