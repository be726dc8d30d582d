package prober

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/probetop/probetop/model"
)

const (
	// unread is how much may wait for a reader, and patience how long its stream may wait for that. A stream must be
	// read all the time, for others share its way.
	unread   = 256 << 10
	patience = 200 * time.Millisecond
	// unsent is how much may wait to be sent.
	unsent = 64 << 10
	// settling is how long the end of one stream of a pair may be ahead of the other's.
	settling = 2 * time.Second
	// textKept is how much of the error stream is kept.
	textKept = 64 << 10
)

// conn is a connection to a port of a pod: a stream for data and one for what the runtime says of it.
type conn struct {
	// immutable after newConn
	tunnel    *Tunnel
	port      uint16
	requestID string
	in, out   *buffer
	// settled is closed when it is known how the connection has ended, which end is.
	settled chan struct{}
	end     error
	// heard is closed when the first byte of data has come.
	heard chan struct{}
	// sent says that something was sent.
	sent atomic.Bool

	closing sync.Once
	closed  chan struct{} // closed by Close

	// owned by run, until it has started the goroutines that read the streams
	data, word *line
}

func newConn(t *Tunnel, port uint16, requestID string) *conn {
	return &conn{
		tunnel: t, port: port, requestID: requestID, in: newBuffer(unread), out: newBuffer(unsent),
		settled: make(chan struct{}), heard: make(chan struct{}), closed: make(chan struct{}),
	}
}

// run opens the streams, sends what is written, and ends the streams in the end.
func (c *conn) run() {
	defer c.tunnel.release(c)
	if err := c.open(); err != nil {
		c.end = c.tunnel.broken()
		close(c.settled)
		c.breakOff(c.end)
		return
	}
	var reading sync.WaitGroup
	reading.Go(c.readWord)
	reading.Go(c.readData)
	c.send()
	select {
	case <-c.closed:
	case <-c.tunnel.ended:
	}
	c.data.part()
	c.word.part()
	reading.Wait()
	c.tunnel.tap.forget(c.data.Identifier())
	c.tunnel.tap.forget(c.word.Identifier())
}

// breakOff ends both directions; what has come can still be read.
func (c *conn) breakOff(why error) {
	c.in.finish(why)
	c.out.finish(why)
}

// open creates the pair of streams. It does not wait for replies: the first bytes may follow at once.
func (c *conn) open() error {
	headers := http.Header{}
	headers.Set(corev1.PortHeader, strconv.Itoa(int(c.port)))
	headers.Set(corev1.PortForwardRequestIDHeader, c.requestID)
	var err error
	headers.Set(corev1.StreamType, corev1.StreamTypeError)
	if c.word, err = c.tunnel.stream(headers); err != nil {
		return err
	}
	headers = headers.Clone()
	headers.Set(corev1.StreamType, corev1.StreamTypeData)
	c.data, err = c.tunnel.stream(headers)
	return err
}

// send sends what is written until it is known that there will be no more.
func (c *conn) send() {
	for {
		p, err := c.out.take()
		if err == io.EOF { //nolint:errorlint // As CloseWrite left it.
			_ = c.data.Close()
			return
		}
		if err != nil {
			return
		}
		c.sent.Store(true)
		if _, err := c.data.Write(p); err != nil {
			return
		}
	}
}

// readWord reads what the runtime says of the connection.
func (c *conn) readWord() {
	c.word.read(1<<10, func(p []byte) bool {
		c.word.text = append(c.word.text, p[:min(len(p), textKept-len(c.word.text))]...)
		return true
	})
	// When the runtime has said something, or nothing more, the data are over too.
	late := time.AfterFunc(settling, func() { c.in.finish(&Broken{Err: errors.New("the stream of a connection that was over did not end")}) })
	defer late.Stop()
	<-c.data.done
}

