package e2e

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/probetop/probetop/e2e/cluster"
)

// demo is a "probetop demo --serve" that runs.
type demo struct {
	kubeconfig string
}

// serveDemo starts the demo, faster than life and without a home or a cluster, and ends it with the test.
func serveDemo(t *testing.T) demo {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, binary(t), "demo", "--serve", "--speed", "4")
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir()}
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = promptly
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	if err := cmd.Start(); err != nil {
		t.Fatalf("starting probetop demo: %v", err)
	}
	said := make(chan string, 1)
	drained := make(chan struct{})
	go func() {
		defer close(drained)
		defer close(said)
		option := regexp.MustCompile(`--kubeconfig[ =]['"]?([^\s'"]+)`)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			if m := option.FindStringSubmatch(lines.Text()); m != nil && len(said) == 0 {
				said <- m[1]
			}
		}
	}()
	t.Cleanup(func() {
		cancel()
		<-drained
		_ = cmd.Wait()
		if t.Failed() {
			t.Logf("probetop demo said on stderr:\n%s", &stderr)
		}
	})
	select {
	case path, ok := <-said:
		if !ok {
			t.Fatal("probetop demo --serve ended without naming a kubeconfig")
		}
		return demo{kubeconfig: path}
	case <-time.After(10 * time.Second):
		t.Fatal("probetop demo --serve names no kubeconfig")
		return demo{}
	}
}

// command is a command of the real kubectl on the demo: that of the tests' cluster, or the one in the path.
func (d demo) command(ctx context.Context, t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	c, err := cluster.New(cluster.Options{StateDir: os.Getenv("E2E_STATE")})
	if err != nil {
		t.Fatal(err)
	}
	path := c.Kubectl()
	if os.Getenv("E2E_KUBECONFIG") != "" {
		path = "kubectl"
	}
	cmd := exec.CommandContext(ctx, path, append([]string{"--kubeconfig", d.kubeconfig}, args...)...)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir()}
	return cmd
}

// kubectl runs a command that must succeed silently, and returns what it printed.
func (d demo) kubectl(t *testing.T, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	var stdout, stderr bytes.Buffer
	cmd := d.command(ctx, t, args...)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil || stderr.Len() > 0 {
		t.Errorf("kubectl %q: %v\n%s", args, err, &stderr)
	}
	return stdout.String()
}

// Stock kubectl works on the demo as it does on a cluster.
func TestDemoServesKubectl(t *testing.T) {
	t.Parallel()
	d := serveDemo(t)
	for _, tt := range []struct {
		args  []string
		least int // lines
		says  []string
	}{
		{[]string{"get", "pods", "-A", "-o", "wide"}, 41, []string{"NAMESPACE", "READY", "STATUS", "RESTARTS", "NODE", "worker-1", "session-cache-0"}},
		{[]string{"describe", "pod", "-n", "payments", "-l", "app=statement-export"}, 30, []string{"Readiness:", "exec [/usr/local/bin/healthcheck", "Unhealthy", "Readiness probe errored"}},
		{[]string{"get", "events", "-A"}, 10, []string{"LAST SEEN", "REASON", "Unhealthy", "pod/statement-export"}},
		{[]string{"get", "endpointslices", "-A"}, 15, []string{"ADDRESSTYPE", "IPv4", "session-cache"}},
	} {
		t.Run(strings.Join(tt.args, " "), func(t *testing.T) {
			t.Parallel()
			printed := d.kubectl(t, tt.args...)
			if n := strings.Count(printed, "\n"); n < tt.least {
				t.Errorf("%d lines, want at least %d:\n%s", n, tt.least, printed)
			}
			for _, word := range tt.says {
				if !strings.Contains(printed, word) {
					t.Errorf("kubectl does not say %q:\n%s", word, printed)
				}
			}
		})
	}
	t.Run("get pods -w", func(t *testing.T) {
		t.Parallel()
		if err := d.change(t); err != nil {
			t.Error(err)
		}
	})
}

