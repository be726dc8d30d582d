package simcluster

import (
	"context"
	"crypto/tls"
	"io"
	stdlog "log"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"
	corev1 "k8s.io/api/core/v1"
)

// route is a probe, and how it is answered.
type route struct {
	recordedProbe
	conduct
}

// server answers on one port of a pod, for one connection.
type server struct {
	certificate tls.Certificate
	routes      []route
}

func (s *server) any(m manner) bool {
	for i := range s.routes {
		if s.routes[i].manner == m {
			return true
		}
	}
	return false
}

// raw reports whether nothing is known of what the port speaks.
func (s *server) raw() bool {
	for i := range s.routes {
		if s.routes[i].spec.HTTPGet != nil || s.routes[i].spec.GRPC != nil {
			return false
		}
	}
	return true
}

// connect returns a connection to the server. To close it waits until the server has ended.
func (s *server) connect() net.Conn {
	ctx, cancel := context.WithCancel(context.Background())
	client, end := net.Pipe()
	c := &servedConn{Conn: client, cancel: cancel, done: make(chan struct{})}
	go func() {
		defer close(c.done)
		defer func() { _ = end.Close() }()
		l := &oneListener{conn: end, ended: make(chan struct{})}
		switch p := s.speaks(); {
		case p == nil:
			_, _ = io.Copy(io.Discard, end)
		case p.spec.GRPC != nil:
			s.serveGRPC(ctx, l, p)
		default:
			s.serveHTTP(ctx, l, p)
		}
	}()
	return c
}

// speaks returns the probe that tells which protocol the port speaks; nil when none does.
func (s *server) speaks() *route {
	for i := range s.routes {
		if r := &s.routes[i]; r.spec.GRPC != nil || r.spec.HTTPGet != nil {
			return r
		}
	}
	return nil
}

func (s *server) serveHTTP(ctx context.Context, l net.Listener, p *route) {
	var handlers sync.WaitGroup
	h := &http.Server{
		ReadHeaderTimeout: time.Minute,
		ErrorLog:          stdlog.New(io.Discard, "", 0),
		TLSConfig:         &tls.Config{Certificates: []tls.Certificate{s.certificate}, MinVersion: tls.VersionTLS12},
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			handlers.Add(1)
			defer handlers.Done()
			s.answerHTTP(ctx, w, r)
		}),
	}
	if secure := p.spec.HTTPGet.Scheme == corev1.URISchemeHTTPS; secure != s.any(mismatched) {
		_ = h.ServeTLS(l, "", "") // it ends with the connection
	} else {
		_ = h.Serve(l)
	}
	_ = h.Close()
	handlers.Wait()
}

func (s *server) answerHTTP(ctx context.Context, w http.ResponseWriter, r *http.Request) {
	a, ok := s.find(func(p *recordedProbe) bool {
		return p.spec.HTTPGet != nil && pathOf(p.spec.HTTPGet.Path) == r.URL.Path
	})
	switch {
	case !ok:
		http.NotFound(w, r)
	case a.manner == stalls:
		<-ctx.Done()
	case a.manner == hangsUp:
		panic(http.ErrAbortHandler)
	case a.location != "":
		http.Redirect(w, r, a.location, a.status)
	case a.status == 0:
		_, _ = io.WriteString(w, "OK\n")
	default:
		http.Error(w, http.StatusText(a.status), a.status)
	}
}

// pathOf is what a server sees of the path of a probe, which may have a query.
func pathOf(path string) string {
	u, err := url.Parse(path)
	if err != nil || u.Path == "" {
		return "/"
	}
	return u.Path
}

// find returns the answer to what a probe asks. Of several that ask the same, one that fails counts.
func (s *server) find(asks func(*recordedProbe) bool) (found conduct, ok bool) {
	for i := range s.routes {
		if r := &s.routes[i]; asks(&r.recordedProbe) && (!ok || found == conduct{}) {
			found, ok = r.conduct, true
		}
	}
	return found, ok
}

func (s *server) serveGRPC(ctx context.Context, l net.Listener, p *route) {
	var opts []grpc.ServerOption
	if p.spec.GRPC.Mode != nil && *p.spec.GRPC.Mode == corev1.GRPCProbeModeTLS {
		opts = append(opts, grpc.Creds(credentials.NewServerTLSFromCert(&s.certificate)))
	}
	g := grpc.NewServer(opts...)
	grpc_health_v1.RegisterHealthServer(g, &health{server: s, ctx: ctx})
	_ = g.Serve(l) // it ends with the connection
	g.Stop()
}

// health is the gRPC health service.
type health struct {
	grpc_health_v1.UnimplementedHealthServer
	server *server
	ctx    context.Context // ends with the connection
}

// Check implements grpc_health_v1.HealthServer.
func (h *health) Check(ctx context.Context, request *grpc_health_v1.HealthCheckRequest) (*grpc_health_v1.HealthCheckResponse, error) {
	a, ok := h.server.find(func(p *recordedProbe) bool {
		return p.spec.GRPC != nil && (p.spec.GRPC.Service == nil && request.GetService() == "" ||
			p.spec.GRPC.Service != nil && *p.spec.GRPC.Service == request.GetService())
	})
	switch {
	case !ok && request.GetService() != "":
		return nil, status.Error(codes.NotFound, "unknown service")
	case a.manner == stalls:
		select {
		case <-ctx.Done():
		case <-h.ctx.Done():
		}
		return nil, ctx.Err()
	case a.manner == hangsUp:
		return nil, status.Error(codes.Unavailable, "the server is going away")
	case a.code != 0:
		return nil, status.Error(a.code, "as recorded")
	case a.health != 0:
		return &grpc_health_v1.HealthCheckResponse{Status: a.health}, nil
	}
	return &grpc_health_v1.HealthCheckResponse{Status: grpc_health_v1.HealthCheckResponse_SERVING}, nil
}
