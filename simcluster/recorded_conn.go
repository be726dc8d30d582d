package simcluster

import (
	"context"
	"net"
	"sync"
)

// servedConn is a connection to a server that lives as long as it does.
type servedConn struct {
	net.Conn
	cancel context.CancelFunc
	done   chan struct{}
}

// Close ends the connection, and returns after the server has ended.
func (c *servedConn) Close() error {
	c.cancel()
	err := c.Conn.Close()
	<-c.done
	return err
}

// oneListener accepts one connection, and is closed when that is.
type oneListener struct {
	// immutable
	conn  net.Conn
	ended chan struct{}

	taken sync.Once
	once  sync.Once
}

// Accept implements net.Listener.
func (l *oneListener) Accept() (net.Conn, error) {
	var conn net.Conn
	l.taken.Do(func() { conn = &lastConn{Conn: l.conn, closed: l.end} })
	if conn != nil {
		return conn, nil
	}
	<-l.ended
	return nil, net.ErrClosed
}

// Close implements net.Listener.
func (l *oneListener) Close() error {
	l.end()
	return nil
}

// Addr implements net.Listener.
func (l *oneListener) Addr() net.Addr { return l.conn.LocalAddr() }

func (l *oneListener) end() { l.once.Do(func() { close(l.ended) }) }

// lastConn tells when it is closed.
type lastConn struct {
	net.Conn
	closed func()
}

// Close implements net.Conn.
func (c *lastConn) Close() error {
	defer c.closed()
	return c.Conn.Close()
}
