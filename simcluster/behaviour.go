package simcluster

import (
	"context"
	"fmt"
	"io"
	"net"
)

// Behaviour is how the containers of a pod answer. Its methods are called from many goroutines, and return soon
// after their context has ended: the client has gone, the pod is deleted or the cluster is down.
type Behaviour interface {
	// Forward serves one connection that the kubelet makes to a port on the loopback interface of the pod, until
	// either side ends it. An error is what the runtime says about it, as ForwardFailure words it.
	Forward(ctx context.Context, port int32, conn io.ReadWriteCloser) error
	// Exec runs a command in a container. It returns the exit code, or an error when the command cannot be started.
	Exec(ctx context.Context, container string, argv []string, stdout, stderr io.Writer) (int, error)
	// Reach connects to a port on the pod's IP.
	Reach(ctx context.Context, port int32) (net.Conn, error)
	// Log returns what a container, or the one before it, has written; the caller closes it.
	Log(ctx context.Context, container string, previous bool) (io.ReadCloser, error)
}

// netns is the network namespace that failures name.
const netns = "/var/run/netns/cni-5f1d4c0e-6a0c-52bd-3f0f-0a6d4e3b7c21"

// ForwardFailure words a failure to connect to a port on the loopback interface the way containerd does. The cause
// is what the system said, such as "connect: connection refused".
func ForwardFailure(port int32, cause string) error {
	return fmt.Errorf("failed to execute portforward in network namespace %q: failed to connect to localhost:%d inside namespace %q, "+
		"IPv4: dial tcp4 127.0.0.1:%d: %s IPv6 dial tcp6: address localhost: no suitable address ", netns, port, netns, port, cause)
}

// StartFailure words a failure to start a command the way containerd does.
func StartFailure(command string) error {
	return fmt.Errorf("failed to exec in container: failed to start exec %q: OCI runtime exec failed: exec failed: "+
		"unable to start container process: exec: %q: executable file not found in $PATH: unknown", execID, command)
}

// execID is the one of every command that could not be started.
const execID = "8f0c9ad9d1f1c1a0f6e3f6b0b1c2d3e4f5061728394a5b6c7d8e9fa0b1c2d3e4"
