package prober_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/probetop/probetop/model"
	"github.com/probetop/probetop/prober"
)

// cut is a connection that breaks after so many bytes in one direction.
type cut struct {
	net.Conn
	left  *atomic.Int64
	reads bool
	err   error
}

func (c *cut) Read(p []byte) (int, error) {
	if !c.reads {
		return c.Conn.Read(p)
	}
	return c.take(p, c.Conn.Read)
}

func (c *cut) Write(p []byte) (int, error) {
	if c.reads {
		return c.Conn.Write(p)
	}
	return c.take(p, c.Conn.Write)
}

func (c *cut) take(p []byte, do func([]byte) (int, error)) (int, error) {
	left := c.left.Load()
	if left <= 0 {
		return 0, c.err
	}
	whole := len(p)
	n, err := do(p[:min(int64(whole), left)])
	if c.left.Add(-int64(n)); err == nil && !c.reads && n < whole {
		err = c.err
	}
	return n, err
}

// cutting returns a dial function whose connections break, each after n bytes in one direction.
func cutting(w *way, n int64, reads bool, err error) prober.Dial {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		return cuttingAll(w, n, reads, err)(ctx, network, address)
	}
}

// cuttingAll is cutting, with n bytes for all the connections together.
func cuttingAll(w *way, n int64, reads bool, err error) prober.Dial {
	left := &atomic.Int64{}
	left.Store(n)
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, dialErr := w.dial(ctx, network, address)
		if dialErr != nil {
			return nil, dialErr
		}
		return &cut{Conn: conn, left: left, reads: reads, err: err}, nil
	}
}

// TestCutAnywhere breaks the way at every byte of an exchange: there is no verdict, unless the whole answer came.
func TestCutAnywhere(t *testing.T) {
	t.Parallel()
	redirecting := func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/" {
			http.Redirect(w, r, "/there", http.StatusFound)
			return
		}
		respond(200, "fine")(w, r)
	}
	tls := serveTLS(t, respond(200, "fine"))
	grpc := serveGRPC(t, serving)
	for name, c := range map[string]struct {
		probe corev1.ProbeHandler
		way   *way
		step  int64
		want  string
		// An exchange has at least so many bytes in either direction, and fewer than enough.
		least  int
		enough int64
	}{
		"HTTP":      {httpGet("/"), serve(t, respond(200, "fine")), 1, "fine", 60, 300},
		"HTTP 503":  {httpGet("/"), serve(t, respond(503, "bad")), 1, "HTTP probe failed with statuscode: 503", 60, 300},
		"redirects": {httpGet("/"), serve(t, redirecting), 2, "fine", 200, 700},
		"HTTPS":     {httpsGet("/"), tls, 7, "fine", 400, 4000},
		"gRPC":      {grpcCall(""), grpc, 3, "service healthy", 100, 700},
	} {
		for _, reads := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s/reads=%v", name, reads), func(t *testing.T) {
				t.Parallel()
				check, none, whole := check(t, c.probe, patient), 0, 0
				for n := int64(0); n < c.enough; n += c.step {
					dial := cutting
					if name == "redirects" {
						dial = cuttingAll
					}
					r := over(t, check, dial(c.way, n, reads, &prober.Broken{Err: errCut}))
					switch {
					case r.Verdict == model.ShadowNone && r.Lack == model.LackTunnel:
						none++
					case r.Verdict != model.ShadowNone && r.Text == c.want:
						whole++
					default:
						t.Fatalf("cut after %d bytes: %s (lack %q) %q", n, r.Verdict, r.Lack, r.Text)
					}
				}
				if none < c.least/int(c.step) || whole == 0 {
					t.Errorf("%d without a verdict, %d with; want %d and some", none, whole, c.least/int(c.step))
				}
			})
		}
	}
}

// TestUnknownErrorsAreNoVerdict: what no socket returns does not come from the container.
func TestUnknownErrorsAreNoVerdict(t *testing.T) {
	t.Parallel()
	w := serve(t, respond(200, "fine"))
	odd := errors.New("stream reset")
	failing := func(context.Context, string, string) (net.Conn, error) { return nil, odd }
	for name, probe := range probes() {
		expectNone(t, over(t, check(t, probe), failing), model.LackTunnel)
		if name != "TCP" {
			expectNone(t, over(t, check(t, probe), cutting(w, 0, true, odd)), model.LackTunnel)
		}
	}
}

func probes() map[string]corev1.ProbeHandler {
	return map[string]corev1.ProbeHandler{"HTTP": httpGet("/"), "HTTPS": httpsGet("/"), "TCP": tcpSocket(), "gRPC": grpcCall("")}
}

