package cluster

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
)

// programs are what the node needs of the operating system, with the Debian packages that bring them.
func programs() map[string]string {
	return map[string]string{
		cniPlugins + "/bridge": "containernetworking-plugins",
		"busybox":              "busybox-static",
		"conntrack":            "conntrack",
		"containerd":           "containerd",
		"ctr":                  "containerd",
		"ip":                   "iproute2",
		"iptables":             "iptables",
		"runc":                 "runc",
		"socat":                "socat",
		"tmux":                 "tmux", // not the node: its tests look at the board in it
	}
}

// cniPlugins is where Debian puts the network plugins.
const cniPlugins = "/usr/lib/cni"

// installPackages installs the missing programs with apt-get, or says what to install.
func installPackages(ctx context.Context, log io.Writer) error {
	missing := missingPackages()
	if len(missing) == 0 {
		return nil
	}
	if _, err := exec.LookPath("apt-get"); err != nil {
		return fmt.Errorf("starting a node: this is not a Debian; install what its packages %s hold, or set E2E_KUBECONFIG to test against a cluster that is already there", strings.Join(missing, ", "))
	}
	fmt.Fprintf(log, "cluster: installing %s\n", strings.Join(missing, " "))
	install := append([]string{"install", "-y", "--no-install-recommends"}, missing...)
	for _, args := range [][]string{{"update"}, install} {
		cmd := exec.CommandContext(ctx, "apt-get", args...)
		cmd.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("running apt-get %s: %w\n%s", args[0], err, out)
		}
	}
	if missing := missingPackages(); len(missing) > 0 {
		return errors.New("installing packages: still without " + strings.Join(missing, ", "))
	}
	return nil
}

func missingPackages() []string {
	var missing []string
	seen := map[string]bool{}
	for program, pkg := range programs() {
		if _, err := exec.LookPath(program); err != nil && !seen[pkg] {
			seen[pkg] = true
			missing = append(missing, pkg)
		}
	}
	return missing
}
