package e2e

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/restmapper"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/probetop/probetop/e2e/cluster"
)

// suite is what the tests share. It does not change once they run.
type suite struct {
	kubeconfig string
	context    string
	image      string
	pull       corev1.PullPolicy
	config     *rest.Config
	client     kubernetes.Interface
	dynamic    dynamic.Interface
	mapper     *restmapper.DeferredDiscoveryRESTMapper
	dir        string                 // temporary, for the binary and tmux's socket
	binary     func() (string, error) // builds probetop once
}

// shared is set by TestMain.
var shared *suite

func TestMain(m *testing.M) {
	os.Exit(runTests(m))
}

// runTests is TestMain with defers.
func runTests(m *testing.M) (code int) {
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cancel()
	fail := func(err error) {
		if err != nil {
			fmt.Fprintln(os.Stderr, "e2e:", err)
			code = 1
		}
	}
	kubeconfig, image, stop, err := obtainCluster(ctx)
	if err != nil {
		fail(err)
		return code
	}
	defer func() { fail(stop()) }()
	if shared, err = newSuite(kubeconfig, image); err != nil {
		fail(err)
		return code
	}
	defer shared.close()
	return m.Run()
}

// usualBackOff is the longest crash-loop back-off of kubelets as they are delivered. Most tests cannot wait so long; with less,
// the many crash loops of the battery would keep the node too busy.
const usualBackOff = 5 * time.Minute

// obtainCluster finds a cluster to test against, or starts one that stop takes down again.
func obtainCluster(ctx context.Context) (kubeconfig, image string, stop func() error, err error) {
	nothing := func() error { return nil }
	if file := os.Getenv("E2E_KUBECONFIG"); file != "" {
		image := os.Getenv("E2E_IMAGE")
		if image == "" {
			return "", "", nil, errors.New("E2E_KUBECONFIG is set: set E2E_IMAGE to the test image that its nodes have or can pull")
		}
		return file, image, nothing, nil
	}
	options := cluster.Options{StateDir: os.Getenv("E2E_STATE"), CacheDir: os.Getenv("E2E_CACHE"), Kubelet: os.Getenv("E2E_KUBELET"), Log: os.Stderr}
	if os.Getenv("E2E_INCIDENTS") != "" {
		options.BackOff = usualBackOff
	}
	c, err := cluster.New(options)
	if err != nil {
		return "", "", nil, err
	}
	wasUp := c.Health(ctx) == nil
	if err := c.Start(ctx); err != nil {
		return "", "", nil, err
	}
	if wasUp || os.Getenv("E2E_KEEP") != "" {
		return c.Kubeconfig(), cluster.Image, nothing, nil
	}
	return c.Kubeconfig(), cluster.Image, func() error { return c.Stop(context.WithoutCancel(ctx)) }, nil
}

func newSuite(kubeconfig, image string) (*suite, error) {
	s := &suite{kubeconfig: kubeconfig, image: image, pull: corev1.PullNever}
	if os.Getenv("E2E_IMAGE") != "" {
		s.pull = corev1.PullIfNotPresent
	}
	loader := clientcmd.NewNonInteractiveDeferredLoadingClientConfig(
		&clientcmd.ClientConfigLoadingRules{ExplicitPath: kubeconfig}, nil)
	raw, err := loader.RawConfig()
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", kubeconfig, err)
	}
	s.context = raw.CurrentContext
	if s.config, err = loader.ClientConfig(); err != nil {
		return nil, fmt.Errorf("reading %s: %w", kubeconfig, err)
	}
	s.config.QPS, s.config.Burst, s.config.WarningHandler = 500, 1000, rest.NoWarnings{}
	if s.client, err = kubernetes.NewForConfig(s.config); err != nil {
		return nil, fmt.Errorf("making a client: %w", err)
	}
	if s.dynamic, err = dynamic.NewForConfig(s.config); err != nil {
		return nil, fmt.Errorf("making a client: %w", err)
	}
	s.mapper = restmapper.NewDeferredDiscoveryRESTMapper(memory.NewMemCacheClient(s.client.Discovery()))
	if s.dir, err = os.MkdirTemp("", "probetop-e2e-"); err != nil {
		return nil, fmt.Errorf("making a temporary directory: %w", err)
	}
	// Without the option the server would end between two tests.
	if out, err := s.tmux("start-server", ";", "set-option", "-s", "exit-empty", "off").CombinedOutput(); err != nil {
		return nil, fmt.Errorf("starting tmux, in which the board is tested: %w\n%s", err, out)
	}
	s.binary = sync.OnceValues(s.build)
	return s, nil
}

// close ends every terminal and removes the temporary files.
func (s *suite) close() {
	_ = s.tmux("kill-server").Run()
	_ = os.RemoveAll(s.dir)
}

// build compiles probetop from the repository's root.
func (s *suite) build() (string, error) {
	if file := os.Getenv("E2E_PROBETOP"); file != "" {
		return file, nil
	}
	file := filepath.Join(s.dir, "probetop")
	cmd := exec.Command("go", "build", "-o", file, ".")
	cmd.Dir = ".."
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("building probetop: %w\n%s", err, out)
	}
	return file, nil
}
