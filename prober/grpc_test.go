package prober_test

import (
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	corev1 "k8s.io/api/core/v1"

	"github.com/probetop/probetop/model"
	"github.com/probetop/probetop/prober"
)

// answer is what a health service says.
type answer func(ctx context.Context, service string) (grpc_health_v1.HealthCheckResponse_ServingStatus, error)

func serving(context.Context, string) (grpc_health_v1.HealthCheckResponse_ServingStatus, error) {
	return grpc_health_v1.HealthCheckResponse_SERVING, nil
}

type health struct {
	grpc_health_v1.UnimplementedHealthServer
	answer answer
}

func (h health) Check(ctx context.Context, r *grpc_health_v1.HealthCheckRequest) (*grpc_health_v1.HealthCheckResponse, error) {
	s, err := h.answer(ctx, r.GetService())
	return &grpc_health_v1.HealthCheckResponse{Status: s}, err
}

// serveGRPC starts a gRPC server, with a health service unless there is no answer, and returns the way to it.
func serveGRPC(t *testing.T, a answer, opts ...grpc.ServerOption) *way {
	t.Helper()
	var config net.ListenConfig
	l, err := config.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(serveHealth(l, a, opts...))
	return &way{to: l.Addr().String()}
}

// serveHealth serves until the returned function is called.
func serveHealth(l net.Listener, a answer, opts ...grpc.ServerOption) (stop func()) {
	server := grpc.NewServer(opts...)
	if a != nil {
		grpc_health_v1.RegisterHealthServer(server, health{answer: a})
	}
	var running sync.WaitGroup
	running.Go(func() { _ = server.Serve(l) })
	return func() {
		server.Stop()
		running.Wait()
	}
}

func (p *pipes) serveGRPC(a answer) (stop func()) { return serveHealth(p, a) }

func TestGRPC(t *testing.T) {
	t.Parallel()
	fails := func(code codes.Code, message string) answer {
		return func(context.Context, string) (grpc_health_v1.HealthCheckResponse_ServingStatus, error) {
			return 0, status.Error(code, message)
		}
	}
	for name, c := range map[string]struct {
		answer  answer
		verdict model.ShadowVerdict
		text    string
	}{
		"serving": {serving, model.ShadowSuccess, "service healthy"},
		"not serving": {func(context.Context, string) (grpc_health_v1.HealthCheckResponse_ServingStatus, error) {
			return grpc_health_v1.HealthCheckResponse_NOT_SERVING, nil
		}, model.ShadowFailure, `service unhealthy (responded with "NOT_SERVING")`},
		"not found":         {fails(codes.NotFound, "unknown service"), model.ShadowFailure, "error: health rpc probe failed: rpc error: code = NotFound desc = unknown service"},
		"deadline":          {fails(codes.DeadlineExceeded, "mine"), model.ShadowFailure, "timeout: health rpc did not complete within 1m0s"},
		"no health service": {nil, model.ShadowFailure, "error: this server does not implement the grpc health protocol (grpc.health.v1.Health): unknown service grpc.health.v1.Health"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := serveGRPC(t, c.answer)
			r := over(t, check(t, grpcCall("db"), patient), w.dial)
			expect(t, r, c.verdict, c.text)
			if w.left() != 0 || len(r.Attempts) != 1 || r.Attempts[0].Hops[0].Protocol != "HTTP/2.0" || r.Attempts[0].RoundTrips != 2 {
				t.Errorf("%d connections left, attempts %+v", w.left(), r.Attempts)
			}
		})
	}
}

// TestGRPCOverTLS takes the way as often as the version of TLS has it, which the server chooses.
func TestGRPCOverTLS(t *testing.T) {
	t.Parallel()
	certified := httptest.NewUnstartedServer(nil)
	certified.StartTLS()
	t.Cleanup(certified.Close)
	secured := grpcCall("")
	mode := corev1.GRPCProbeModeTLS
	secured.GRPC.Mode = &mode
	for name, c := range map[string]struct {
		version uint16
		trips   int
	}{"TLS 1.2": {tls.VersionTLS12, 4}, "TLS 1.3": {tls.VersionTLS13, 3}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config := &tls.Config{Certificates: certified.TLS.Certificates, MaxVersion: c.version}
			w := serveGRPC(t, serving, grpc.Creds(credentials.NewTLS(config)))
			r := over(t, check(t, secured, patient), w.dial)
			expect(t, r, model.ShadowSuccess, "service healthy")
			if a := r.Attempts[0]; a.RoundTrips != c.trips || a.Hops[0].TLS != name {
				t.Errorf("%d round trips over %s, want %d", a.RoundTrips, a.Hops[0].TLS, c.trips)
			}
		})
	}
}

