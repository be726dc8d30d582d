package simcluster

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"syscall"
)

// pipes connects clients and server without a network.
type pipes struct {
	mu sync.Mutex
	// guarded by mu
	listener *pipeListener // nil until the first open
}

type pipeListener struct {
	conns  chan net.Conn
	closed chan struct{}
	close  sync.Once
}

func (p *pipes) open() net.Listener {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.listener = &pipeListener{conns: make(chan net.Conn), closed: make(chan struct{})}
	return p.listener
}

// dial is refused while nothing listens.
func (p *pipes) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	p.mu.Lock()
	l := p.listener
	p.mu.Unlock()
	client, server := net.Pipe()
	select {
	case l.conns <- server:
		return clientEnd{client}, nil
	case <-l.closed:
		return nil, broken("dial", "connect", syscall.ECONNREFUSED)
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// clientEnd is a connection that fails the way TCP does, so that clients know when to try again.
type clientEnd struct{ net.Conn }

// Write implements net.Conn.
func (c clientEnd) Write(b []byte) (int, error) {
	n, err := c.Conn.Write(b)
	if errors.Is(err, io.ErrClosedPipe) {
		err = broken("write", "write", syscall.ECONNRESET)
	}
	return n, err
}

func broken(op, call string, errno syscall.Errno) error {
	return &net.OpError{Op: op, Net: "tcp", Err: os.NewSyscallError(call, errno)}
}

// Accept implements net.Listener.
func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

// Close implements net.Listener.
func (l *pipeListener) Close() error {
	l.close.Do(func() { close(l.closed) })
	return nil
}

// Addr implements net.Listener.
func (l *pipeListener) Addr() net.Addr { return &net.UnixAddr{Name: "simcluster", Net: "pipe"} }
