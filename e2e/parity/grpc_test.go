package parity

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http/httptest"
	"sort"
	"strings"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/metadata"
	grpcstatus "google.golang.org/grpc/status"
	corev1 "k8s.io/api/core/v1"
)

// health answers every service in the same way.
type health struct {
	grpc_health_v1.UnimplementedHealthServer
	answer func(ctx context.Context, service string) (grpc_health_v1.HealthCheckResponse_ServingStatus, error)
}

func (h health) Check(ctx context.Context, r *grpc_health_v1.HealthCheckRequest) (*grpc_health_v1.HealthCheckResponse, error) {
	s, err := h.answer(ctx, r.GetService())
	if err != nil {
		return nil, err
	}
	return &grpc_health_v1.HealthCheckResponse{Status: s}, nil
}

// serveGRPC serves the health service; the metadata and the message of calls are noted.
func (s *site) serveGRPC(h *health, options ...grpc.ServerOption) int {
	l := s.listen()
	options = append(options, grpc.UnaryInterceptor(func(ctx context.Context, r any, info *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
		md, _ := metadata.FromIncomingContext(ctx)
		var lines []string
		for name, values := range md {
			lines = append(lines, fmt.Sprintf("%s: %q", name, values))
		}
		sort.Strings(lines)
		_, deadline := ctx.Deadline()
		s.saw("%s %v deadline=%v\n%s", info.FullMethod, r, deadline, strings.Join(lines, "\n"))
		return next(ctx, r)
	}))
	server := grpc.NewServer(options...)
	if h != nil {
		grpc_health_v1.RegisterHealthServer(server, *h)
	}
	go func() { _ = server.Serve(l) }()
	s.t.Cleanup(server.Stop)
	return portOf(l)
}

func call(port int, service string) corev1.ProbeHandler {
	return corev1.ProbeHandler{GRPC: &corev1.GRPCAction{Port: int32(port), Service: &service}}
}

func callTLS(port int) corev1.ProbeHandler {
	h, mode := call(port, ""), corev1.GRPCProbeModeTLS
	h.GRPC.Mode = &mode
	return h
}

func always(s grpc_health_v1.HealthCheckResponse_ServingStatus, err error) *health {
	return &health{answer: func(context.Context, string) (grpc_health_v1.HealthCheckResponse_ServingStatus, error) { return s, err }}
}

// grpcCases are about the gRPC health service, and about servers that have none.
func grpcCases() []parityCase {
	var cases []parityCase
	add := func(name string, probe func(s *site) corev1.ProbeHandler) *parityCase {
		cases = append(cases, parityCase{name: "grpc/" + name, probe: probe})
		return &cases[len(cases)-1]
	}
	serving := grpc_health_v1.HealthCheckResponse_SERVING
	for _, s := range []grpc_health_v1.HealthCheckResponse_ServingStatus{0, 1, 2, 3, 7} {
		add("status "+s.String(), func(at *site) corev1.ProbeHandler { return call(at.serveGRPC(always(s, nil)), "") })
	}
	for code := codes.Canceled; code <= codes.Unauthenticated; code++ {
		add("code "+code.String(), func(s *site) corev1.ProbeHandler {
			return call(s.serveGRPC(always(0, grpcstatus.Error(code, "because of \"that\""))), "db")
		})
	}
	add("code without a message", func(s *site) corev1.ProbeHandler {
		return call(s.serveGRPC(always(0, grpcstatus.Error(codes.NotFound, ""))), "")
	})
	add("code that is none", func(s *site) corev1.ProbeHandler {
		return call(s.serveGRPC(always(0, grpcstatus.Error(77, "odd"))), "")
	})
	add("message beyond ASCII", func(s *site) corev1.ProbeHandler {
		return call(s.serveGRPC(always(0, grpcstatus.Error(codes.Internal, "kaputt: grün\n\x1b[31m"))), "")
	})
	add("long message", func(s *site) corev1.ProbeHandler {
		return call(s.serveGRPC(always(0, grpcstatus.Error(codes.Internal, strings.Repeat("m", 5000)))), "")
	})
	add("service", func(s *site) corev1.ProbeHandler { return call(s.serveGRPC(always(serving, nil)), "db.v1.Users") })
	add("service beyond ASCII", func(s *site) corev1.ProbeHandler { return call(s.serveGRPC(always(serving, nil)), "grün") })
	add("no service", func(s *site) corev1.ProbeHandler {
		h := call(s.serveGRPC(always(serving, nil)), "")
		h.GRPC.Service = nil
		return h
	})
	add("no health service", func(s *site) corev1.ProbeHandler { return call(s.serveGRPC(nil), "") })
	add("IPv6", func(s *site) corev1.ProbeHandler { return call(s.serveGRPC(always(serving, nil)), "") }).ip = "::1"
	add("an error that is no status", func(s *site) corev1.ProbeHandler {
		return call(s.serveGRPC(&health{answer: func(context.Context, string) (grpc_health_v1.HealthCheckResponse_ServingStatus, error) {
			return 0, io.ErrUnexpectedEOF
		}}), "")
	})
	slow := &health{answer: func(ctx context.Context, _ string) (grpc_health_v1.HealthCheckResponse_ServingStatus, error) {
		<-ctx.Done()
		return 0, ctx.Err()
	}}
	add("slow", func(s *site) corev1.ProbeHandler { return call(s.serveGRPC(slow), "") }).timeout = 1
	for name, port := range map[string]func(s *site) int{
		"refused":         (*site).closed,
		"silent":          (*site).mute,
		"closes at once":  (*site).slams,
		"HTTP/1.1":        func(s *site) int { return s.says("HTTP/1.1 400 Bad Request\r\n\r\n") },
		"TLS where plain": func(s *site) int { return s.serveGRPC(always(serving, nil), secured()) },
		"port 0":          func(*site) int { return 0 },
		"port 70000":      func(*site) int { return 70000 },
	} {
		c := add(name, func(s *site) corev1.ProbeHandler { return call(port(s), "") })
		c.timeout, c.retried = 1, true
	}
	add("TLS", func(s *site) corev1.ProbeHandler { return callTLS(s.serveGRPC(always(serving, nil), secured())) })
	add("TLS not serving", func(s *site) corev1.ProbeHandler { return callTLS(s.serveGRPC(always(2, nil), secured())) })
	plain := add("plain where TLS", func(s *site) corev1.ProbeHandler { return callTLS(s.serveGRPC(always(serving, nil))) })
	plain.timeout, plain.retried = 1, true
	return cases
}

// secured returns the option of a server with a certificate that nobody has signed.
func secured() grpc.ServerOption {
	server := httptest.NewUnstartedServer(nil)
	server.StartTLS()
	defer server.Close()
	return grpc.Creds(credentials.NewTLS(&tls.Config{Certificates: server.TLS.Certificates}))
}

// slams closes every connection at once.
func (s *site) slams() int {
	l := s.listen()
	s.accept(l, func(net.Conn) {})
	return portOf(l)
}
