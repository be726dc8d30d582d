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

// buildBinaries builds what the cache lacks and returns the file of each program. The packages come from the module's own
// go.mod, but a kubelet of another version from that version's; a first build takes minutes.
func (c *Cluster) buildBinaries(ctx context.Context) (map[string]string, error) {
	version, err := goOutput(ctx, c.module, "list", "-m", "-f", "{{.Version}}", kubernetesModule)
	if err != nil {
		return nil, err
	}
	files := map[string]string{}
	for name, pkg := range mainPackages() {
		if files[name], err = c.cached(ctx, name, version, c.module, pkg); err != nil {
			return nil, err
		}
	}
	if c.kubelet != "" {
		files["kubelet"], err = c.buildKubelet(ctx)
	}
	return files, err
}

// cached returns the file of a program of a version, which is built from a module if the cache lacks it.
func (c *Cluster) cached(ctx context.Context, name, version, module, pkg string) (string, error) {
	file := filepath.Join(c.cache, version, name)
	if _, err := os.Stat(file); err == nil {
		return file, nil
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return "", fmt.Errorf("creating the cache of binaries: %w", err)
	}
	c.say("building %s for Kubernetes %s", name, version)
	return file, build(ctx, module, pkg, file, "-s -w"+versionFlags(version))
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
func build(ctx context.Context, module, pkg, file, ldflags string) error {
	partial := fmt.Sprintf("%s.%d.partial", file, os.Getpid())
	defer func() { _ = os.Remove(partial) }()
	if _, err := goOutput(ctx, module, "build", "-ldflags", ldflags, "-o", partial, pkg); err != nil {
		return err
	}
	if err := os.Rename(partial, file); err != nil {
		return fmt.Errorf("keeping the built %s: %w", filepath.Base(file), err)
	}
	return nil
}

// goOutput runs the go command in a module.
func goOutput(ctx context.Context, module string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = module
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("running go %s: %w\n%s", strings.Join(args, " "), err, stderr.String())
	}
	return strings.TrimSpace(string(out)), nil
}
