//go:build unix

package cmd

import "golang.org/x/sys/unix"

// suspendable reports whether there is a shell that can bring the process back after it has stopped: one that has put it
// into a group of its own. The first process of a session, as in a container or in a window of its own, has none.
func suspendable() bool {
	session, err := unix.Getsid(0)
	return err == nil && unix.Getpgrp() != session
}
