package cluster

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// newTestCluster is a cluster with an empty state directory that knows its pid files only.
func newTestCluster(t *testing.T) *Cluster {
	t.Helper()
	c, err := New(Options{StateDir: t.TempDir(), CacheDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(c.path("pids"), 0o755); err != nil {
		t.Fatal(err)
	}
	return c
}

// follower starts a process that does not end and whose command line names a file in the directory.
func follower(t *testing.T, dir string) int {
	t.Helper()
	file := filepath.Join(dir, "followed")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("tail", "-f", file)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { _ = cmd.Wait() }()
	// The kernel shows the command line a moment after the program has begun.
	err := poll(t.Context(), 10*time.Second, func(context.Context) error {
		line, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", cmd.Process.Pid))
		if err == nil && !strings.Contains(string(line), file) {
			err = fmt.Errorf("the command line is %q", line)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return cmd.Process.Pid
}

func TestKillEndsOnlyTheRecordedProcess(t *testing.T) {
	c := newTestCluster(t)
	mine, other := follower(t, c.dir), follower(t, t.TempDir())
	t.Cleanup(func() { _ = killAll(context.Background(), []int{other}) })
	for name, pid := range map[string]int{"mine": mine, "other": other} {
		if err := c.writePID(name, pid); err != nil {
			t.Fatal(err)
		}
	}
	if pid, ok := c.pid("mine"); !ok || pid != mine {
		t.Errorf("the recorded process is %d, %t, want %d", pid, ok, mine)
	}
	if pid, ok := c.pid("other"); ok {
		t.Errorf("process %d counts as the cluster's, though its command line does not name it", pid)
	}
	for _, name := range []string{"mine", "other", "never started"} {
		if err := c.kill(t.Context(), name); err != nil {
			t.Errorf("killing %s: %v", name, err)
		}
	}
	if startTime(mine) != "" {
		t.Error("the recorded process still runs")
	}
	if startTime(other) == "" {
		t.Error("the other process was killed")
	}
}

func TestAnotherProcessWithTheSamePIDIsNotTheComponent(t *testing.T) {
	c := newTestCluster(t)
	pid := follower(t, c.dir)
	t.Cleanup(func() { _ = killAll(context.Background(), []int{pid}) })
	if err := c.writePID("etcd", pid); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(c.path("pids", "etcd"), []byte("1 1"), 0o600); err != nil {
		t.Fatal(err)
	}
	if pid, ok := c.pid("etcd"); ok {
		t.Errorf("process %d counts as etcd", pid)
	}
}

func TestRunReportsTheLogOfAComponentThatEnds(t *testing.T) {
	c := newTestCluster(t)
	if err := os.Mkdir(c.path("logs"), 0o755); err != nil {
		t.Fatal(err)
	}
	err := c.run(t.Context(), component{
		name: "etcd", path: "/bin/sh", args: []string{"-c", "echo no space left; exit 3"},
		ready: func(context.Context) error { return errors.New("not yet") },
	})
	for _, want := range []string{"etcd ended: exit status 3", "not yet", "no space left"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("the error is %v, want %q in it", err, want)
		}
	}
}

func TestPollGivesUpWithTheLastError(t *testing.T) {
	last := errors.New("not yet")
	if err := poll(t.Context(), time.Millisecond, func(context.Context) error { return last }); !errors.Is(err, last) {
		t.Errorf("the error is %v, want the condition's", err)
	}
}
