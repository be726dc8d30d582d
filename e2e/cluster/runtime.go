package cluster

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"time"

	"golang.org/x/sync/errgroup"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	cri "k8s.io/cri-api/pkg/apis/runtime/v1"
)

// runtimeName is the component that runs the containers.
const runtimeName = "containerd"

func (c *Cluster) socket() string { return c.path("containerd.sock") }

// startRuntime starts containerd and loads the images.
func (c *Cluster) startRuntime(ctx context.Context) error {
	if err := c.runRuntime(ctx); err != nil {
		return err
	}
	return c.loadImages(ctx)
}

func (c *Cluster) runRuntime(ctx context.Context) error {
	path, err := exec.LookPath(runtimeName)
	if err != nil {
		return fmt.Errorf("finding the container runtime: %w", err)
	}
	err = errors.Join(
		c.write("containerd.toml", c.runtimeConfig()),
		c.write("cni/conf/10-probetop.conflist", c.network.config(c.path("cni/ipam"))),
	)
	if err != nil {
		return err
	}
	return c.run(ctx, component{
		name: runtimeName,
		path: path,
		args: []string{"--config", c.path("containerd.toml")},
		ready: func(ctx context.Context) error {
			return c.withCRI(func(conn *grpc.ClientConn) error {
				_, err := cri.NewRuntimeServiceClient(conn).Version(ctx, &cri.VersionRequest{})
				return err
			})
		},
	})
}

// runtimeConfig keeps containerd, its shims and runc below the state directory. The OOM score may not be lowered
// without CAP_SYS_RESOURCE, and without the restriction every sandbox would fail for it.
func (c *Cluster) runtimeConfig() string {
	return fmt.Sprintf(`version = 2
root = %q
state = %q
[grpc]
  address = %q
[plugins."io.containerd.internal.v1.opt"]
  path = %q
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = %q
  restrict_oom_score_adj = true
  disable_apparmor = true
  netns_mounts_under_state_dir = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = %q
    conf_dir = %q
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
      Root = %q
`, c.path("containerd"), c.path("containerd-state"), c.socket(), c.path("opt"), pauseImage, cniPlugins, c.path("cni/conf"), c.path("runc"))
}

// withCRI calls use with a connection to containerd.
func (c *Cluster) withCRI(use func(*grpc.ClientConn) error) error {
	conn, err := grpc.NewClient("unix://"+c.socket(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return fmt.Errorf("connecting to containerd: %w", err)
	}
	defer func() { _ = conn.Close() }()
	return use(conn)
}

// removePods stops and removes all pods through containerd, which so gives back their mounts, cgroups, network
// namespaces and port mappings. If containerd has died, it is started again for this.
func (c *Cluster) removePods(ctx context.Context) error {
	if _, running := c.pid(runtimeName); !running {
		if err := c.runRuntime(ctx); err != nil {
			return err
		}
	}
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	return c.withCRI(func(conn *grpc.ClientConn) error {
		runtime := cri.NewRuntimeServiceClient(conn)
		pods, err := runtime.ListPodSandbox(ctx, &cri.ListPodSandboxRequest{})
		if err != nil {
			return fmt.Errorf("listing the pods in containerd: %w", err)
		}
		var g errgroup.Group
		g.SetLimit(16)
		for _, pod := range pods.Items {
			g.Go(func() error { return removePod(ctx, runtime, pod.Id) })
		}
		return g.Wait()
	})
}

func removePod(ctx context.Context, runtime cri.RuntimeServiceClient, id string) error {
	if _, err := runtime.StopPodSandbox(ctx, &cri.StopPodSandboxRequest{PodSandboxId: id}); err != nil {
		return fmt.Errorf("stopping pod %s: %w", id, err)
	}
	if _, err := runtime.RemovePodSandbox(ctx, &cri.RemovePodSandboxRequest{PodSandboxId: id}); err != nil {
		return fmt.Errorf("removing pod %s: %w", id, err)
	}
	return nil
}
