package prober

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/probetop/probetop/model"
)

// wire is where the handlers' connections of one attempt come from. It remembers what the way to the container
// said of them, because net/http and grpc put errors into words of their own, and closes them at the end.
type wire struct {
	dial Dial
	host string // the only one that is dialled
	// faulted is called once, at the first fault.
	faulted func()

	mu sync.Mutex
	// guarded by mu
	closed  bool
	cancels []context.CancelFunc
	conns   []*wiredConn
	fault   error // a *Broken, or the *Refusal of the last connection
	reset   bool  // the container's side reset the last connection
	address string
	last    time.Time // when the last bytes came
	came    int       // how many bytes have come on the last connection
}

// open dials an address. It is the DialContext of the handlers' libraries.
func (w *wire) open(ctx context.Context, network, address string) (conn net.Conn, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if err := w.admit(address, cancel); err != nil {
		w.note(err)
		return nil, err
	}
	defer func() {
		if reason := recover(); reason != nil {
			err = panicked("dialling", reason)
			w.note(err)
		}
	}()
	inner, err := w.dial(ctx, network, address)
	if err != nil {
		w.note(err)
		return nil, err
	}
	return w.keep(inner)
}

// admit begins a dial, which forgets what was said of earlier connections. Redirects stay on one host by the rules
// of the handler; this is what holds if they ever do not.
func (w *wire) admit(address string, cancel context.CancelFunc) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil || host != w.host {
		return &Broken{Err: fmt.Errorf("dialling %q: not the probe's host %q", address, w.host), Lack: model.LackHost}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return net.ErrClosed
	}
	w.cancels = append(w.cancels, cancel)
	w.address, w.came = address, 0
	var b *Broken
	w.reset = false
	if !errors.As(w.fault, &b) {
		w.fault = nil
	}
	return nil
}

func (w *wire) keep(inner net.Conn) (net.Conn, error) {
	conn := &wiredConn{Conn: inner, wire: w}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		_ = inner.Close()
		return nil, net.ErrClosed
	}
	w.conns = append(w.conns, conn)
	return conn, nil
}

// note remembers a fault. A breakage stays; a refusal is forgotten when the next connection is dialled.
func (w *wire) note(err error) {
	var refusal *Refusal
	fault := error(nil)
	if b := broken(err); b != nil {
		fault = b
	} else if errors.As(err, &refusal) {
		fault = refusal
	}
	w.mu.Lock()
	w.reset = w.reset || took(err)
	first := fault != nil && w.fault == nil && !w.closed
	if first {
		w.fault = fault
	}
	w.mu.Unlock()
	if first && w.faulted != nil {
		w.faulted()
	}
}

// said returns what the way to the container said, and the address that was dialled last.
func (w *wire) said() (b *Broken, r *Refusal, address string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	_ = errors.As(w.fault, &b) || errors.As(w.fault, &r)
	return b, r, w.address
}

// wasReset reports whether the container's side reset the connection that was dialled last.
func (w *wire) wasReset() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.reset
}

// hear notes that so many bytes have come.
func (w *wire) hear(n int) {
	now := time.Now()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.last, w.came = now, w.came+n
}

// amount returns how many bytes have come on the connection that was dialled last.
func (w *wire) amount() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.came
}

// heard returns when the last bytes came.
func (w *wire) heard() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.last
}

// close ends every dial and connection. What they say from now on is not heard.
func (w *wire) close() {
	w.mu.Lock()
	w.closed = true
	cancels, conns := w.cancels, w.conns
	w.mu.Unlock()
	for _, cancel := range cancels {
		cancel()
	}
	for _, conn := range conns {
		_ = conn.Close()
	}
}

// wiredConn is a connection whose errors the wire notes.
type wiredConn struct {
	net.Conn
	wire *wire

	mu sync.Mutex
	// guarded by mu
	closed bool
}

func (c *wiredConn) Read(p []byte) (n int, err error) {
	defer c.watch("reading", &err)
	if n, err = c.Conn.Read(p); n > 0 {
		c.wire.hear(n)
	}
	return n, err
}

func (c *wiredConn) Write(p []byte) (n int, err error) {
	defer c.watch("writing", &err)
	return c.Conn.Write(p)
}

// Close closes the connection. What is left to say about it does not concern the attempt.
func (c *wiredConn) Close() (err error) {
	c.mu.Lock()
	c.closed = true
	c.mu.Unlock()
	defer func() {
		if reason := recover(); reason != nil {
			err = panicked("closing", reason)
		}
	}()
	return c.Conn.Close()
}

// watch notes what ended a call, a panic included: this is called in goroutines of libraries, where nobody
// else would recover.
func (c *wiredConn) watch(doing string, err *error) {
	if reason := recover(); reason != nil {
		*err = panicked(doing, reason)
	}
	c.mu.Lock()
	closed := c.closed
	c.mu.Unlock()
	if *err != nil && !closed {
		c.wire.note(*err)
	}
}
