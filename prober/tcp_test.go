package prober_test

import (
	"context"
	"errors"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"github.com/probetop/probetop/model"
	"github.com/probetop/probetop/prober"
)

func TestTCP(t *testing.T) {
	t.Parallel()
	w := serveRaw(t, func(net.Conn) {})
	r := over(t, check(t, tcpSocket()), w.dial)
	expect(t, r, model.ShadowSuccess, "")
	if w.left() != 0 || r.Attempts[0].Hops[0].Target != "10.0.0.5:5432" {
		t.Errorf("%d connections left, attempt %+v", w.left(), r.Attempts[0])
	}
	refused := &net.OpError{Op: "dial", Net: "tcp", Addr: &net.TCPAddr{IP: net.IPv4(10, 0, 0, 5), Port: 5432}, Err: errors.New("connect: connection refused")}
	r = over(t, check(t, tcpSocket()), func(context.Context, string, string) (net.Conn, error) { return nil, refused })
	expect(t, r, model.ShadowFailure, "dial tcp 10.0.0.5:5432: connect: connection refused")
}

// acknowledging is a connection like those of a tunnel: whether it was taken turns out later.
type acknowledging struct {
	net.Conn
	wait func(ctx context.Context) error
}

func (a acknowledging) Acknowledged(ctx context.Context) error { return a.wait(ctx) }
func (acknowledging) Close() error                             { return nil }

func TestTCPAcknowledged(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		run := func(wait func(ctx context.Context) error) prober.Result {
			dial := func(context.Context, string, string) (net.Conn, error) { return acknowledging{wait: wait}, nil }
			return over(t, check(t, tcpSocket()), dial)
		}
		says := func(err error) func(context.Context) error { return func(context.Context) error { return err } }
		expect(t, run(says(nil)), model.ShadowSuccess, "")
		expect(t, run(says(&prober.Refusal{Reason: prober.ReasonRefused})), model.ShadowFailure, "dial tcp 10.0.0.5:5432: connect: connection refused")
		expectNone(t, run(says(&prober.Broken{Err: errCut})), model.LackTunnel)
		expectNone(t, run(says(errCut)), model.LackTunnel)
		expectNone(t, run(func(context.Context) error { panic("acknowledged") }), model.LackUnsupported)
		begin := time.Now()
		expectNone(t, run(func(ctx context.Context) error {
			<-ctx.Done()
			return ctx.Err()
		}), model.LackTunnel)
		if took := time.Since(begin); took != 4*time.Second {
			t.Errorf("took %v, want the timeout and three seconds", took)
		}
		expect(t, run(func(context.Context) error {
			time.Sleep(1100 * time.Millisecond) // as containerd does, in the bubble's time
			return nil
		}), model.ShadowSuccess, "")
	})
}
