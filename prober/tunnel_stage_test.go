package prober_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/go-logr/logr"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"
	"k8s.io/klog/v2"

	"github.com/probetop/probetop/prober"
	"github.com/probetop/probetop/simcluster"
)

// The libraries do not log what the tests do to them. It is said before any test runs: some run side by side.
func TestMain(m *testing.M) {
	klog.SetLogger(logr.Discard())
	os.Exit(m.Run())
}

// The ports of the pod that every test probes.
const (
	webPort     = 8080 // an HTTP server
	closedPort  = 8081 // nothing
	echoPort    = 8082 // says what it hears
	mutePort    = 8083 // accepts and does nothing
	hangUpPort  = 8084 // accepts and closes
	resetPort   = 8085 // accepts and resets
	bannerPort  = 8086 // speaks first
	loopback    = 8087 // an HTTP server on the loopback interface only
	endlessPort = 8088 // never stops sending
	tornPort    = 8089 // answers, and resets within the body
	headersPort = 8090 // never stops sending headers
)

const podIP = "10.0.0.7"

var target = prober.Target{Namespace: "shop", Name: "web", UID: "uid-web", IP: podIP}

// stage is a cluster with one pod.
type stage struct {
	*simcluster.Cluster
	config *rest.Config
	local  *simcluster.Local
	dials  atomic.Int32
}

// newStage starts a cluster whose pod has servers behind its ports.
func newStage(t testing.TB, opts simcluster.Options) *stage {
	t.Helper()
	s := &stage{local: &simcluster.Local{Linger: 2 * time.Millisecond}}
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "%s %s from %s", r.Method, r.URL, r.Host)
	}))
	t.Cleanup(web.Close)
	addresses := map[int32]string{webPort: web.Listener.Addr().String(), loopback: web.Listener.Addr().String()}
	for port, f := range map[int32]func(net.Conn){
		echoPort:   func(c net.Conn) { _, _ = io.Copy(c, c) },
		mutePort:   func(c net.Conn) { _, _ = io.Copy(io.Discard, c) },
		hangUpPort: func(c net.Conn) { _, _ = c.Read(make([]byte, 4<<10)) },
		resetPort: func(c net.Conn) {
			_, _ = c.Read(make([]byte, 1))
			_ = c.(*net.TCPConn).SetLinger(0)
		},
		tornPort: func(c net.Conn) {
			_, _ = c.Read(make([]byte, 1))
			fmt.Fprint(c, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
			_ = c.(*net.TCPConn).SetLinger(0)
		},
		headersPort: func(c net.Conn) {
			_, _ = c.Read(make([]byte, 1))
			_, err := fmt.Fprint(c, "HTTP/1.1 200 OK\r\n")
			for line := []byte("X-A: " + strings.Repeat("v", 8000) + "\r\n"); err == nil; {
				_, err = c.Write(line)
			}
		},
		bannerPort: func(c net.Conn) { fmt.Fprint(c, "220 hello\r\n"); _, _ = io.Copy(io.Discard, c) },
		endlessPort: func(c net.Conn) {
			for junk := make([]byte, 64<<10); ; {
				if _, err := c.Write(junk); err != nil {
					return
				}
			}
		},
	} {
		addresses[port] = listen(t, f)
	}
	s.local.Dial = func(ctx context.Context, port int32, onLoopback bool) (net.Conn, error) {
		s.dials.Add(1)
		address, ok := addresses[port]
		if !ok || port == loopback && !onLoopback {
			return nil, syscall.ECONNREFUSED
		}
		return (&net.Dialer{}).DialContext(ctx, "tcp", address)
	}
	opts.Behaviour = func(*corev1.Pod) simcluster.Behaviour { return s.local }
	var err error
	if s.Cluster, err = simcluster.Start(opts); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	s.config = s.RESTConfig()
	if err := s.Apply(pod()); err != nil {
		t.Fatal(err)
	}
	return s
}

func pod() *corev1.Pod {
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Namespace: target.Namespace, Name: target.Name, UID: target.UID},
		Spec:       corev1.PodSpec{NodeName: "node-1", Containers: []corev1.Container{{Name: "app"}, {Name: "side"}}},
		Status:     corev1.PodStatus{Phase: corev1.PodRunning, PodIP: podIP},
	}
}

// listen opens a port until the test ends, serves each connection with f and closes it.
func listen(t testing.TB, f func(net.Conn)) string {
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
				defer func() { _ = c.Close() }()
				f(c)
			}()
		}
	}()
	return l.Addr().String()
}

// pool makes a pool that the test's end closes; nothing of it may be left then.
func pool(t testing.TB, config *rest.Config, opts prober.PoolOptions) *prober.Pool {
	t.Helper()
	p, err := prober.NewPool(config, opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p
}

// soon bounds what must not hang.
func soon(t testing.TB) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	t.Cleanup(cancel)
	return ctx
}

func address(port int) string { return net.JoinHostPort(podIP, fmt.Sprint(port)) }

// dial opens a connection, which may not last longer than some seconds.
func dial(t testing.TB, p *prober.Pool, port int) net.Conn {
	t.Helper()
	c, err := p.Dial(target)(soon(t), "tcp", address(port))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	if err := c.SetDeadline(time.Now().Add(15 * time.Second)); err != nil {
		t.Fatal(err)
	}
	return c
}

// both runs a test over a WebSocket and over SPDY.
func both(t *testing.T, f func(t *testing.T, s *stage)) {
	for _, kind := range []string{"WebSocket", "SPDY"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, simcluster.Options{})
			if kind == "SPDY" {
				s.Faults().Add(simcluster.Fault{Resource: "pods", Subresource: "portforward", Verb: "get", Do: simcluster.Forbid()})
			}
			f(t, s)
		})
	}
}

// get makes a request by hand, and returns the whole answer.
func get(c net.Conn, port int, path string) (string, error) {
	if _, err := fmt.Fprintf(c, "GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n", path, address(port)); err != nil {
		return "", err
	}
	answer, err := io.ReadAll(c)
	return string(answer), err
}
