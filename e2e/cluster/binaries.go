package cluster

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// kubernetesModule is the module whose version the cluster has and reports.
const kubernetesModule = "k8s.io/kubernetes"

// mainPackages are the programs the cluster is made of, by name.
func mainPackages() map[string]string {
	packages := map[string]string{"etcd": "go.etcd.io/etcd/server/v3"}
	for _, name := range []string{"kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubectl", "kubelet"} {
		packages[name] = kubernetesModule + "/cmd/" + name
	}
	return packages
}

// buildBinaries builds what the cache lacks and returns the directory of this version's binaries. The packages come from
// the module's own go.mod; a first build takes minutes.
func (c *Cluster) buildBinaries(ctx context.Context) (string, error) {
	version, err := c.goOutput(ctx, "list", "-m", "-f", "{{.Version}}", kubernetesModule)
	if err != nil {
		return "", err
	}
	dir := filepath.Join(c.cache, version)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", fmt.Errorf("creating the cache of binaries: %w", err)
	}
	for name, pkg := range mainPackages() {
		file := filepath.Join(dir, name)
		if _, err := os.Stat(file); err == nil {
			continue
		}
		c.say("building %s for Kubernetes %s", name, version)
		if err := c.build(ctx, pkg, file, "-s -w"+versionFlags(version)); err != nil {
			return "", err
		}
	}
	return dir, nil
}

// versionFlags are the linker flags with which Kubernetes' own build tells its programs their version.
func versionFlags(version string) string {
	parts := strings.SplitN(strings.TrimPrefix(version, "v"), ".", 3)
	var flags strings.Builder
	for _, pkg := range []string{"k8s.io/component-base/version", "k8s.io/client-go/pkg/version"} {
		fmt.Fprintf(&flags, " -X %[1]s.gitVersion=%[2]s -X %[1]s.gitMajor=%[3]s -X %[1]s.gitMinor=%[4]s", pkg, version, parts[0], parts[1])
	}
	return flags.String()
}

// build compiles a static binary of one main package; an interrupted build leaves no file of that name.
func (c *Cluster) build(ctx context.Context, pkg, file, ldflags string) error {
	partial := fmt.Sprintf("%s.%d.partial", file, os.Getpid())
	defer func() { _ = os.Remove(partial) }()
	if _, err := c.goOutput(ctx, "build", "-ldflags", ldflags, "-o", partial, pkg); err != nil {
		return err
	}
	if err := os.Rename(partial, file); err != nil {
		return fmt.Errorf("keeping the built %s: %w", filepath.Base(file), err)
	}
	return nil
}

// goOutput runs the go command in the module.
func (c *Cluster) goOutput(ctx context.Context, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = c.module
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("running go %s: %w\n%s", strings.Join(args, " "), err, stderr.String())
	}
	return strings.TrimSpace(string(out)), nil
}