// change watches the pods of the demo until one of them changes.
func (d demo) change(t *testing.T) error {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	cmd := d.command(ctx, t, "get", "pods", "-A", "-w", "--output-watch-events")
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("starting kubectl: %w", err)
	}
	changed := false
	lines := bufio.NewScanner(out)
	for !changed && lines.Scan() {
		changed = strings.HasPrefix(lines.Text(), "MODIFIED")
	}
	cancel()
	_ = cmd.Wait() // it was ended
	if !changed {
		return fmt.Errorf("kubectl get pods -w has shown no change within %s", patience)
	}
	return nil
}

// The demo needs nothing but the binary, and shows what fails within three seconds.
func TestDemoBoardNeedsNothing(t *testing.T) {
	t.Parallel()
	probetop := binary(t)
	began := time.Now()
	b := openProgram(t, 80, 24, "env", "-i", "HOME=/nonexistent", "TERM=screen-256color", probetop, "demo")
	b.shows(t, time.Until(began.Add(3*time.Second)), "DEMO", "✖ unready", "payme")
	b.press(t, "Enter")
	b.shows(t, promptly, "DEMO", "WHAT IS WRONG")
	b.press(t, "q")
	b.shows(t, promptly, "exit code 0")
}

// The demo's containers answer probes that are run from here, the one that listens on loopback only included.
func TestDemoAnswersAShadow(t *testing.T) {
	t.Parallel()
	b := openProgram(t, 120, 50, "env", "-i", "HOME=/nonexistent", "TERM=screen-256color", binary(t), "demo")
	b.shows(t, patience, "DEMO", "✖ unready")
	b.press(t, "/", "suggest", "Enter")
	b.shows(t, promptly, "2 of ")
	b.press(t, "P", "Enter")
	b.shows(t, patience, "from here ● success", "from the API server, on the pod IP ✖ failure", "loopback only")
	b.press(t, "a")
	b.shows(t, promptly, "auto")
	b.press(t, "q")
	b.shows(t, promptly, "exit code 0")
}

// Stock kubectl reaches the demo's containers.
func TestDemoServesConnections(t *testing.T) {
	t.Parallel()
	d := serveDemo(t)
	pod := strings.TrimSpace(d.kubectl(t, "get", "pods", "-n", "payments", "-l", "app=psp-gateway", "-o", "jsonpath={.items[0].metadata.name}"))
	if got := d.kubectl(t, "logs", "-n", "payments", pod); !strings.Contains(got, "started") {
		t.Errorf("the log is %q", got)
	}
	if got := d.kubectl(t, "exec", "-n", "shop", "session-cache-0", "--", "/workload", "check", "ping"); got != "" {
		t.Errorf("the probe's command says %q", got)
	}
	if got := d.kubectl(t, "get", "--raw", "/api/v1/namespaces/search/pods/index-0:8080/proxy/livez"); got != "OK\n" {
		t.Errorf("through the API server the pod says %q", got)
	}
	d.forwards(t, "search", "index-0", "8080", "/livez")
}

// forwards requires that a port of a pod answers through kubectl port-forward.
func (d demo) forwards(t *testing.T, namespace, pod, port, path string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	cmd := d.command(ctx, t, "port-forward", "-n", namespace, pod, ":"+port)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatalf("starting kubectl: %v", err)
	}
	defer func() { cancel(); _ = cmd.Wait() }()
	first, err := bufio.NewReader(out).ReadString('\n')
	m := regexp.MustCompile(`127\.0\.0\.1:\d+`).FindString(first)
	if err != nil || m == "" {
		t.Fatalf("kubectl port-forward says %q: %v", first, err)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+m+path, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatalf("asking the pod: %v", err)
	}
	_ = response.Body.Close()
	if response.StatusCode != http.StatusOK {
		t.Errorf("the pod answers %s", response.Status)
	}
}
