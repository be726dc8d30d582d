//go:build unix

package cmd_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/probetop/probetop/simcluster"
)

// signals are all that ask a process to end.
var signals = map[string]syscall.Signal{"INT": syscall.SIGINT, "TERM": syscall.SIGTERM, "HUP": syscall.SIGHUP, "QUIT": syscall.SIGQUIT}

// TestEverySignalLeavesNoFolder: the kubeconfig of the demo goes with it.
func TestEverySignalLeavesNoFolder(t *testing.T) {
	t.Parallel()
	for name, signal := range signals {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newProc(t, "demo", "--serve").begin()
			p.says("  probetop --kubeconfig")
			path := regexp.MustCompile(`--kubeconfig (\S+)`).FindStringSubmatch(p.output())[1]
			if _, err := os.Stat(path); err != nil {
				t.Fatal(err)
			}
			p.tell(signal)
			if code := p.ends(); code != 0 {
				t.Errorf("exit code %d, it says %q", code, p.output())
			}
			if _, err := os.Stat(filepath.Dir(path)); !os.IsNotExist(err) {
				t.Errorf("the folder is still there (%v)", err)
			}
		})
	}
}

// hamlet is a cluster with a pod, and a kubeconfig for it.
func hamlet(t *testing.T) (*simcluster.Cluster, string) {
	t.Helper()
	return village(t, villager("web", true, get("/healthz")))
}

// recordedPods returns the pods in a recording, worst first.
func recordedPods(t *testing.T, file string) string {
	t.Helper()
	return run(t, t.Context(), "get", "--replay", file, "-o", "name").out
}

func TestEverySignalEndsTheRecording(t *testing.T) {
	t.Parallel()
	_, kubeconfig := hamlet(t)
	for name, signal := range signals {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(t.TempDir(), "incident.zst")
			p := newProc(t, "record", file, "--kubeconfig", kubeconfig, "-A").begin()
			p.says("ctrl-c ends it")
			p.until("a pod in the recording", func() bool { return recordedPods(t, file) != "" })
			p.tell(signal)
			if code := p.ends(); code != 0 || !strings.Contains(p.output(), "Recorded ") {
				t.Errorf("exit code %d, it says %q", code, p.output())
			}
			if got := recordedPods(t, file); got != "pod/web\n" {
				t.Errorf("the recording has %q", got)
			}
		})
	}
}

// TestQuitWritesTheGoroutinesToTheDebugLog, and not over the terminal.
func TestQuitWritesTheGoroutinesToTheDebugLog(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "log")
	p := newProc(t, "demo", "--serve", "--debug-log", file).begin()
	p.says("  probetop --kubeconfig")
	p.tell(syscall.SIGQUIT)
	code := p.ends()
	log, err := os.ReadFile(file)
	if code != 0 || err != nil || !strings.Contains(string(log), "goroutine 1 ") || strings.Contains(p.output(), "goroutine ") {
		t.Errorf("exit code %d, %v, it says %q, the log is %.200q", code, err, p.output(), log)
	}
}

// TestNohup: a HUP that the process was started to ignore does not end it.
func TestNohup(t *testing.T) {
	t.Parallel()
	p := newProc(t, "demo", "--serve")
	p.Args = append([]string{"sh", "-c", `trap '' HUP; exec "$0" "$@"`}, append([]string{p.Path}, p.Args[1:]...)...)
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("no shell")
	}
	p.Path = sh
	p.begin()
	p.says("  probetop --kubeconfig")
	for range 20 {
		p.tell(syscall.SIGHUP)
	}
	p.until("it answers after the signals", func() bool {
		path := regexp.MustCompile(`--kubeconfig (\S+)`).FindStringSubmatch(p.output())[1]
		return run(t, t.Context(), "get", "--kubeconfig", path, "-A").code == 0
	})
	p.tell(syscall.SIGTERM)
	if code := p.ends(); code != 0 {
		t.Errorf("exit code %d", code)
	}
}
