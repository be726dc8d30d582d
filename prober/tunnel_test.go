package prober_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/probetop/probetop/model"
	"github.com/probetop/probetop/prober"
	"github.com/probetop/probetop/simcluster"
)

func TestTunnelCarriesARequest(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, s *stage) {
		p := pool(t, s.config, prober.PoolOptions{})
		trip, err := p.Open(soon(t), target)
		if err != nil || trip <= 0 || trip > 5*time.Second {
			t.Fatalf("got a round trip of %v, %v", trip, err)
		}
		c := dial(t, p, webPort)
		answer, err := get(c, webPort, "/livez?x=1")
		if want := "GET /livez?x=1 from 10.0.0.7:8080"; err != nil || !strings.HasSuffix(answer, want) {
			t.Errorf("got %q, %v, want %q", answer, err, want)
		}
		if got := c.RemoteAddr().String(); got != address(webPort) {
			t.Errorf("the connection leads to %s", got)
		}
	})
}

func TestTunnelSaysWhatTheContainerSays(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, s *stage) {
		p := pool(t, s.config, prober.PoolOptions{})
		t.Run("refused", func(t *testing.T) {
			_, err := get(dial(t, p, closedPort), closedPort, "/")
			var r *prober.Refusal
			if !errors.As(err, &r) || r.Reason != prober.ReasonRefused || !strings.Contains(r.Raw, "connect: connection refused") {
				t.Errorf("got %v", err)
			}
		})
		t.Run("closed without a word", func(t *testing.T) {
			if answer, err := get(dial(t, p, hangUpPort), hangUpPort, "/"); answer != "" || err != nil {
				t.Errorf("got %q, %v, want an EOF", answer, err)
			}
		})
		t.Run("reset", func(t *testing.T) {
			if _, err := get(dial(t, p, resetPort), resetPort, "/"); !errors.Is(err, syscall.ECONNRESET) {
				t.Errorf("got %v, want a reset", err)
			}
		})
	})
}

func TestAcknowledged(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, s *stage) {
		p := pool(t, s.config, prober.PoolOptions{})
		for _, port := range []int{webPort, echoPort, mutePort, hangUpPort, resetPort, bannerPort, endlessPort} {
			if err := dial(t, p, port).(prober.Acknowledger).Acknowledged(soon(t)); err != nil {
				t.Errorf("port %d: %v", port, err)
			}
		}
		err := dial(t, p, closedPort).(prober.Acknowledger).Acknowledged(soon(t))
		var r *prober.Refusal
		if !errors.As(err, &r) || r.Error() != "connect: connection refused" {
			t.Errorf("got %v", err)
		}
	})
}

func TestNothingIsDialledOutside(t *testing.T) {
	t.Parallel()
	s := newStage(t, simcluster.Options{})
	p := pool(t, s.config, prober.PoolOptions{})
	for _, address := range []string{"127.0.0.1:8080", "169.254.169.254:80", "10.0.0.8:8080", "web:8080", "[::1]:8080", "10.0.0.7", "10.0.0.7:0", "10.0.0.7:70000", ":8080"} {
		c, err := p.Dial(target)(soon(t), "tcp", address)
		var b *prober.Broken
		if !errors.As(err, &b) || c != nil {
			t.Errorf("dialling %q: got %v", address, err)
		}
	}
	if _, err := p.Dial(target)(soon(t), "udp", address(webPort)); err == nil {
		t.Error("dialled UDP")
	}
	if n := s.dials.Load(); n != 0 {
		t.Errorf("the pod was dialled %d times", n)
	}
}

// TestManyProbesShareATunnel runs probes side by side of which some are refused, some reset, some flooded and some
// never answered.
func TestManyProbesShareATunnel(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, s *stage) {
		p := pool(t, s.config, prober.PoolOptions{})
		ports := [...]int{webPort, closedPort, webPort, resetPort, endlessPort, webPort}
		var conns [60]net.Conn
		for i := range conns { // before anything is sent: a refusal may leave it unread, and the tunnel takes no more connections then
			conns[i] = dial(t, p, ports[i%len(ports)])
		}
		var probes sync.WaitGroup
		for i, c := range conns {
			port := ports[i%len(ports)]
			probes.Go(func() {
				if port == endlessPort {
					if n, err := io.CopyN(io.Discard, c, 100<<10); n != 100<<10 {
						t.Errorf("got %d bytes, %v", n, err)
					}
					_ = c.Close()
					return
				}
				answer, err := get(c, port, fmt.Sprintf("/%d", i))
				var r *prober.Refusal
				switch {
				case port == webPort && (err != nil || !strings.Contains(answer, fmt.Sprintf("GET /%d from", i))):
					t.Errorf("probe %d: got %q, %v", i, answer, err)
				case port == closedPort && !errors.As(err, &r):
					t.Errorf("probe %d: got %q, %v, want a refusal", i, answer, err)
				case port == resetPort && !errors.Is(err, syscall.ECONNRESET):
					t.Errorf("probe %d: got %q, %v, want a reset", i, answer, err)
				}
			})
		}
		probes.Wait()
		if n := upgrades(s); n != 1 {
			t.Errorf("%d connections were upgraded, want 1", n)
		}
	})
}