func TestGRPCCall(t *testing.T) {
	t.Parallel()
	var service string
	var md metadata.MD
	w := serveGRPC(t, func(ctx context.Context, s string) (grpc_health_v1.HealthCheckResponse_ServingStatus, error) {
		md, _ = metadata.FromIncomingContext(ctx)
		service = s
		return serving(ctx, s)
	})
	over(t, check(t, grpcCall("db"), patient), w.dial)
	if agent := md.Get("user-agent"); service != "db" || len(agent) != 1 || agent[0] != "kube-probe/1.37 grpc-go/"+grpc.Version || md.Get(":authority")[0] != "10.0.0.5:9090" {
		t.Errorf("service %q, metadata %v", service, md)
	}
}

// TestGRPCThatDoesNotConnect takes the whole timeout, as the kubelet does, unless the way says that it was refused.
func TestGRPCThatDoesNotConnect(t *testing.T) {
	t.Parallel()
	w := serveRaw(t, func(net.Conn) {})
	r := over(t, check(t, grpcCall("")), w.dial)
	expect(t, r, model.ShadowFailure, `timeout: failed to connect service "10.0.0.5:9090" within 1s: context deadline exceeded`)
	if took := r.Attempts[0].Took; took < time.Second {
		t.Errorf("took %v, want the timeout", took)
	}
}

// TestGRPCOfKubelet138 fails at once where the connection does, and does not tell a connection that is never made from an RPC that
// is not answered.
func TestGRPCOfKubelet138(t *testing.T) {
	t.Parallel()
	node := prober.NodeInfo{KubeletVersion: "v1.38.0"}
	closed := &way{to: "127.0.0.1:1"} // a port that no other test can take
	refusing := func(reason string) prober.Dial {
		return func(context.Context, string, string) (net.Conn, error) { return nil, &prober.Refusal{Reason: reason} }
	}
	unavailable := serveGRPC(t, func(context.Context, string) (grpc_health_v1.HealthCheckResponse_ServingStatus, error) {
		return 0, status.Error(codes.Unavailable, "no database")
	})
	silent := serveRaw(t, func(conn net.Conn) { _, _ = io.Copy(io.Discard, conn) })
	closing := serveRaw(t, func(net.Conn) {})
	web := serveRaw(t, func(conn net.Conn) {
		_, _ = io.ReadFull(conn, make([]byte, 24)) // the client's preface
		_, _ = io.WriteString(conn, "HTTP/1.1 400 Bad Request\r\n\r\n")
		_, _ = io.Copy(io.Discard, conn)
	})
	const failed = `error: failed to connect service at "10.0.0.5:9090": `
	for name, c := range map[string]struct {
		dial  prober.Dial
		text  string
		cause model.Cause
		full  bool // the timeout is over
	}{
		"refused": {
			closed.dial, failed + `connection error: desc = "transport: Error while dialing: dial tcp ` + closed.to + `: connect: connection refused"`, model.CauseRefused, false,
		},
		"refused, says the way": {
			refusing(prober.ReasonRefused), failed + `connection error: desc = "transport: Error while dialing: dial tcp 10.0.0.5:9090: connect: connection refused"`, model.CauseRefused, false,
		},
		"no route, says the way": {
			refusing(prober.ReasonNoRoute), failed + `connection error: desc = "transport: Error while dialing: dial tcp 10.0.0.5:9090: connect: no route to host"`, model.CauseNoRoute, false,
		},
		"silent":      {silent.dial, "timeout: health rpc did not complete within 1s", model.CauseUnanswered, true},
		"unavailable": {unavailable.dial, failed + "no database", "GRPC_CODE(Unavailable)", false},
		"closing":     {closing.dial, "", "", false},
		"HTTP/1.1": {
			web.dial, failed + `connection error: desc = "error reading server preface: http2: failed reading the frame payload: http2: frame too large, note that the frame header looked like an HTTP/1.1 header"`,
			model.CauseProtocol, false,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			timeout := patient
			if c.full {
				timeout = func(*corev1.Pod) {}
			}
			r := over(t, checkOn(t, node, grpcCall(""), timeout), c.dial)
			if c.text != "" {
				expect(t, r, model.ShadowFailure, c.text)
				if got := model.ParseVersion(node.KubeletVersion).CauseOf(model.GRPC, model.Failed, r.Text); got != c.cause {
					t.Errorf("got cause %s, want %s", got, c.cause)
				}
			} else if got := model.CauseOf(model.GRPC, model.Failed, r.Text); got != model.CauseEOF && got != model.CauseReset {
				t.Errorf("got cause %s of %q, want that the connection was closed", got, r.Text)
			}
			if took := r.Attempts[0].Took; took >= time.Minute || c.full && took < time.Second {
				t.Errorf("took %v", took)
			}
		})
	}
}
