//go:build unix

package cmd_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
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

// pluginConfig writes a kubeconfig whose credentials come from a plugin that never answers, and that has begun another
// program. Both write their numbers to files in the folder.
func pluginConfig(t *testing.T, script string) (kubeconfig, dir string) {
	t.Helper()
	dir = t.TempDir()
	config := fmt.Sprintf(`
apiVersion: v1
kind: Config
current-context: here
clusters: [{name: c, cluster: {server: "https://127.0.0.1:1"}}]
contexts: [{name: here, context: {cluster: c, user: u}}]
users:
- name: u
  user: {exec: {apiVersion: client.authentication.k8s.io/v1, command: sh, args: [-c, %q], interactiveMode: Never}}
`, "cd "+dir+"; "+script)
	kubeconfig = filepath.Join(dir, "config")
	if err := os.WriteFile(kubeconfig, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	return kubeconfig, dir
}

// number reads a process's number from a file; zero while it is not there.
func number(file string) int {
	text, _ := os.ReadFile(file)
	if !strings.HasSuffix(string(text), "\n") {
		return 0
	}
	n, _ := strconv.Atoi(strings.TrimSpace(string(text)))
	return n
}

// lives reports whether a process goes on. One that has ended may still be waited for.
func lives(id int) bool {
	if errors.Is(syscall.Kill(id, 0), syscall.ESRCH) {
		return false
	}
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(id) + "/stat")
	return !os.IsNotExist(err) && !strings.Contains(string(stat), ") Z ") || runtime.GOOS != "linux"
}

// TestAHungPluginEndsWithUs, and so does what it has begun: when we are told to end, and when we give up by ourselves.
func TestAHungPluginEndsWithUs(t *testing.T) {
	t.Parallel()
	const waiting = "sleep 1000 & echo $! >child; echo $$ >plugin; "
	for name, c := range map[string]struct {
		script  string
		timeout string
		signal  syscall.Signal
		code    int
	}{
		"told to end":                {waiting + "wait", "10m", syscall.SIGTERM, 130},
		"told to hang up":            {waiting + "wait", "10m", syscall.SIGHUP, 130},
		"given up":                   {waiting + "wait", "2s", 0, 3},
		"deaf to TERM":               {"trap '' TERM; " + waiting + "wait", "10m", syscall.SIGTERM, 130},
		"its child holds its output": {waiting + "exit 1", "10m", syscall.SIGTERM, 130},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			kubeconfig, dir := pluginConfig(t, c.script)
			p := newProc(t, "get", "--kubeconfig", kubeconfig, "--request-timeout", c.timeout).begin()
			ids := [2]int{}
			for i, file := range []string{"child", "plugin"} {
				p.until("the plugin runs", func() bool { ids[i] = number(filepath.Join(dir, file)); return ids[i] != 0 })
			}
			t.Cleanup(func() { _ = syscall.Kill(ids[0], syscall.SIGKILL) })
			if c.signal != 0 {
				p.tell(c.signal)
			}
			if code := p.ends(); code != c.code {
				t.Errorf("exit code %d, want %d; it says %q", code, c.code, p.output())
			}
			for i, who := range []string{"what the plugin has begun", "the plugin"} {
				p.until(who+" has ended", func() bool { return !lives(ids[i]) })
			}
		})
	}
}
