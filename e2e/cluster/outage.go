package cluster

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"
	"time"

	"k8s.io/client-go/tools/clientcmd"
)

// The components that tests of outages stop and freeze.
const (
	APIServer = "kube-apiserver"
	Kubelet   = "kubelet"
)

// Freeze stops the process of a component where it is, until Thaw: its connections stay open, and nothing answers on them.
func (c *Cluster) Freeze(name string) error { return c.signal(name, syscall.SIGSTOP) }

// Thaw lets a frozen component go on.
func (c *Cluster) Thaw(name string) error { return c.signal(name, syscall.SIGCONT) }

// signal sends a signal to the process of a component.
func (c *Cluster) signal(name string, s syscall.Signal) error {
	pid, ok := c.pid(name)
	if !ok {
		return fmt.Errorf("sending %v to %s: it is not running", s, name)
	}
	if err := syscall.Kill(pid, s); err != nil {
		return fmt.Errorf("sending %v to %s: %w", s, name, err)
	}
	return nil
}

// Kill ends a component at once, and returns how to start it again as it was. Starting it does not wait until it serves.
func (c *Cluster) Kill(ctx context.Context, name string) (again func(context.Context) error, err error) {
	pid, ok := c.pid(name)
	if !ok {
		return nil, fmt.Errorf("ending %s: it is not running", name)
	}
	line, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	if err != nil {
		return nil, fmt.Errorf("reading how %s was started: %w", name, err)
	}
	words := strings.Split(strings.TrimSuffix(string(line), "\x00"), "\x00")
	comp := component{name: name, path: words[0], args: words[1:], ready: func(context.Context) error { return nil }}
	if err := c.kill(ctx, name); err != nil {
		return nil, err
	}
	return func(ctx context.Context) error { return c.run(ctx, comp) }, nil
}

// Ready waits until the API server says that it is ready, on a connection of its own.
func (c *Cluster) Ready(ctx context.Context) error {
	config, err := clientcmd.BuildConfigFromFlags("", c.Kubeconfig())
	if err != nil {
		return fmt.Errorf("reading the cluster's kubeconfig: %w", err)
	}
	condition := serves(config.Host + "/readyz")
	return poll(ctx, readyTimeout, func(ctx context.Context) error {
		ctx, cancel := context.WithTimeoutCause(ctx, time.Second, errors.New("no answer within a second"))
		defer cancel()
		return condition(ctx)
	})
}

// NodeReady returns nil if the node is ready and takes pods; else what is wrong.
func (c *Cluster) NodeReady(ctx context.Context) error { return c.nodeReady(ctx) }
