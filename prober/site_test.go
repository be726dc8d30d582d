package prober_test

import (
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/probetop/probetop/model"
	"github.com/probetop/probetop/prober"
)

// newest is a node of the newest version.
var newest = prober.NodeInfo{KubeletVersion: "v1.37.1", RuntimeVersion: "containerd://2.1.4"}

// check returns the readiness check of a pod at 10.0.0.5 whose container has a probe.
func check(t *testing.T, handler corev1.ProbeHandler, change ...func(pod *corev1.Pod)) *prober.Check {
	t.Helper()
	return checkOn(t, newest, handler, change...)
}

func checkOn(t *testing.T, node prober.NodeInfo, handler corev1.ProbeHandler, change ...func(pod *corev1.Pod)) *prober.Check {
	t.Helper()
	pod := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "web-0", UID: "uid"},
		Spec: corev1.PodSpec{Containers: []corev1.Container{{
			Name: "app", ReadinessProbe: &corev1.Probe{ProbeHandler: handler, TimeoutSeconds: 1},
		}}},
		Status: corev1.PodStatus{PodIP: "10.0.0.5"},
	}
	for _, f := range change {
		f(pod)
	}
	c, err := prober.NewCheck(pod, "app", model.Readiness, node)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// patient gives a probe a timeout that a busy machine does not reach.
func patient(pod *corev1.Pod) { pod.Spec.Containers[0].ReadinessProbe.TimeoutSeconds = 60 }

func httpGet(path string) corev1.ProbeHandler {
	return corev1.ProbeHandler{HTTPGet: &corev1.HTTPGetAction{Port: intstr.FromInt32(8080), Path: path}}
}

func httpsGet(path string) corev1.ProbeHandler {
	h := httpGet(path)
	h.HTTPGet.Scheme = corev1.URISchemeHTTPS
	return h
}

func tcpSocket() corev1.ProbeHandler {
	return corev1.ProbeHandler{TCPSocket: &corev1.TCPSocketAction{Port: intstr.FromInt32(5432)}}
}

func grpcCall(service string) corev1.ProbeHandler {
	return corev1.ProbeHandler{GRPC: &corev1.GRPCAction{Port: 9090, Service: &service}}
}

func execute(argv ...string) corev1.ProbeHandler {
	return corev1.ProbeHandler{Exec: &corev1.ExecAction{Command: argv}}
}

// way is a way to a server of this process, whatever is dialled, that remembers what was.
type way struct {
	to string

	mu sync.Mutex
	// guarded by mu
	dialled []string
	open    int
}

func (w *way) dial(ctx context.Context, network, address string) (net.Conn, error) {
	w.mu.Lock()
	w.dialled = append(w.dialled, address)
	w.mu.Unlock()
	var d net.Dialer
	conn, err := d.DialContext(ctx, network, w.to)
	if err != nil {
		return nil, err
	}
	w.mu.Lock()
	w.open++
	w.mu.Unlock()
	return &counted{Conn: conn, way: w}, nil
}

// counted is a connection that tells its way when it is closed.
type counted struct {
	net.Conn
	way  *way
	once sync.Once
}

func (c *counted) Close() error {
	c.once.Do(func() {
		c.way.mu.Lock()
		defer c.way.mu.Unlock()
		c.way.open--
	})
	return c.Conn.Close()
}

func (w *way) left() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.open
}

func (w *way) addresses() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]string{}, w.dialled...)
}

// serve starts an HTTP server and returns the way to it.
func serve(t *testing.T, handler http.HandlerFunc) *way {
	t.Helper()
	server := httptest.NewUnstartedServer(handler)
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.Start()
	t.Cleanup(server.Close)
	return &way{to: server.Listener.Addr().String()}
}

func serveTLS(t *testing.T, handler http.HandlerFunc) *way {
	t.Helper()
	server := httptest.NewUnstartedServer(handler)
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.EnableHTTP2 = true
	server.StartTLS()
	t.Cleanup(server.Close)
	return &way{to: server.Listener.Addr().String()}
}

func respond(code int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		w.WriteHeader(code)
		_, _ = io.WriteString(w, body)
	}
}

// over runs a check over a dial function.
func over(t *testing.T, c *prober.Check, dial prober.Dial) prober.Result {
	t.Helper()
	return c.Run(t.Context(), prober.Paths{Dial: dial})
}

// expect compares a verdict and its text.
func expect(t *testing.T, r prober.Result, verdict model.ShadowVerdict, text string) {
	t.Helper()
	if r.Verdict != verdict || r.Text != text || r.Lack != "" {
		t.Errorf("got %s (lack %q) %q\nwant %s %q", r.Verdict, r.Lack, r.Text, verdict, text)
	}
}

// expectNone wants no verdict, for a reason.
func expectNone(t *testing.T, r prober.Result, lack model.ShadowLack) {
	t.Helper()
	if r.Verdict != model.ShadowNone || r.Lack != lack || r.Text == "" {
		t.Errorf("got %s (lack %q) %q\nwant none for lack of %q, and why", r.Verdict, r.Lack, r.Text, lack)
	}
}

var errCut = errors.New("the tunnel is gone")

// pipes is a way through memory, for tests in a synctest bubble. It is a listener too.
type pipes struct {
	conns chan net.Conn
	done  chan struct{}
	once  sync.Once
}

func newPipes() *pipes { return &pipes{conns: make(chan net.Conn), done: make(chan struct{})} }

func (p *pipes) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	here, there := net.Pipe()
	select {
	case p.conns <- there:
		return here, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case conn := <-p.conns:
		return conn, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error {
	p.once.Do(func() { close(p.done) })
	return nil
}

func (p *pipes) Addr() net.Addr { return &net.TCPAddr{} }

// serve serves HTTP until the returned function is called.
func (p *pipes) serve(handler http.HandlerFunc) (stop func()) {
	server := &http.Server{Handler: handler, ReadHeaderTimeout: time.Minute}
	var serving sync.WaitGroup
	serving.Go(func() { _ = server.Serve(p) })
	return func() {
		_ = server.Close()
		serving.Wait()
	}
}
