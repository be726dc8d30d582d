package cluster

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// cgroup is the group below which the kubelet puts all pods, in every hierarchy of this machine (version 1 has one per
// controller, version 2 a single one).
type cgroup struct {
	name string
}

func (c *Cluster) cgroup() cgroup { return cgroup{name: c.network.name} }

// create makes the group in every hierarchy; the kubelet insists that it is there.
func (g cgroup) create() error {
	hierarchies, err := mounts(func(m mount) bool { return strings.HasPrefix(m.fsType, "cgroup") })
	if err != nil {
		return err
	}
	for _, h := range hierarchies {
		if h.fsType == "cgroup2" {
			// Some controllers may be taken by version 1, so each is asked for alone.
			for _, controller := range []string{"cpu", "cpuset", "memory", "pids", "io", "hugetlb"} {
				_ = os.WriteFile(filepath.Join(h.dir, "cgroup.subtree_control"), []byte("+"+controller), 0o644)
			}
		}
		dir := filepath.Join(h.dir, g.name)
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return fmt.Errorf("creating the cgroup %s: %w", g.name, err)
		}
		preferProcessor(dir)
	}
	return nil
}

// preferProcessor gives the pods most of a processor that others want too: a probe that times out because of a compiler
// is a failure that no test has planned. The files are those of version 1 and 2, with their largest values; where neither
// is, the hierarchy is about something else.
func preferProcessor(dir string) {
	for file, most := range map[string]string{"cpu.shares": "262144", "cpu.weight": "10000"} {
		if _, err := os.Stat(filepath.Join(dir, file)); err == nil {
			_ = os.WriteFile(filepath.Join(dir, file), []byte(most), 0o644)
		}
	}
}

// remove ends every process in the group and removes it with everything below.
func (g cgroup) remove(ctx context.Context) error {
	hierarchies, err := mounts(func(m mount) bool { return strings.HasPrefix(m.fsType, "cgroup") })
	if err != nil {
		return err
	}
	for _, h := range hierarchies {
		err = errors.Join(err, removeTree(ctx, filepath.Join(h.dir, g.name)))
	}
	return err
}

// removeTree empties and removes one directory of a cgroup hierarchy, children first.
func removeTree(ctx context.Context, root string) error {
	var dirs []string
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() {
			dirs = append(dirs, path)
		}
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("listing the cgroups below %s: %w", root, err)
	}
	for _, dir := range slices.Backward(dirs) {
		if err := killAll(ctx, members(dir)); err != nil {
			return err
		}
		// A process that has just ended keeps its group busy for a moment.
		err := poll(ctx, 10*time.Second, func(context.Context) error {
			if err := os.Remove(dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("removing a cgroup: %w", err)
		}
	}
	return nil
}

// members are the processes in one cgroup.
func members(dir string) []int {
	content, _ := os.ReadFile(filepath.Join(dir, "cgroup.procs"))
	var pids []int
	for _, field := range strings.Fields(string(content)) {
		if pid, err := strconv.Atoi(field); err == nil {
			pids = append(pids, pid)
		}
	}
	return pids
}
