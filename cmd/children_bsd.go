//go:build unix && !linux

package cmd

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"strings"
)

// adoptOrphans does nothing: what children leave behind is not found here.
func adoptOrphans() {}

// processes lists the processes that have not ended.
func processes() []process {
	ps := exec.CommandContext(context.Background(), "ps", "-A", "-o", "pid=", "-o", "ppid=", "-o", "pgid=", "-o", "stat=")
	list, err := ps.Output()
	if err != nil {
		return nil
	}
	var all []process
	for line := range bytes.Lines(list) {
		p, state := process{}, ""
		if _, err := fmt.Sscan(string(line), &p.id, &p.parent, &p.group, &state); err == nil && !strings.HasPrefix(state, "Z") && p.id != ps.Process.Pid {
			all = append(all, p)
		}
	}
	return all
}
