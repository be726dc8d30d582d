package cmd

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"syscall"
)

// adoptOrphans makes the process the parent of what its children leave behind.
func adoptOrphans() {
	const setChildSubreaper = 36 // PR_SET_CHILD_SUBREAPER of prctl(2)
	_, _, _ = syscall.RawSyscall(syscall.SYS_PRCTL, setChildSubreaper, 1, 0)
}

// processes lists the processes that have not ended.
func processes() []process {
	folders, err := os.ReadDir("/proc")
	if err != nil {
		return nil
	}
	var all []process
	for _, f := range folders {
		id, err := strconv.Atoi(f.Name())
		if err != nil {
			continue
		}
		stat, err := os.ReadFile("/proc/" + f.Name() + "/stat")
		if err != nil {
			continue // it has ended
		}
		// The name, in brackets, may hold anything.
		p, state := process{id: id}, ""
		if _, err = fmt.Fscan(bytes.NewReader(stat[bytes.LastIndexByte(stat, ')')+1:]), &state, &p.parent, &p.group); err == nil && state != "Z" {
			all = append(all, p)
		}
	}
	return all
}
