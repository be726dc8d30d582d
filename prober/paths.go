package prober

import (
	"context"
	"net"
	"time"
)

// Dial opens a connection the way net.Dialer.DialContext does. The handlers never dial otherwise. What the
// container's side said of the connection is a *Refusal, a way that broke is a *Broken; both may be returned by
// Dial and by the connection's Read and Write, and a connection may be an Acknowledger. Dial must give up when ctx
// ends.
type Dial func(ctx context.Context, network, address string) (net.Conn, error)

// Exec runs argv in the container the way the kubelet's ExecSync does, and gives up after the timeout, and what the way
// to the container takes on top of it. Its error is a *Broken: whatever the command or the runtime said is in the result.
type Exec func(ctx context.Context, argv []string, timeout time.Duration) (ExecResult, error)

// ExecResult is how a command in a container ended.
type ExecResult struct {
	// Stdout and Stderr are what it wrote, each cut to 10,240 bytes or more.
	Stdout, Stderr []byte
	ExitCode       int
	// TimedOut is set when the command had not ended within the timeout.
	TimedOut bool
	// StartError is why the runtime could not start the command, in its words; empty when it did.
	StartError string
	// Began is when the command was asked for: the connection for it was open by then. Zero is when Exec was called.
	Began time.Time
	// RoundTrip is how long the way to the container was, as far as it had to be measured; zero for not at all.
	RoundTrip time.Duration
}

// Acknowledger is a connection on which it is not known after Dial whether the container took it.
type Acknowledger interface {
	// Acknowledged says that nothing more will be sent, and waits until it is known whether the container took
	// the connection: nil when it did, a *Refusal when it did not, a *Broken when it cannot be known any more.
	Acknowledged(ctx context.Context) error
}

// Paths are the ways to a container.
type Paths struct {
	// Dial opens connections to the pod IP. It is nil when there is no such way.
	Dial Dial
	// Exec runs commands in the container. It is nil when there is no such way.
	Exec Exec
	// Reaches reports whether Dial reaches a host other than the pod IP just as the node would; nil for none.
	Reaches func(host string) bool
	// Reopen opens the way of Dial again, if it has ended, and returns how long it is: before another attempt, whose time it
	// would take. Nil is a way that does not end.
	Reopen func(ctx context.Context) (time.Duration, error)
	// Alive is asked whether the way of Dial is still open before the container is blamed for what it has not said in
	// so many words. Nil is a way that cannot break silently.
	Alive func(ctx context.Context) error
	// Ping asks the way of Dial for a sign of life as well, and takes no longer than that takes. Nil is a way without a length.
	Ping func(ctx context.Context) error
	// Linger is how much later than the container's side closed a connection the way may tell us.
	Linger time.Duration
	// RoundTrip is how long the way there and back is. Attempts are given that time on top of their timeout, and
	// it is taken off again before they are judged. Zero is a direct way: the timeout is kept exactly.
	RoundTrip time.Duration
}

// reopen opens the way again before any but the first of some attempts.
func (p *Paths) reopen(ctx context.Context, attempts int) *Broken {
	if p.Reopen == nil || attempts == 0 {
		return nil
	}
	trip, err := p.Reopen(ctx)
	if err == nil {
		p.RoundTrip = trip
		return nil
	}
	if b := broken(err); b != nil {
		return b
	}
	return &Broken{Err: err}
}
