//go:build unix

package cmd

import (
	"os"
	"syscall"
	"time"
)

// adopt prepares for what the process has begun to be found at its end, and returns what ends it: first by asking, then
// by force.
func adopt() (end func()) {
	adoptOrphans()
	return func() {
		left := descendants(processes(), os.Getpid())
		for _, id := range left {
			_ = syscall.Kill(id, syscall.SIGTERM)
		}
		for until := time.Now().Add(parting); len(left) > 0 && time.Now().Before(until); time.Sleep(parting / 20) {
			left = descendants(processes(), os.Getpid())
		}
		for _, id := range left {
			_ = syscall.Kill(id, syscall.SIGKILL)
		}
	}
}
