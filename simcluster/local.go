package simcluster

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"syscall"
	"time"
)

// Local is a Behaviour of servers and functions in this process. A field that is nil answers as a container does
// in which there is nothing of the kind.
type Local struct {
	// Dial connects to a port of the pod, on its loopback interface or on its IP. It returns syscall.ECONNREFUSED
	// where nothing listens.
	Dial func(ctx context.Context, port int32, loopback bool) (net.Conn, error)
	// Run runs a command in a container.
	Run func(ctx context.Context, container string, argv []string, stdout, stderr io.Writer) (int, error)
	// Output returns what a container, or the one before it, has written.
	Output func(ctx context.Context, container string, previous bool) (io.ReadCloser, error)
	// Linger is how long the runtime waits for the other direction after one has ended; containerd waits a second.
	Linger time.Duration
}

// Forward implements Behaviour. Like containerd it ends the client's connection before it says what went wrong.
func (l *Local) Forward(ctx context.Context, port int32, client io.ReadWriteCloser) error {
	defer func() { _ = client.Close() }()
	server, err := l.dial(ctx, port, true)
	if err != nil {
		return ForwardFailure(port, cause(err))
	}
	defer func() { _ = server.Close() }()
	defer context.AfterFunc(ctx, func() { _ = server.Close() })()
	ended := make(chan error, 2)
	go func() { ended <- carry(client, server) }()
	go func() { ended <- carry(server, client) }()
	if err := <-ended; err != nil {
		return fmt.Errorf("failed to execute portforward in network namespace %q: %w", netns, err)
	}
	linger := time.NewTimer(l.Linger)
	defer linger.Stop()
	select {
	case err = <-ended:
	case <-linger.C:
	case <-ctx.Done():
	}
	return err
}

func carry(to io.Writer, from io.Reader) error {
	_, err := io.Copy(to, from)
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

func (l *Local) dial(ctx context.Context, port int32, loopback bool) (net.Conn, error) {
	if l.Dial == nil {
		return nil, syscall.ECONNREFUSED
	}
	return l.Dial(ctx, port, loopback)
}

// cause is what the system said about a connection.
func cause(err error) string {
	if errno := syscall.Errno(0); errors.As(err, &errno) {
		return os.NewSyscallError("connect", errno).Error()
	}
	return err.Error()
}

// Exec implements Behaviour.
func (l *Local) Exec(ctx context.Context, container string, argv []string, stdout, stderr io.Writer) (int, error) {
	if l.Run == nil {
		return 0, StartFailure(argv[0])
	}
	return l.Run(ctx, container, argv, stdout, stderr)
}

// Reach implements Behaviour.
func (l *Local) Reach(ctx context.Context, port int32) (net.Conn, error) {
	return l.dial(ctx, port, false)
}

// Log implements Behaviour.
func (l *Local) Log(ctx context.Context, container string, previous bool) (io.ReadCloser, error) {
	if l.Output == nil {
		return io.NopCloser(eof{}), nil
	}
	return l.Output(ctx, container, previous)
}

// eof is nothing to read.
type eof struct{}

// Read implements io.Reader.
func (eof) Read([]byte) (int, error) { return 0, io.EOF }
