package simcluster

import (
	"context"
	"fmt"
	"io"
	"net"
	"sync"
)

// Gateway is a port of the loopback interface that leads onto a Link, for clients in other processes. Close ends it.
type Gateway struct {
	// immutable after Listen
	link     *Link
	to       string
	listener net.Listener
	cancel   context.CancelFunc
	running  sync.WaitGroup
}

// Listen opens a gateway to an address beyond the link. It returns an error when there is no port to listen on.
func (l *Link) Listen(to string) (*Gateway, error) {
	listener, err := listen("127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("opening a port: %w", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	g := &Gateway{link: l, to: to, listener: listener, cancel: cancel}
	g.running.Go(func() { g.accept(ctx) })
	return g, nil
}

// Address returns the gateway's host and port.
func (g *Gateway) Address() string { return g.listener.Addr().String() }

// Close closes the port and every connection through it, and returns when all has ended.
func (g *Gateway) Close() {
	g.cancel()
	_ = g.listener.Close()
	g.running.Wait()
}

func (g *Gateway) accept(ctx context.Context) {
	for {
		c, err := g.listener.Accept()
		if err != nil {
			return
		}
		g.running.Go(func() { g.carry(ctx, c.(*net.TCPConn)) })
	}
}

// carry leads a connection over the link. Where that leads nowhere the client's is reset: a port that is open cannot refuse it.
func (g *Gateway) carry(ctx context.Context, client *net.TCPConn) {
	defer func() { _ = client.Close() }()
	server, err := g.link.Dial(ctx, "tcp", g.to)
	if err != nil {
		_ = client.SetLinger(0)
		return
	}
	stop := context.AfterFunc(ctx, func() {
		_ = client.Close()
		_ = server.Close()
	})
	defer stop()
	var down sync.WaitGroup
	down.Go(func() {
		if _, err := io.Copy(client, server); err == nil {
			_ = client.CloseWrite() // the server has ended its way, and not the other
			return
		}
		_ = client.Close()
	})
	_, _ = io.Copy(server, client)
	_ = server.Close()
	down.Wait()
}