// readData reads the data, and tells how they ended.
func (c *conn) readData() {
	defer close(c.settled)
	first := sync.OnceFunc(func() { close(c.heard) })
	whole := c.data.read(16<<10, func(p []byte) bool {
		first()
		return c.in.offer(p, patience)
	})
	if c.end = c.verdict(); !whole {
		c.end = &Broken{Err: fmt.Errorf("%d KiB had come that the probe did not read", unread>>10), Lack: model.LackEndless}
	}
	c.in.finish(c.end)
	if c.end != io.EOF { //nolint:errorlint // A breakage may wrap one.
		c.out.finish(c.end)
	}
}

// verdict waits until both streams have ended, and returns how: io.EOF when the container's side closed the
// connection, what the runtime said, or a *Broken.
func (c *conn) verdict() error {
	late := time.NewTimer(settling)
	defer late.Stop()
	select {
	case <-c.word.done:
	case <-c.closed:
		return net.ErrClosed
	case <-late.C:
		return &Broken{Err: errors.New("the runtime did not say how a connection ended")}
	}
	word, data := c.tunnel.tap.ending(c.word.Identifier()), c.tunnel.tap.ending(c.data.Identifier())
	switch {
	case word != open && len(c.word.text) > 0:
		if data != wasReset && c.sent.Load() {
			// Runtimes that do not reset the stream now leave what was sent on it unread, which is in the way of others.
			c.tunnel.leave()
		}
		return said(string(c.word.text), c.remote())
	case word == finished && data == finished:
		return c.confirm()
	case word == wasReset || data == wasReset:
		return &Broken{Err: errors.New("the runtime reset a connection without a word")}
	}
	return c.tunnel.broken()
}

// confirm returns io.EOF when the connection that ended in good order did so for the container's reasons. A runtime
// that loses its client ends connections in good order as well; that it answers says that it has lost nothing.
func (c *conn) confirm() error {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() {
		select {
		case <-c.closed:
			cancel()
		case <-ctx.Done():
		}
	}()
	if err := c.tunnel.alive(ctx); err != nil {
		return err
	}
	return io.EOF
}

// Acknowledged implements Acknowledger. The container took the connection when it sent anything, or when the
// runtime had nothing to complain of in the end. The runtime may take a second to say so: containerd waits that long
// for the container to close as well.
func (c *conn) Acknowledged(ctx context.Context) error {
	c.CloseWrite()
	select {
	case <-c.heard:
		return nil
	case <-c.settled:
	case <-c.closed:
		return &Broken{Err: net.ErrClosed}
	case <-ctx.Done():
		return &Broken{Err: ctx.Err()}
	}
	if c.end == io.EOF || took(c.end) { //nolint:errorlint // A breakage may wrap one.
		return nil
	}
	return c.end
}

// CloseWrite says that nothing more will be sent.
func (c *conn) CloseWrite() { c.out.finish(io.EOF) }

// Read implements net.Conn.
func (c *conn) Read(p []byte) (int, error) { return c.in.read(p) }

// Write implements net.Conn. It returns before the bytes are sent.
func (c *conn) Write(p []byte) (int, error) { return c.out.write(p) }

// Close implements net.Conn. It does not wait.
func (c *conn) Close() error {
	c.closing.Do(func() {
		c.in.abandon(net.ErrClosed)
		c.out.abandon(net.ErrClosed)
		close(c.closed)
	})
	return nil
}

// LocalAddr implements net.Conn.
func (c *conn) LocalAddr() net.Addr { return &net.TCPAddr{} }

// RemoteAddr implements net.Conn. It is the address that was dialled.
func (c *conn) RemoteAddr() net.Addr { return c.remote() }

func (c *conn) remote() *net.TCPAddr {
	return &net.TCPAddr{IP: net.ParseIP(c.tunnel.target.IP), Port: int(c.port)}
}

// SetDeadline implements net.Conn.
func (c *conn) SetDeadline(t time.Time) error {
	c.in.setDeadline(t)
	c.out.setDeadline(t)
	return nil
}

// SetReadDeadline implements net.Conn.
func (c *conn) SetReadDeadline(t time.Time) error {
	c.in.setDeadline(t)
	return nil
}

// SetWriteDeadline implements net.Conn.
func (c *conn) SetWriteDeadline(t time.Time) error {
	c.out.setDeadline(t)
	return nil
}
