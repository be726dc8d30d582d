package prober_test

import (
	"bytes"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"k8s.io/client-go/rest"

	"github.com/probetop/probetop/prober"
)

// cable is a way to a cluster that is cut, or goes silent, after so many bytes in one direction. It speaks plain
// HTTP to clients, so that every byte of what is inside TLS can be the last.
type cable struct {
	config *rest.Config
	down   bool // the direction whose bytes count: towards the client
	silent bool

	left   atomic.Int64
	passed atomic.Int64
	head   atomic.Int64 // how long the upgrade was
}

// newCable lays a way to a cluster that has no end yet, and whose bytes are counted in one direction.
func newCable(t testing.TB, s *stage, down, silent bool) *cable {
	t.Helper()
	c := &cable{config: rest.CopyConfig(s.config), down: down, silent: silent}
	c.left.Store(1 << 60)
	inner := listen(t, func(client net.Conn) {
		server, err := tls.Dial("tcp", strings.TrimPrefix(s.URL(), "https://"), &tls.Config{InsecureSkipVerify: true})
		if err != nil {
			return
		}
		defer func() { _ = server.Close() }()
		var both sync.WaitGroup
		both.Go(func() { c.carry(server, client, !c.down, client) })
		both.Go(func() { c.carry(client, server, c.down, client) })
		both.Wait()
	})
	c.config.Host, c.config.TLSClientConfig = "http://"+inner, rest.TLSClientConfig{}
	return c
}

// carry carries one direction. When the bytes are used up both ends are cut, or nothing is carried any more.
func (c *cable) carry(to, from net.Conn, counted bool, client net.Conn) {
	buf := make([]byte, 4<<10)
	for {
		n, err := from.Read(buf)
		if counted {
			if before := c.passed.Add(int64(n)) - int64(n); before == 0 {
				c.head.Store(int64(bytes.Index(buf[:n], []byte("\r\n\r\n")) + 4))
			}
			if left := c.left.Add(int64(-n)); left < 0 {
				_, _ = to.Write(buf[:max(0, int64(n)+left)])
				if c.silent {
					_, _ = io.Copy(io.Discard, from)
				}
				err = io.EOF
			}
		}
		if err == nil {
			_, err = to.Write(buf[:n])
		}
		if err != nil {
			_ = to.Close()
			_ = client.Close()
			return
		}
	}
}

// exchange is something that can be asked of a pod. It returns an error for an answer that is not true.
type exchange struct {
	name string
	ask  func(c net.Conn, t testing.TB) error
	port int
	step int64 // every how many bytes it is cut
}

var errAnswer = errors.New("a false answer")

func exchanges() []exchange {
	acknowledged := func(c net.Conn, t testing.TB) error { return c.(prober.Acknowledger).Acknowledged(soon(t)) }
	return []exchange{
		{"a request", func(c net.Conn, _ testing.TB) error {
			answer, err := get(c, webPort, "/")
			if err == nil && !strings.HasSuffix(answer, "GET / from 10.0.0.7:8080") {
				return errAnswer
			}
			return err
		}, webPort, 1},
		{"a refused request", func(c net.Conn, _ testing.TB) error {
			_, err := get(c, closedPort, "/")
			if r := (*prober.Refusal)(nil); errors.As(err, &r) {
				return nil
			} else if err == nil {
				return errAnswer
			}
			return err
		}, closedPort, 7},
		{"a connection", acknowledged, mutePort, 7},
		{"a refused connection", func(c net.Conn, t testing.TB) error {
			err := acknowledged(c, t)
			if r := (*prober.Refusal)(nil); errors.As(err, &r) {
				return nil
			} else if err == nil {
				return errAnswer
			}
			return err
		}, closedPort, 1},
	}
}

// run makes an exchange over a way, and returns what came of it, a breakage as nil and true.
func (e *exchange) run(t testing.TB, config *rest.Config) (broke bool, err error) {
	t.Helper()
	p, err := prober.NewPool(config, prober.PoolOptions{Opening: 30 * time.Second})
	if err != nil {
		return false, err
	}
	defer p.Close()
	c, err := p.Dial(target)(soon(t), "tcp", address(e.port))
	if err == nil {
		defer func() { _ = c.Close() }()
		_ = c.SetDeadline(time.Now().Add(30 * time.Second))
		err = e.ask(c, t)
	}
	var b *prober.Broken
	if errors.As(err, &b) {
		return true, nil
	}
	return false, err
}

// TestCutAtEveryByte cuts the way to the cluster after every byte of an exchange, in either direction; of two of the
// exchanges, which are much like the others, after every seventh. Under the race detector it leaves out more.
func TestCutAtEveryByte(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, s *stage) {
		for _, e := range exchanges() {
			for _, down := range []bool{true, false} {
				measure := newCable(t, s, down, false)
				if broke, err := e.run(t, measure.config); broke || err != nil {
					t.Fatalf("%s over a whole way: broke %t, %v", e.name, broke, err)
				}
				e.cutEverywhere(t, s, down, measure.head.Load(), measure.passed.Load())
			}
		}
	})
}

// cutEverywhere cuts after every byte that follows the upgrade, and after every 16th of the upgrade.
func (e *exchange) cutEverywhere(t *testing.T, s *stage, down bool, head, whole int64) {
	t.Helper()
	var cuts, answers, slowest atomic.Int64
	offsets := make(chan int64)
	var workers sync.WaitGroup
	for range 4 {
		workers.Go(func() {
			for at := range offsets {
				c := newCable(t, s, down, false)
				c.left.Store(at)
				begun := time.Now()
				broke, err := e.run(t, c.config)
				slowest.Store(max(slowest.Load(), int64(time.Since(begun))))
				if err != nil {
					t.Errorf("%s, cut after %d of %d bytes (down %t): %v", e.name, at, whole, down, err)
				}
				if cuts.Add(1); !broke {
					answers.Add(1)
				}
			}
		})
	}
	for at := int64(0); at < whole; at += e.step * thinned {
		if offsets <- at; at < head-16 {
			at += 16 - e.step
		}
	}
	close(offsets)
	workers.Wait()
	t.Logf("%s, down %t: %d cuts, %d true answers, the rest broke; slowest %v",
		e.name, down, cuts.Load(), answers.Load(), time.Duration(slowest.Load()))
	if time.Duration(slowest.Load()) > 30*time.Second {
		t.Errorf("%s hung", e.name)
	}
}
