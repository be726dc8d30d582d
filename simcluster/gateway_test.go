package simcluster_test

import (
	"errors"
	"io"
	"net"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/probetop/probetop/simcluster"
)

// echo is a server that sends back what it gets, and ends a connection when the client has.
func echo(t *testing.T) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				_, _ = io.Copy(c, c)
				_ = c.Close()
			}()
		}
	}()
	return l
}

// through returns a link to an echo, and a client that has a connection over it through a gateway.
func through(t *testing.T) (*simcluster.Link, *simcluster.Gateway, *net.TCPConn) {
	t.Helper()
	link := simcluster.NewLink((&net.Dialer{}).DialContext)
	g, err := link.Listen(echo(t).Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(g.Close)
	return link, g, enter(t, g)
}

// enter connects to a gateway.
func enter(t *testing.T, g *simcluster.Gateway) *net.TCPConn {
	t.Helper()
	c, err := net.Dial("tcp", g.Address())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	if err := c.SetDeadline(time.Now().Add(30 * time.Second)); err != nil {
		t.Fatal(err)
	}
	return c.(*net.TCPConn)
}

// expectEcho sends a text and waits for it.
func expectEcho(t *testing.T, c net.Conn, text string) {
	t.Helper()
	if _, err := io.WriteString(c, text); err != nil {
		t.Fatal(err)
	}
	got := make([]byte, len(text))
	if _, err := io.ReadFull(c, got); err != nil || string(got) != text {
		t.Fatalf("got %q, %v", got, err)
	}
}

// TestAGatewayLeadsOverTheLink: what happens to the link happens to the connections of other processes.
func TestAGatewayLeadsOverTheLink(t *testing.T) {
	t.Parallel()
	link, g, c := through(t)
	expectEcho(t, c, "hello")
	link.Freeze()
	late := enter(t, g) // the system takes it, and nothing answers
	if _, err := io.WriteString(c, "held"); err != nil {
		t.Fatal(err)
	}
	link.Thaw()
	got := make([]byte, len("held"))
	if _, err := io.ReadFull(c, got); err != nil || string(got) != "held" {
		t.Errorf("got %q, %v", got, err)
	}
	expectEcho(t, late, "late")
	link.Cut()
	if _, err := c.Read(got); err == nil {
		t.Error("a connection that was cut goes on")
	}
}

func TestAGatewayHasHalves(t *testing.T) {
	t.Parallel()
	link, _, c := through(t)
	expectEcho(t, c, strings.Repeat("x", 100<<10))
	link.HalfClose(simcluster.Down)
	if n, err := c.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
		t.Errorf("%d bytes, %v", n, err)
	}
	for range 10 {
		if _, err := io.WriteString(c, "nobody hears it"); err != nil {
			t.Errorf("the way to the server is closed, too: %v", err)
		}
	}
}

// TestAGatewayToNowhere resets connections, and ends while some are open.
func TestAGatewayToNowhere(t *testing.T) {
	t.Parallel()
	refusing := simcluster.NewLink((&net.Dialer{}).DialContext)
	g, err := refusing.Listen("127.0.0.1:1")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(g.Close)
	c, err := net.Dial("tcp", g.Address())
	if err == nil {
		_, err = c.Read(make([]byte, 1))
		_ = c.Close()
	}
	if !errors.Is(err, syscall.ECONNRESET) { // while it is made, or at once
		t.Errorf("got %v", err)
	}
	link, open, held := through(t)
	expectEcho(t, held, "hello")
	link.Freeze()
	open.Close()
	if _, err := held.Read(make([]byte, 1)); err == nil {
		t.Error("a connection goes on after its gateway")
	}
}
