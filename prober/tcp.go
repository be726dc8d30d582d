package prober

import (
	"context"
	"errors"
	"fmt"
)

// connect opens a connection and closes it. It mirrors DoTCPProbe of pkg/probe/tcp/tcp.go.
func (c *Check) connect(ctx context.Context, t *trial) outcome {
	within, release := t.budget.deadline(ctx)
	defer release()
	t.phase(PhaseConnect)
	err := t.reach(within, c.address)
	b, refusal, _ := t.wire.said()
	timeout := failure("dial tcp " + c.address + ": i/o timeout")
	switch {
	case b != nil:
		return b.none()
	case refusal != nil:
		return failure("dial tcp " + c.address + ": " + refusal.Error())
	case err != nil && errors.Is(within.Err(), context.DeadlineExceeded), err == nil && t.budget.late():
		return t.timedOut(ctx, timeout)
	case err != nil:
		return failure(err.Error())
	}
	return success("")
}

// reach opens a connection, and waits until it is known whether the container took it.
func (t *trial) reach(ctx context.Context, address string) (err error) {
	conn, err := t.wire.open(ctx, "tcp", address)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	wired, ok := conn.(*wiredConn)
	if !ok {
		return nil
	}
	a, ok := wired.Conn.(Acknowledger)
	if !ok {
		return nil
	}
	defer wired.watch("connecting", &err)
	if err := a.Acknowledged(ctx); err != nil {
		return fmt.Errorf("waiting for the connection: %w", err)
	}
	return nil
}
