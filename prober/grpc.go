package prober

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/connectivity"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/peer"
	"google.golang.org/grpc/status"

	"github.com/probetop/probetop/model"
)

// ask calls the gRPC health service. It mirrors pkg/probe/grpc/grpc.go.
func (c *Check) ask(ctx context.Context, t *trial) outcome {
	t.budget.add(tripsGRPC)
	if c.secure {
		t.budget.add(tripsTLS12)
	}
	within, release := t.budget.deadline(ctx)
	defer release()
	t.wire.faulted = release // grpc would try again until the time is over
	conn, err := c.client(t)
	if err != nil {
		if !c.callsAtOnce() {
			return failure(fmt.Sprintf("error: failed to connect service at %q: %v", c.address, err))
		}
		return failure(fmt.Sprintf("error: failed to create grpc client for %q: %v", c.address, err))
	}
	defer func() { _ = conn.Close() }()
	t.phase(PhaseConnect)
	connected := ready(within, conn, c.callsAtOnce())
	switch {
	case !c.callsAtOnce() && (!connected || t.budget.late()):
		return c.unconnected(t)
	case connected:
		t.phase(PhaseAnswer)
	}
	var from peer.Peer
	answer, err := grpc_health_v1.NewHealthClient(conn).Check(within, &grpc_health_v1.HealthCheckRequest{Service: c.service}, grpc.Peer(&from))
	t.note(func(h *Hop) {
		h.Protocol = "HTTP/2.0"
		if info, ok := from.AuthInfo.(credentials.TLSInfo); ok {
			h.TLS = tls.VersionName(info.State.Version)
		}
	})
	if err != nil || t.budget.late() {
		return c.uncalled(t, connected, err)
	}
	if answer.GetStatus() != grpc_health_v1.HealthCheckResponse_SERVING {
		return failure(fmt.Sprintf("service unhealthy (responded with %q)", answer.GetStatus().String()))
	}
	return success("service healthy")
}

// callsAtOnce reports whether the kubelet calls without waiting for a connection first, as from 1.38 on. One whose version is not
// known is taken for an older one, as most are.
func (c *Check) callsAtOnce() bool {
	return model.ParseVersion(c.node.KubeletVersion).AtLeast(1, 38)
}

// client returns a client that has not connected yet. The scheme keeps grpc from resolving names.
func (c *Check) client(t *trial) (*grpc.ClientConn, error) {
	secrecy := insecure.NewCredentials()
	if c.secure {
		shorter := sync.OnceFunc(func() { t.budget.add(tripsTLS13 - tripsTLS12) })
		secrecy = credentials.NewTLS(&tls.Config{InsecureSkipVerify: true, VerifyConnection: func(state tls.ConnectionState) error {
			if state.Version >= tls.VersionTLS13 {
				shorter() // once: what grpc tries again does not take the way less often
			}
			return nil
		}})
	}
	return grpc.NewClient("passthrough:///"+c.address,
		grpc.WithUserAgent(c.node.userAgent()),
		grpc.WithTransportCredentials(secrecy),
		grpc.WithContextDialer(func(ctx context.Context, address string) (net.Conn, error) {
			return t.wire.open(ctx, "tcp", address)
		}))
}

// ready waits until the client is connected. Until ctx ends it is tried again, as a blocking dial of grpc does, unless only the
// first attempt counts, as for an RPC that does not wait.
func ready(ctx context.Context, conn *grpc.ClientConn, once bool) bool {
	for {
		state := conn.GetState()
		switch state {
		case connectivity.Ready:
			return true
		case connectivity.Idle:
			conn.Connect()
		case connectivity.TransientFailure:
			if once {
				return false
			}
		}
		if !conn.WaitForStateChange(ctx, state) {
			return false
		}
	}
}

// unconnected is the outcome of an attempt that did not connect. A kubelet before 1.38 tries until the timeout, whatever
// the reason.
func (c *Check) unconnected(t *trial) outcome {
	if b, _, _ := t.wire.said(); b != nil && !t.floods() {
		return b.none()
	}
	return failure(fmt.Sprintf("timeout: failed to connect service %q within %v: %v", c.address, c.Timeout, context.DeadlineExceeded))
}

// uncalled is the outcome of a call that failed, or whose answer was late.
func (c *Check) uncalled(t *trial, connected bool, err error) outcome {
	b, refusal, address := t.wire.said()
	if b != nil && !t.floods() {
		return b.none()
	}
	if refusal != nil && !connected {
		return c.refused(refusal, address)
	}
	if refusal != nil { // A server that spoke has not refused: the way contradicts itself.
		return (&Broken{Err: errors.New("the connection was refused after it had been used: " + strings.TrimSpace(refusal.Raw))}).none()
	}
	answer := status.Convert(err)
	switch {
	case err == nil, answer.Code() == codes.DeadlineExceeded, t.late():
		return failure(fmt.Sprintf("timeout: health rpc did not complete within %v", c.Timeout))
	case answer.Code() == codes.Unavailable && c.callsAtOnce():
		return failure(fmt.Sprintf("error: failed to connect service at %q: %s", c.address, answer.Message()))
	case answer.Code() == codes.Unimplemented:
		return failure("error: this server does not implement the grpc health protocol (grpc.health.v1.Health): " + answer.Message())
	}
	return failure("error: health rpc probe failed: " + err.Error())
}

// refused is the outcome of a connection that was refused, in the words of grpc-go for a kubelet from 1.38 on, which does not try
// again.
func (c *Check) refused(refusal *Refusal, address string) outcome {
	if refusal.Reason == ReasonTimeout {
		return failure(fmt.Sprintf("timeout: health rpc did not complete within %v", c.Timeout))
	}
	dialled := fmt.Sprintf("transport: Error while dialing: dial tcp %s: %s", address, refusal)
	return failure(fmt.Sprintf("error: failed to connect service at %q: connection error: desc = %q", c.address, dialled))
}
