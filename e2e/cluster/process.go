package cluster

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// component is one long-running program of the cluster.
type component struct {
	name  string                      // of its log and pid files
	path  string                      // the program
	args  []string                    // at least one names the state directory, by which the process is known again
	ready func(context.Context) error // nil once it serves
}

// components are the names of all components in the order in which they are to end: nothing that creates work outlives
// what would carry it out, and the container runtime is last, because the pods are removed through it.
func components() []string {
	return []string{"kube-controller-manager", "kube-scheduler", "kubelet", "kube-apiserver", "etcd", runtimeName}
}

// readyTimeout bounds the wait for one component; all take a second or two on an idle machine.
const readyTimeout = 90 * time.Second

// run starts a component in a session of its own and waits until it is ready.
func (c *Cluster) run(ctx context.Context, comp component) error {
	c.say("starting %s", comp.name)
	log, err := os.OpenFile(c.path("logs", comp.name+".log"), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o644)
	if err != nil {
		return fmt.Errorf("opening the log of %s: %w", comp.name, err)
	}
	defer func() { _ = log.Close() }() // the component has its own
	cmd := exec.CommandContext(context.WithoutCancel(ctx), comp.path, comp.args...)
	cmd.Stdout, cmd.Stderr, cmd.Dir = log, log, c.dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("starting %s: %w", comp.name, err)
	}
	if err := c.writePID(comp.name, cmd.Process.Pid); err != nil {
		return err
	}
	ctx, ended := context.WithCancelCause(ctx)
	defer ended(nil)
	go func() {
		err := cmp.Or(cmd.Wait(), errors.New("exit status 0"))
		ended(fmt.Errorf("%s ended: %w", comp.name, err))
	}()
	if err := poll(ctx, readyTimeout, comp.ready); err != nil {
		return fmt.Errorf("waiting for %s: %w\n%s", comp.name, err, tail(log.Name()))
	}
	return nil
}

// kill ends a component at once and waits until it is gone; one that is not running is fine.
func (c *Cluster) kill(ctx context.Context, name string) error {
	pid, ok := c.pid(name)
	if !ok {
		return nil
	}
	return killAll(ctx, []int{pid})
}

// killAll ends processes and waits until none of them runs.
func killAll(ctx context.Context, pids []int) error {
	var errs []error
	for _, pid := range pids {
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
			errs = append(errs, fmt.Errorf("killing process %d: %w", pid, err))
			continue
		}
		errs = append(errs, poll(ctx, 10*time.Second, func(context.Context) error {
			if startTime(pid) != "" {
				return fmt.Errorf("process %d still runs", pid)
			}
			return nil
		}))
	}
	return errors.Join(errs...)
}

// writePID records a component's process together with its start time, since process ids are used again.
func (c *Cluster) writePID(name string, pid int) error {
	return c.write(filepath.Join("pids", name), fmt.Sprintf("%d %s", pid, startTime(pid)))
}

// pid is the running process of a component, if the recorded one still is that process.
func (c *Cluster) pid(name string) (pid int, ok bool) {
	content, err := os.ReadFile(c.path("pids", name))
	if err != nil {
		return 0, false
	}
	var started string
	if _, err := fmt.Sscan(string(content), &pid, &started); err != nil {
		return 0, false
	}
	return pid, startTime(pid) == started && c.owns(pid)
}

// owns tells whether a process's command line names this cluster's state directory.
func (c *Cluster) owns(pid int) bool {
	line, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	return err == nil && strings.Contains(string(line), c.dir+"/")
}

// startTime is when a process began, in the kernel's ticks; empty when there is none, or only a zombie.
func startTime(pid int) string {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return ""
	}
	// The second field, the name, may hold spaces; counting starts after its parenthesis.
	fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
	if len(fields) < 20 || fields[0] == "Z" {
		return ""
	}
	return fields[19]
}

// pidsOf lists the processes whose program is called name and whose command line names the state directory.
func (c *Cluster) pidsOf(name string) []int {
	var pids []int
	paths, _ := filepath.Glob("/proc/[0-9]*/comm")
	for _, path := range paths {
		comm, _ := os.ReadFile(path)
		pid, err := strconv.Atoi(filepath.Base(filepath.Dir(path)))
		// The kernel keeps 15 bytes of a program's name.
		if err == nil && strings.TrimSpace(string(comm)) == name[:min(15, len(name))] && c.owns(pid) {
			pids = append(pids, pid)
		}
	}
	return pids
}

// poll calls condition until it returns nil, and gives up with its last error after the timeout.
func poll(ctx context.Context, timeout time.Duration, condition func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		err := condition(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%w (last: %w)", context.Cause(ctx), err)
		case <-tick.C:
		}
	}
}

// tail is the end of a log file, for error texts.
func tail(file string) string {
	content, err := os.ReadFile(file)
	if err != nil {
		return err.Error()
	}
	lines := strings.Split(strings.TrimSpace(string(content)), "\n")
	if len(lines) > 15 {
		lines = lines[len(lines)-15:]
	}
	return fmt.Sprintf("the end of %s:\n%s", file, strings.Join(lines, "\n"))
}
