package cluster

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"syscall"
)

// mount is one line of the kernel's mount table.
type mount struct {
	dir, fsType string
}

// mounts lists the mounts that satisfy keep, in the order in which they were made.
func mounts(keep func(mount) bool) ([]mount, error) {
	table, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		return nil, fmt.Errorf("reading the mount table: %w", err)
	}
	var kept []mount
	for line := range strings.Lines(string(table)) {
		// The fields before " - " vary in number; the directory is the fifth, the type the first after.
		before, after, ok := strings.Cut(line, " - ")
		fields := strings.Fields(before)
		if !ok || len(fields) < 5 {
			continue
		}
		fsType, _, _ := strings.Cut(after, " ")
		if m := (mount{dir: fields[4], fsType: fsType}); keep(m) {
			kept = append(kept, m)
		}
	}
	return kept, nil
}

// unmountBelow detaches everything that is mounted below a directory, the last mount first.
func unmountBelow(dir string) error {
	below, err := mounts(func(m mount) bool { return strings.HasPrefix(m.dir, dir+"/") })
	if err != nil {
		return err
	}
	var errs []error
	for _, m := range slices.Backward(below) {
		if err := syscall.Unmount(m.dir, syscall.MNT_DETACH); err != nil {
			errs = append(errs, fmt.Errorf("unmounting %s: %w", m.dir, err))
		}
	}
	return errors.Join(errs...)
}
