package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/probetop/probetop/e2e/cluster"
	"github.com/probetop/probetop/e2e/figures"
)

// scenarios are the tests that play something and hold what probetop says against it.
const scenarios = "^Test(ScenarioIDs|Hooks|FailingHook|ExecLiveness|TCPLiveness|HTTPLiveness|ExecOutput|ExecMissing|" +
	"ReadinessDelay|ReadinessGates|Termination|GRPCStartup|Sidecar|ShadowParity)$"

// session is the tests against one kubelet.
type session struct {
	dir     string // of the logs
	version string
}

// outcome is how tests ended.
type outcome struct {
	passed int
	failed []string
}

// test runs tests, and counts those that have no tests inside them.
func (s session) test(ctx context.Context, name string, env []string, args ...string) (outcome, error) {
	args = append([]string{"test", "-count=1", "-parallel", "4", "-timeout", "40m", "-json"}, args...)
	cmd := exec.CommandContext(ctx, "go", append(args, ".")...)
	cmd.Env = append(append(os.Environ(), "CGO_ENABLED=0", "E2E_FIGURES="+s.figuresFile()), env...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		return outcome{}, fmt.Errorf("running the tests: %w", err)
	}
	o, log, err := read(out)
	if err != nil {
		return outcome{}, err
	}
	file := filepath.Join(s.dir, s.version+"-"+name+".log")
	if err := os.WriteFile(file, log, 0o644); err != nil {
		return outcome{}, fmt.Errorf("keeping the log: %w", err)
	}
	if o.passed+len(o.failed) == 0 {
		return outcome{}, fmt.Errorf("no test has run: see %s", file)
	}
	return o, nil
}

// read reads what go test -json says.
func read(out []byte) (o outcome, log []byte, err error) {
	results := map[string]string{}
	lines := bufio.NewScanner(bytes.NewReader(out))
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		var event struct{ Action, Test, Output string }
		if err := json.Unmarshal(lines.Bytes(), &event); err != nil {
			return outcome{}, nil, fmt.Errorf("reading what go test says: %w", err)
		}
		switch event.Action {
		case "output":
			log = append(log, event.Output...)
		case "pass", "fail":
			results[event.Test] = event.Action
		}
	}
	for test, result := range results {
		switch {
		case test == "":
		case result == "fail" && !hasInside(results, test, "fail"):
			o.failed = append(o.failed, test)
		case result == "pass" && !hasInside(results, test, "pass"):
			o.passed++
		}
	}
	slices.Sort(o.failed)
	return o, log, lines.Err()
}

// hasInside reports whether a test has tests inside it that ended so.
func hasInside(results map[string]string, test, result string) bool {
	for other, r := range results {
		if r == result && strings.HasPrefix(other, test+"/") {
			return true
		}
	}
	return false
}

func (s session) figuresFile() string {
	file, err := filepath.Abs(filepath.Join(s.dir, s.version+"-figures.jsonl"))
	if err != nil {
		return ""
	}
	return file
}

// figures are those that the tests have kept.
func (s session) figures() ([]figures.Figures, error) { return figures.Read(s.figuresFile()) }

// kubeletVersion is what the cluster's node says.
func kubeletVersion(ctx context.Context, c *cluster.Cluster) (string, error) {
	out, err := exec.CommandContext(ctx, c.Kubectl(), "--kubeconfig", c.Kubeconfig(), "get", "nodes",
		"-o", "jsonpath={.items[0].status.nodeInfo.kubeletVersion}").Output()
	if err != nil {
		return "", fmt.Errorf("asking for the kubelet's version: %w", err)
	}
	return string(out), nil
}
