package simcluster

import (
	"io"
	"net"
	"time"
)

// lingering is how long a client may take to end a connection that the server has ended.
const lingering = time.Second

// parting is a listener whose connections are ended without losing what was written last: a system that closes a
// connection before everything on it was read resets it, and throws away what has not been sent yet.
type parting struct {
	net.Listener
	shift *shift
}

// Accept implements net.Listener.
func (p parting) Accept() (net.Conn, error) {
	c, err := p.Listener.Accept()
	if tcp, ok := c.(*net.TCPConn); ok {
		return partingConn{tcp, p.shift}, nil
	}
	return c, err
}

type partingConn struct {
	*net.TCPConn
	shift *shift
}

// Close ends the connection for the client, and leaves the rest to the shift.
func (c partingConn) Close() error {
	if c.CloseWrite() != nil || !c.shift.part(c.TCPConn) {
		return c.TCPConn.Close()
	}
	return nil
}

// part reads what a client still sends, until it ends the connection. It reports false when clients are not waited for.
func (s *shift) part(c *net.TCPConn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.over || s.parting[c] {
		return s.parting[c]
	}
	s.parting[c] = true
	s.running.Go(func() {
		_ = c.SetReadDeadline(time.Now().Add(lingering))
		_, _ = io.Copy(io.Discard, c)
		_ = c.Close()
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.parting, c)
	})
	return true
}
