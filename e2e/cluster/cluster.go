package cluster

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"
)

// Name is the context of the cluster's administrator; the other users' contexts are Name-USER.
const Name = "probetop-e2e"

// Options say where a cluster keeps its files. Every zero value has a default.
type Options struct {
	// StateDir holds everything the running cluster owns and is removed by Stop. Default /var/lib/probetop-e2e.
	StateDir string
	// CacheDir holds the built Kubernetes binaries, one directory per version. Default probetop/bin in the user's
	// cache directory.
	CacheDir string
	// ModuleDir is a directory of this module, from which the binaries are built. Default: the working directory.
	ModuleDir string
	// Node is the node's name. Default: Name.
	Node string
	// BackOff is the longest that the kubelet waits before it starts a crashing container again. Default 10 s, because
	// nobody can wait for Kubernetes' own five minutes.
	BackOff time.Duration
	// Kubelet is the version of the kubelet, such as 1.31 for its newest patch, or v1.31.4. Default: the control plane's.
	Kubelet string
	// Log receives one line per step. Default: nothing is written.
	Log io.Writer
}

// Cluster is one control plane and one node on this machine. It is known by its state directory alone: two values
// with the same directory are the same cluster. Start and Stop exclude each other, across processes too.
type Cluster struct {
	// immutable after New
	dir     string
	cache   string
	module  string
	node    string
	backOff time.Duration
	kubelet string
	log     io.Writer
	network network
}

// New describes a cluster; it touches nothing.
func New(o Options) (*Cluster, error) {
	c := &Cluster{
		dir: cmp.Or(o.StateDir, "/var/lib/probetop-e2e"), cache: o.CacheDir, module: o.ModuleDir,
		node: cmp.Or(o.Node, Name), backOff: cmp.Or(o.BackOff, 10*time.Second), kubelet: o.Kubelet, log: o.Log,
	}
	if c.log == nil {
		c.log = io.Discard
	}
	var err error
	if c.dir, err = filepath.Abs(c.dir); err != nil {
		return nil, fmt.Errorf("resolving the state directory: %w", err)
	}
	if c.cache == "" {
		user, err := os.UserCacheDir()
		if err != nil {
			return nil, fmt.Errorf("finding the user's cache directory: %w", err)
		}
		c.cache = filepath.Join(user, "probetop", "bin")
	}
	c.network = networkOf(c.dir)
	return c, nil
}

// Kubeconfig is the path of the file with a context for every user; it exists while the cluster is up.
func (c *Cluster) Kubeconfig() string { return c.path("kubeconfig") }

// Kubectl is the path of a kubectl of the cluster's own version; it exists once Start has succeeded.
func (c *Cluster) Kubectl() string { return c.path("bin", "kubectl") }

// Start brings the cluster up and returns when its node takes pods. A cluster that is up is left alone, except that the
// test image is loaded anew if its source has changed; a half-dead one is taken down first. After an error the state
// directory is kept, for its logs; Stop removes it.
func (c *Cluster) Start(ctx context.Context) error {
	unlock, err := c.lock()
	if err != nil {
		return err
	}
	defer unlock()
	if c.exists() {
		unhealthy := c.Health(ctx)
		if unhealthy == nil {
			c.say("already up")
			return c.loadImages(ctx)
		}
		c.say("taking down what is left of an earlier cluster: %v", unhealthy)
		if err := c.stop(ctx); err != nil {
			return err
		}
	}
	return c.boot(ctx)
}

// Stop ends every process of the cluster, and removes its containers, mounts, cgroups, network and files. It works on
// half-dead clusters and on none at all, and goes on after errors, which are joined.
func (c *Cluster) Stop(ctx context.Context) error {
	unlock, err := c.lock()
	if err != nil {
		return err
	}
	defer unlock()
	if !c.exists() {
		c.say("no cluster below %s", c.dir)
		return nil
	}
	return c.stop(ctx)
}

// boot starts the control plane and the container runtime side by side, then the kubelet.
func (c *Cluster) boot(ctx context.Context) error {
	if err := installPackages(ctx, c.log); err != nil {
		return err
	}
	binaries, err := c.buildBinaries(ctx)
	if err != nil {
		return err
	}
	if err := c.createStateDir(binaries); err != nil {
		return err
	}
	s, err := c.newSettings(ctx)
	if err != nil {
		return err
	}
	g, gctx := errgroup.WithContext(ctx)
	g.Go(func() error { return c.startControlPlane(gctx, s) })
	g.Go(func() error { return c.startRuntime(gctx) })
	if err := g.Wait(); err != nil {
		return err
	}
	if err := c.startKubelet(ctx, s); err != nil {
		return err
	}
	c.say("up: %s", c.Kubeconfig())
	return nil
}

// marker is the file that makes a directory a cluster's: nothing else is ever removed.
const marker = ".probetop-e2e"

// createStateDir makes the directory tree of a new cluster, with links to its binaries.
func (c *Cluster) createStateDir(binaries map[string]string) error {
	if entries, err := os.ReadDir(c.dir); err == nil && len(entries) > 0 {
		return fmt.Errorf("using %s as state directory: it is not empty and not a cluster's", c.dir)
	}
	if err := os.MkdirAll(c.dir, 0o755); err != nil {
		return fmt.Errorf("creating the state directory: %w", err)
	}
	if err := c.write(marker, "a throw-away Kubernetes of probetop's tests\n"); err != nil {
		return err
	}
	for _, sub := range []string{"bin", "logs", "pids", "images", "cni/conf", "cni/ipam", "kubelet/plugins", "kubelet/manifests"} {
		if err := os.MkdirAll(c.path(sub), 0o755); err != nil {
			return fmt.Errorf("creating the state directory: %w", err)
		}
	}
	for name, file := range binaries {
		if err := os.Symlink(file, c.path("bin", name)); err != nil {
			return fmt.Errorf("linking the binaries: %w", err)
		}
	}
	return nil
}

// exists tells whether the state directory is a cluster's, alive or not.
func (c *Cluster) exists() bool {
	_, err := os.Stat(c.path(marker))
	return err == nil
}

// lock waits until no other process starts or stops this cluster.
func (c *Cluster) lock() (unlock func(), err error) {
	if os.Geteuid() != 0 {
		return nil, errors.New("running a Kubernetes node needs root: run this as root, or set E2E_KUBECONFIG to test against a cluster that is already there")
	}
	if err := os.MkdirAll(filepath.Dir(c.dir), 0o755); err != nil {
		return nil, fmt.Errorf("creating the directory above %s: %w", c.dir, err)
	}
	f, err := os.OpenFile(c.dir+".lock", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("opening the cluster's lock: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("locking %s: %w", f.Name(), err)
	}
	return func() { _ = f.Close() }, nil
}

// path joins elements below the state directory.
func (c *Cluster) path(elem ...string) string {
	return filepath.Join(append([]string{c.dir}, elem...)...)
}

// write creates a file below the state directory that only its owner may read.
func (c *Cluster) write(name, content string) error {
	if err := os.WriteFile(c.path(name), []byte(content), 0o600); err != nil {
		return fmt.Errorf("writing %s: %w", name, err)
	}
	return nil
}

func (c *Cluster) say(format string, args ...any) {
	fmt.Fprintf(c.log, "cluster: "+format+"\n", args...)
}