// upgrades counts the requests that were upgraded, by the method that both kinds of upgrade end in.
func upgrades(s *stage) int {
	n := 0
	refused := false
	for _, r := range s.Requests() {
		if r.Subresource == "portforward" {
			n++
			refused = refused || r.Verb == "create"
		}
	}
	if refused { // the first one was a GET that was forbidden
		n--
	}
	return n
}

func TestDeadlines(t *testing.T) {
	t.Parallel()
	s := newStage(t, simcluster.Options{})
	p := pool(t, s.config, prober.PoolOptions{})
	c := dial(t, p, mutePort)
	for range 2 {
		if err := c.SetReadDeadline(time.Now().Add(20 * time.Millisecond)); err != nil {
			t.Fatal(err)
		}
		var timeout net.Error
		if _, err := c.Read(make([]byte, 1)); !errors.As(err, &timeout) || !timeout.Timeout() {
			t.Errorf("got %v, want a timeout", err)
		}
	}
	// A deadline also ends a read that is under way.
	_ = c.SetReadDeadline(time.Time{})
	read := make(chan error, 1)
	go func() {
		_, err := c.Read(make([]byte, 1))
		read <- err
	}()
	_ = c.SetReadDeadline(time.Unix(1, 0))
	if err := <-read; !errors.Is(err, context.DeadlineExceeded) && !strings.Contains(err.Error(), "timeout") {
		t.Errorf("got %v, want a timeout", err)
	}
	if err := p.Alive(target)(soon(t)); err != nil {
		t.Errorf("the tunnel broke: %v", err)
	}
	_ = c.Close()
	if _, err := c.Read(make([]byte, 1)); !errors.Is(err, net.ErrClosed) {
		t.Errorf("got %v from a closed connection", err)
	}
}

func TestTunnelIsForbidden(t *testing.T) {
	t.Parallel()
	s := newStage(t, simcluster.Options{})
	s.Faults().Add(simcluster.Fault{Resource: "pods", Subresource: "portforward", Do: simcluster.Forbid()})
	_, err := pool(t, s.config, prober.PoolOptions{}).Open(soon(t), target)
	var b *prober.Broken
	if !errors.As(err, &b) || b.Lack != model.LackForbidden {
		t.Errorf("got %v", err)
	}
	if want := `cannot create resource "pods/portforward" in API group "" in the namespace "shop"`; !strings.Contains(fmt.Sprint(err), want) {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestTunnelToAPodThatIsNotThere(t *testing.T) {
	t.Parallel()
	s := newStage(t, simcluster.Options{})
	other := target
	other.Name, other.UID = "nobody", "uid-nobody"
	_, err := pool(t, s.config, prober.PoolOptions{}).Open(soon(t), other)
	var b *prober.Broken
	if !errors.As(err, &b) || b.Lack != model.LackGone {
		t.Errorf("got %v", err)
	}
}

// goroutines returns the stacks of what the package has started, after a moment to end.
func goroutines() string {
	var found []string
	for range 1000 {
		stacks := make([]byte, 4<<20)
		stacks = stacks[:runtime.Stack(stacks, true)]
		found = found[:0]
		for stack := range strings.SplitSeq(string(stacks), "\n\n") {
			ours := strings.Contains(stack, "probetop/prober.") || strings.Contains(stack, "spdystream")
			if ours && !strings.Contains(stack, "testing.tRunner") && !ofTheServer(stack) {
				found = append(found, stack)
			}
		}
		if len(found) == 0 {
			return ""
		}
		time.Sleep(10 * time.Millisecond)
	}
	return strings.Join(found, "\n\n")
}

// ofTheServer reports whether a stack is of the library of the simulated runtime, which does not end what waits for a reply
// that could not be sent, and waits for that when it closes the connection.
func ofTheServer(stack string) bool {
	return strings.Contains(stack, "cri-streaming") || strings.Contains(stack, "created by k8s.io/streaming/pkg/httpstream/spdy.newConnection") ||
		strings.Contains(stack, "spdystream.(*Connection).shutdown")
}

// TestOpenOpens another tunnel when the one there was is going: an attempt must not wait for it.
func TestOpenOpens(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, s *stage) {
		p := pool(t, s.config, prober.PoolOptions{})
		for range 2 {
			before := len(s.Requests())
			if _, err := p.Open(soon(t), target); err != nil {
				t.Fatal(err)
			}
			if len(s.Requests()) == before {
				t.Error("no tunnel was asked for")
			}
			before = len(s.Requests())
			c := dial(t, p, webPort)
			_ = c.Close()
			if got := len(s.Requests()); got != before {
				t.Errorf("the connection waited for %d requests", got-before)
			}
			for end := time.Now().Add(10 * time.Second); !p.Retire(target.UID); time.Sleep(5 * time.Millisecond) {
				if time.Now().After(end) {
					t.Fatal("the connection is not closed")
				}
			}
		}
	})
}

// TestNothingIsLeft runs alone, so that all goroutines there are must be its own.
func TestNothingIsLeft(t *testing.T) {
	s := newStage(t, simcluster.Options{})
	p, err := prober.NewPool(s.config, prober.PoolOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, port := range []int{webPort, closedPort, mutePort, endlessPort, resetPort, echoPort} {
		c := dial(t, p, port)
		if port == webPort {
			_, _ = get(c, port, "/")
		}
		if port == endlessPort {
			_ = c.Close()
		}
	}
	p.Close()
	s.Close()
	if left := goroutines(); left != "" {
		t.Errorf("goroutines are left after Close:\n%s", left)
	}
}
