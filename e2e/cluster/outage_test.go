package cluster

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
)

func TestFrozenComponentGoesOn(t *testing.T) {
	c := newTestCluster(t)
	pid := follower(t, c.dir)
	t.Cleanup(func() { _ = killAll(context.Background(), []int{pid}) })
	if err := c.writePID(Kubelet, pid); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		do     func(string) error
		frozen bool
	}{{c.Freeze, true}, {c.Thaw, false}} {
		if err := step.do(Kubelet); err != nil {
			t.Fatal(err)
		}
		err := poll(t.Context(), 10*time.Second, func(context.Context) error {
			if state := processState(t, pid); (state == "T") != step.frozen {
				return fmt.Errorf("the process is in state %s, want it frozen: %t", state, step.frozen)
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	}
}

// processState is the letter that the kernel has for the state of a process.
func processState(t *testing.T, pid int) string {
	t.Helper()
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		t.Fatal(err)
	}
	return strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))[0]
}

func TestKilledComponentStartsAsItWas(t *testing.T) {
	c := newTestCluster(t)
	if err := os.Mkdir(c.path("logs"), 0o755); err != nil {
		t.Fatal(err)
	}
	first := follower(t, c.dir)
	if err := c.writePID(APIServer, first); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", first))
	if err != nil {
		t.Fatal(err)
	}
	again, err := c.Kill(t.Context(), APIServer)
	if err != nil {
		t.Fatal(err)
	}
	if _, running := c.pid(APIServer); running {
		t.Error("it still runs")
	}
	if err := again(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.kill(context.Background(), APIServer) })
	err = poll(t.Context(), 10*time.Second, func(context.Context) error {
		pid, running := c.pid(APIServer)
		if !running {
			return fmt.Errorf("it does not run")
		}
		after, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
		if err != nil || string(after) != string(before) {
			return fmt.Errorf("it runs as %q, want %q (%v)", after, before, err)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func TestComponentThatDoesNotRunIsNotSignalled(t *testing.T) {
	c := newTestCluster(t)
	if err := c.Freeze(Kubelet); err == nil {
		t.Error("freezing it succeeded")
	}
	if _, err := c.Kill(t.Context(), Kubelet); err == nil {
		t.Error("ending it succeeded")
	}
}