// TestRefusals have the kubelet's text, with the pod IP, wherever the way tells of them.
func TestRefusals(t *testing.T) {
	t.Parallel()
	w := serveRaw(t, func(conn net.Conn) { _, _ = conn.Read(make([]byte, 1024)) })
	texts := map[string]map[string]string{
		prober.ReasonRefused: {
			"HTTP":  `Get "http://10.0.0.5:8080/": dial tcp 10.0.0.5:8080: connect: connection refused`,
			"HTTPS": `Get "https://10.0.0.5:8080/": dial tcp 10.0.0.5:8080: connect: connection refused`,
			"TCP":   `dial tcp 10.0.0.5:5432: connect: connection refused`,
			"gRPC":  `timeout: failed to connect service "10.0.0.5:9090" within 1s: context deadline exceeded`,
		},
		prober.ReasonNoRoute: {
			"HTTP":  `Get "http://10.0.0.5:8080/": dial tcp 10.0.0.5:8080: connect: no route to host`,
			"HTTPS": `Get "https://10.0.0.5:8080/": dial tcp 10.0.0.5:8080: connect: no route to host`,
			"TCP":   `dial tcp 10.0.0.5:5432: connect: no route to host`,
			"gRPC":  `timeout: failed to connect service "10.0.0.5:9090" within 1s: context deadline exceeded`,
		},
		prober.ReasonTimeout: {
			"HTTP":  `Get "http://10.0.0.5:8080/": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`,
			"HTTPS": `Get "https://10.0.0.5:8080/": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`,
			"TCP":   `dial tcp 10.0.0.5:5432: i/o timeout`,
			"gRPC":  `timeout: failed to connect service "10.0.0.5:9090" within 1s: context deadline exceeded`,
		},
	}
	for reason, byProbe := range texts {
		refusal := &prober.Refusal{Reason: reason, Raw: "error forwarding port: …"}
		atOnce := func(context.Context, string, string) (net.Conn, error) {
			return nil, fmt.Errorf("forwarding: %w", refusal)
		}
		for name, probe := range probes() {
			t.Run(reason+"/"+name, func(t *testing.T) {
				t.Parallel()
				expect(t, over(t, check(t, probe), atOnce), model.ShadowFailure, byProbe[name])
				if name == "TCP" {
					return // it does not read: see TestTCPAcknowledged
				}
				expect(t, over(t, check(t, probe), cutting(w, 0, true, refusal)), model.ShadowFailure, byProbe[name])
				expect(t, over(t, check(t, probe), cutting(w, 0, false, refusal)), model.ShadowFailure, byProbe[name])
			})
		}
	}
}

// TestBreakageSaysWhatIsLacking carries the reason for which there is no verdict.
func TestBreakageSaysWhatIsLacking(t *testing.T) {
	t.Parallel()
	forbidden := &prober.Broken{Err: errors.New("pods/portforward is forbidden"), Lack: model.LackForbidden}
	dial := func(context.Context, string, string) (net.Conn, error) { return nil, forbidden }
	for _, probe := range probes() {
		expectNone(t, over(t, check(t, probe), dial), model.LackForbidden)
	}
}

// panicking is a connection that panics wherever it is used.
type panicking struct{ net.Conn }

func (panicking) Read([]byte) (int, error)  { panic("read") }
func (panicking) Write([]byte) (int, error) { panic("write") }
func (panicking) Close() error              { panic("close") }

func TestPanicsAreNoVerdict(t *testing.T) {
	t.Parallel()
	w := serve(t, respond(200, "fine"))
	inDial := func(context.Context, string, string) (net.Conn, error) { panic("dial") }
	inUse := func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := w.dial(ctx, network, address)
		t.Cleanup(func() { _ = conn.Close() })
		return panicking{conn}, err
	}
	for name, probe := range probes() {
		expectNone(t, over(t, check(t, probe), inDial), model.LackUnsupported)
		if name != "TCP" {
			expectNone(t, over(t, check(t, probe), inUse), model.LackUnsupported)
		}
	}
	c := check(t, execute("true"))
	expectNone(t, c.Run(t.Context(), prober.Paths{Exec: func(context.Context, []string, time.Duration) (prober.ExecResult, error) { panic("exec") }}), model.LackUnsupported)
}

// TestGivingUp: a run whose context ends has no verdict, and ends.
func TestGivingUp(t *testing.T) {
	t.Parallel()
	silent := serveRaw(t, func(conn net.Conn) { _, _ = conn.Read(make([]byte, 1<<20)); _, _ = conn.Read(make([]byte, 1<<20)) })
	for _, probe := range probes() {
		ctx, cancel := context.WithCancel(t.Context())
		dial := func(inner context.Context, network, address string) (net.Conn, error) {
			cancel()
			<-inner.Done()
			return nil, inner.Err()
		}
		expectNone(t, check(t, probe).Run(ctx, prober.Paths{Dial: dial}), model.LackTunnel)
	}
	ctx, cancel := context.WithCancel(t.Context())
	dial := func(inner context.Context, network, address string) (net.Conn, error) {
		defer cancel()
		return silent.dial(inner, network, address)
	}
	expectNone(t, check(t, httpGet("/")).Run(ctx, prober.Paths{Dial: dial}), model.LackTunnel)
	for range 1000 { // who gives up does not wait for who dials
		if silent.left() == 0 {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("%d connections are left open", silent.left())
}

func TestNoWay(t *testing.T) {
	t.Parallel()
	for _, probe := range probes() {
		expectNone(t, check(t, probe).Run(t.Context(), prober.Paths{}), model.LackUnsupported)
	}
	expectNone(t, check(t, execute("true")).Run(t.Context(), prober.Paths{}), model.LackUnsupported)
	expectNone(t, check(t, corev1.ProbeHandler{}).Run(t.Context(), prober.Paths{}), model.LackUnsupported)
	noIP := func(pod *corev1.Pod) { pod.Status.PodIP = "" }
	for _, probe := range probes() {
		expectNone(t, check(t, probe, noIP).Run(t.Context(), prober.Paths{}), model.LackGone)
	}
	misnamed := httpGet("/")
	misnamed.HTTPGet.Port = intstr.FromString("web")
	r := check(t, misnamed).Run(t.Context(), prober.Paths{})
	expect(t, r, model.ShadowErrored, `port "web" not found`)
	if len(r.Attempts) != 0 {
		t.Errorf("%d attempts at what cannot be tried", len(r.Attempts))
	}
}
