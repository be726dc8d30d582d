package main

import (
	"context"
	"fmt"
	"net"
	"strconv"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	health "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"
)

// serveGRPC answers health checks with the service's turned status, SERVING by default.
func (w *workload) serveGRPC(l net.Listener) (stop func()) {
	server := grpc.NewServer()
	health.RegisterHealthServer(server, checker{w: w})
	go func() { _ = server.Serve(l) }() // until it is stopped
	return server.Stop
}

type checker struct {
	health.UnimplementedHealthServer
	w *workload
}

// Check implements the gRPC health protocol.
func (c checker) Check(ctx context.Context, req *health.HealthCheckRequest) (*health.HealthCheckResponse, error) {
	a := c.w.ask(ctx, "grpc", req.Service)
	if ctx.Err() != nil {
		return nil, status.FromContextError(ctx.Err()).Err() // a client whose clock fires a little later would take an answer
	}
	serving, err := parseServing(a.status)
	if err != nil {
		return nil, err
	}
	if serving.code != codes.OK {
		return nil, status.Error(serving.code, "turned to it")
	}
	return &health.HealthCheckResponse{Status: serving.status}, nil
}

// serving is an answer to a health check: a code other than OK, or a status.
type serving struct {
	code   codes.Code
	status health.HealthCheckResponse_ServingStatus
}

// parseServing understands the names of serving statuses and of codes; the empty name is SERVING.
func parseServing(name string) (serving, error) {
	if name == "" {
		return serving{status: health.HealthCheckResponse_SERVING}, nil
	}
	if s, ok := health.HealthCheckResponse_ServingStatus_value[name]; ok {
		return serving{status: health.HealthCheckResponse_ServingStatus(s)}, nil
	}
	var code codes.Code
	if err := code.UnmarshalJSON([]byte(strconv.Quote(name))); err != nil {
		return serving{}, fmt.Errorf("parsing the gRPC status %q: %w", name, err)
	}
	return serving{code: code}, nil
}

// serveTCP accepts connections and closes them.
func serveTCP(l net.Listener) (stop func()) {
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			_ = conn.Close()
		}
	}()
	return func() { _ = l.Close() }
}
