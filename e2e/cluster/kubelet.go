package cluster

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"k8s.io/apimachinery/pkg/util/version"
)

// buildKubelet returns the file of a kubelet of another version than the control plane's. It is built in a module of its own,
// which has the requirements of that version's own module.
func (c *Cluster) buildKubelet(ctx context.Context) (string, error) {
	v, err := c.newest(ctx, c.kubelet)
	if err != nil {
		return "", err
	}
	name := "v" + v.String()
	dir := filepath.Join(c.cache, name, "module")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", fmt.Errorf("creating the module of a kubelet: %w", err)
	}
	if err := c.writeKubeletModule(ctx, dir, name); err != nil {
		return "", fmt.Errorf("writing the module of kubelet %s: %w", name, err)
	}
	return c.cached(ctx, "kubelet", name, dir, kubernetesModule+"/cmd/kubelet")
}

// newest completes a version without a patch by the newest one there is.
func (c *Cluster) newest(ctx context.Context, wanted string) (*version.Version, error) {
	wants, err := version.ParseGeneric(wanted)
	if err != nil {
		return nil, fmt.Errorf("choosing the kubelet: want a version such as 1.31 or v1.31.4: %w", err)
	}
	if exact, err := version.ParseSemantic(wanted); err == nil {
		return exact, nil
	}
	list, err := goOutput(ctx, c.module, "list", "-m", "-versions", kubernetesModule)
	if err != nil {
		return nil, err
	}
	var found *version.Version
	for _, field := range strings.Fields(list)[1:] {
		v, err := version.ParseSemantic(field)
		if err == nil && v.PreRelease() == "" && v.Major() == wants.Major() && v.Minor() == wants.Minor() && (found == nil || found.LessThan(v)) {
			found = v
		}
	}
	if found == nil {
		return nil, fmt.Errorf("choosing the kubelet: there is no Kubernetes %s", wanted)
	}
	return found, nil
}

// writeKubeletModule makes the go.mod of Kubernetes at a version one of a module that requires it. The libraries that its
// repository holds are those published with it.
func (c *Cluster) writeKubeletModule(ctx context.Context, dir, version string) error {
	gomod, err := downloadedGoMod(ctx, c.module, version)
	if err != nil {
		return err
	}
	content, err := os.ReadFile(gomod)
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "go.mod"), content, 0o600); err != nil {
		return err
	}
	staged, err := stagedModules(ctx, dir)
	if err != nil {
		return err
	}
	libraries, err := c.published(ctx, staged, "v0"+strings.TrimPrefix(version, "v1"))
	if err != nil {
		return err
	}
	args := []string{"mod", "edit", "-module=probetop.dev/kubelet", "-require=" + kubernetesModule + "@" + version}
	for path, v := range libraries {
		args = append(args, "-replace="+path+"="+path+"@"+v)
	}
	if _, err = goOutput(ctx, dir, args...); err != nil {
		return err
	}
	_, err = goOutput(ctx, dir, "get", kubernetesModule+"/cmd/kubelet@"+version)
	return err
}

// published returns the version of each module that is nearest to the wanted one: that itself, or the newest before it. Not
// every proxy has every version of the libraries that a kubelet does not need.
func (c *Cluster) published(ctx context.Context, modules []string, wanted string) (map[string]string, error) {
	list, err := goOutput(ctx, c.module, append([]string{"list", "-e", "-m", "-versions"}, modules...)...)
	if err != nil {
		return nil, err
	}
	versions := map[string]string{}
	for _, path := range modules {
		versions[path] = wanted
	}
	most := version.MustParseSemantic(wanted)
	for line := range strings.Lines(list) {
		fields := strings.Fields(line)
		best := version.MajorMinor(0, 0)
		for _, field := range fields[1:] {
			v, err := version.ParseSemantic(field)
			if err == nil && v.PreRelease() == "" && !most.LessThan(v) && best.LessThan(v) {
				best, versions[fields[0]] = v, field
			}
		}
	}
	return versions, nil
}

// downloadedGoMod returns the file of Kubernetes' go.mod at a version.
func downloadedGoMod(ctx context.Context, module, version string) (string, error) {
	out, err := goOutput(ctx, module, "mod", "download", "-json", kubernetesModule+"@"+version)
	if err != nil {
		return "", err
	}
	var downloaded struct{ GoMod string }
	if err := json.Unmarshal([]byte(out), &downloaded); err != nil {
		return "", fmt.Errorf("reading what go mod download says: %w", err)
	}
	return downloaded.GoMod, nil
}

// stagedModules returns the modules that a go.mod takes from its own repository.
func stagedModules(ctx context.Context, dir string) ([]string, error) {
	out, err := goOutput(ctx, dir, "mod", "edit", "-json")
	if err != nil {
		return nil, err
	}
	var gomod struct {
		Replace []struct{ Old, New struct{ Path string } }
	}
	if err := json.Unmarshal([]byte(out), &gomod); err != nil {
		return nil, fmt.Errorf("reading what go mod edit says: %w", err)
	}
	var staged []string
	for _, r := range gomod.Replace {
		if strings.HasPrefix(r.New.Path, "./staging/") {
			staged = append(staged, r.Old.Path)
		}
	}
	return staged, nil
}
