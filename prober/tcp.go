package prober

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// acknowledging is how much longer than its timeout a connection may take to say that it was taken: the way may know it
// only when it is closed again. How long connecting took is not known then.
const acknowledging = 3 * time.Second

// connect opens a connection and closes it. It mirrors DoTCPProbe of pkg/probe/tcp/tcp.go.
func (c *Check) connect(ctx context.Context, t *trial) outcome {
	within, release := t.budget.deadline(ctx)
	defer release()
	t.phase(PhaseConnect)
	acknowledged, err := t.reach(ctx, within, c.address)
	b, refusal, _ := t.wire.said()
	switch {
	case b != nil:
		return b.none()
	case refusal != nil:
		return failure("dial tcp " + c.address + ": " + refusal.Error())
	case err != nil && acknowledged:
		return (&Broken{Err: err}).none() // it is not known whether it was taken
	case err != nil && errors.Is(within.Err(), context.DeadlineExceeded), err == nil && !acknowledged && t.budget.late():
		return failure("dial tcp " + c.address + ": i/o timeout")
	case err != nil:
		return failure(err.Error())
	}
	return success("")
}

// reach opens a connection, and waits until it is known whether the container took it. It reports whether it had to.
func (t *trial) reach(ctx, within context.Context, address string) (acknowledged bool, err error) {
	conn, err := t.wire.open(within, "tcp", address)
	if err != nil {
		return false, err
	}
	defer func() { _ = conn.Close() }()
	wired, ok := conn.(*wiredConn)
	if !ok {
		return false, nil
	}
	a, ok := wired.Conn.(Acknowledger)
	if !ok {
		return false, nil
	}
	defer wired.watch("connecting", &err)
	ctx, cancel := context.WithTimeout(ctx, t.budget.allowed()+acknowledging)
	defer cancel()
	if err := a.Acknowledged(ctx); err != nil {
		return true, fmt.Errorf("waiting for the connection: %w", err)
	}
	return true, nil
}
