package cluster

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// stop takes the cluster down in an order in which nothing comes back: the components that make work, the pods, the
// container runtime, then what any of them left behind. Every step is tried.
func (c *Cluster) stop(ctx context.Context) error {
	c.say("stopping")
	sockets := c.shimSockets()
	var errs []error
	for _, name := range components() {
		if name == runtimeName {
			if err := c.removePods(ctx); err != nil {
				// What follows removes them the hard way.
				c.say("removing the pods through containerd: %v", err)
			}
		}
		errs = append(errs, c.kill(ctx, name))
	}
	errs = append(errs,
		killAll(ctx, c.pidsOf("containerd-shim-runc-v2")),
		c.cgroup().remove(ctx),
		removeFiles(sockets),
		unmountBelow(c.dir),
		c.network.remove(ctx),
		removeFiles(c.logLinks()),
	)
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("stopping the cluster: %w", err)
	}
	if err := os.RemoveAll(c.dir); err != nil {
		return fmt.Errorf("removing the state directory: %w", err)
	}
	c.say("down")
	return nil
}

// shimSockets are the sockets of the container runtime's shims. They lie in a directory of the whole machine, and a
// shim that is killed leaves its socket there.
func (c *Cluster) shimSockets() []string {
	files, _ := filepath.Glob(c.path("containerd-state", "io.containerd.runtime.v2.task", "*", "*", "address"))
	var sockets []string
	for _, file := range files {
		if address, err := os.ReadFile(file); err == nil {
			sockets = append(sockets, strings.TrimPrefix(string(address), "unix://"))
		}
	}
	return sockets
}

// logLinks are the links that the kubelet makes to container logs in a directory of the whole machine.
func (c *Cluster) logLinks() []string {
	links, _ := filepath.Glob("/var/log/containers/*.log")
	return slices.DeleteFunc(links, func(link string) bool {
		target, err := os.Readlink(link)
		return err != nil || !strings.HasPrefix(target, c.dir+"/")
	})
}

func removeFiles(files []string) error {
	var errs []error
	for _, file := range files {
		if err := os.Remove(file); err != nil && !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, fmt.Errorf("removing what the cluster left outside its directory: %w", err))
		}
	}
	return errors.Join(errs...)
}
