package prober_test

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/probetop/probetop/prober"
	"github.com/probetop/probetop/simcluster"
)

// TestSilence lets the way go silent: nothing is answered any more, nor is anything closed.
func TestSilence(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, s *stage) {
		var all sync.WaitGroup
		for at := int64(0); at < 800; at += 40 {
			all.Go(func() {
				c := newCable(t, s, true, true)
				c.left.Store(at)
				begun := time.Now()
				p := pool(t, c.config, prober.PoolOptions{Opening: time.Second})
				conn, err := p.Dial(target)(soon(t), "tcp", address(mutePort))
				if err == nil {
					defer func() { _ = conn.Close() }()
					_ = conn.SetDeadline(time.Now().Add(200 * time.Millisecond))
					if _, err = get(conn, mutePort, "/"); errors.Is(err, os.ErrDeadlineExceeded) {
						for err = p.Alive(target)(soon(t)); err == nil; err = p.Alive(target)(soon(t)) {
							if c.left.Load() >= 0 {
								return // all that was said has passed
							}
						}
					}
				}
				var b *prober.Broken
				if !errors.As(err, &b) {
					t.Errorf("silent after %d bytes: got %v", at, err)
				}
				if took := time.Since(begun); took > 30*time.Second {
					t.Errorf("silent after %d bytes: hung for %v", at, took)
				}
			})
		}
		all.Wait()
	})
}

// waiting opens a connection on which the container has been heard and says nothing more.
func waiting(t *testing.T, p *prober.Pool) (net.Conn, <-chan error) {
	t.Helper()
	c := dial(t, p, bannerPort)
	if _, err := io.ReadFull(c, make([]byte, 11)); err != nil {
		t.Fatal(err)
	}
	end := make(chan error, 1)
	go func() {
		_, err := c.Read(make([]byte, 1))
		end <- err
	}()
	return c, end
}

func wantBroken(t *testing.T, err error) {
	t.Helper()
	var b *prober.Broken
	if !errors.As(err, &b) {
		t.Errorf("got %v, want a breakage", err)
	}
}

func TestServerRestartsInMidProbe(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, s *stage) {
		p := pool(t, s.config, prober.PoolOptions{})
		_, end := waiting(t, p)
		if err := s.Restart(s.Version()); err != nil {
			t.Fatal(err)
		}
		wantBroken(t, <-end)
		if answer, err := get(dial(t, p, webPort), webPort, "/"); err != nil || answer == "" {
			t.Errorf("after the restart: %q, %v", answer, err)
		}
	})
}

func TestConnectionsAreCutInMidProbe(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, s *stage) {
		_, end := waiting(t, pool(t, s.config, prober.PoolOptions{}))
		s.CutConnections()
		wantBroken(t, <-end)
	})
}

func TestPodGoesInMidProbe(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, s *stage) {
		p := pool(t, s.config, prober.PoolOptions{})
		_, end := waiting(t, p)
		gone := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: target.Namespace, Name: target.Name}}
		if err := s.Delete(gone); err != nil {
			t.Fatal(err)
		}
		wantBroken(t, <-end)
	})
}

func TestForgetEndsProbes(t *testing.T) {
	t.Parallel()
	s := newStage(t, simcluster.Options{})
	p := pool(t, s.config, prober.PoolOptions{})
	_, end := waiting(t, p)
	p.Forget(target.UID)
	wantBroken(t, <-end)
}

func TestKubeletIsDown(t *testing.T) {
	t.Parallel()
	s := newStage(t, simcluster.Options{})
	s.Faults().Add(simcluster.Fault{Resource: "pods", Subresource: "portforward", Do: simcluster.Hang(nil)})
	begun := time.Now()
	_, err := pool(t, s.config, prober.PoolOptions{Opening: 300 * time.Millisecond}).Open(soon(t), target)
	wantBroken(t, err)
	if took := time.Since(begun); took > 5*time.Second {
		t.Errorf("it took %v", took)
	}
}

func TestIdleTunnelCloses(t *testing.T) {
	t.Parallel()
	s := newStage(t, simcluster.Options{})
	p := pool(t, s.config, prober.PoolOptions{Idle: 50 * time.Millisecond})
	c := dial(t, p, webPort)
	if answer, err := get(c, webPort, "/"); err != nil || answer == "" {
		t.Fatalf("%q, %v", answer, err)
	}
	_ = c.Close()
	for end := time.Now().Add(10 * time.Second); p.Alive(target)(soon(t)) == nil; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("it does not close")
		}
	}
	if answer, err := get(dial(t, p, webPort), webPort, "/"); err != nil || answer == "" {
		t.Errorf("after that: %q, %v", answer, err)
	}
}

func TestPoolIsBounded(t *testing.T) {
	t.Parallel()
	s := newStage(t, simcluster.Options{})
	p := pool(t, s.config, prober.PoolOptions{Tunnels: 1})
	c := dial(t, p, echoPort)
	other := target
	other.UID = "uid-other"
	_, err := p.Open(soon(t), other)
	wantBroken(t, err)
	_ = c.Close()
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		if _, err = p.Open(soon(t), other); err == nil {
			break
		}
		if time.Now().After(end) {
			t.Fatalf("the one that is idle made no room: %v", err)
		}
	}
}

// deaf is a runtime that ends connections to one port without reading what is sent on them.
type deaf struct{ *simcluster.Local }

// Forward implements simcluster.Behaviour.
func (d deaf) Forward(ctx context.Context, port int32, conn io.ReadWriteCloser) error {
	if port == hangUpPort {
		return nil
	}
	return d.Local.Forward(ctx, port, conn)
}

// TestStuckRuntime leaves bytes unread at the other side, which blocks a queue there and what else comes in it. A
// probe must not be made to wait for a container that never gets its request.
func TestStuckRuntime(t *testing.T) {
	t.Parallel()
	local := newStage(t, simcluster.Options{}).local
	s, err := simcluster.Start(simcluster.Options{Behaviour: func(*corev1.Pod) simcluster.Behaviour { return deaf{local} }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	if err := s.Apply(pod()); err != nil {
		t.Fatal(err)
	}
	p := pool(t, s.RESTConfig(), prober.PoolOptions{})
	if err := p.Alive(target)(soon(t)); err == nil {
		t.Error("a tunnel that is not open is alive")
	}
	if _, err := p.Open(soon(t), target); err != nil {
		t.Fatal(err)
	}
	if err := p.Alive(target)(soon(t)); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		c := dial(t, p, hangUpPort)
		for range 3 {
			_, _ = c.Write([]byte("unread"))
			_, _ = c.Read(make([]byte, 1)) // its end
		}
		_ = c.Close()
	}
	wantBroken(t, p.Alive(target)(soon(t)))
	if answer, err := get(dial(t, p, webPort), webPort, "/"); err != nil || answer == "" {
		t.Errorf("after that: %q, %v", answer, err)
	}
}
