//go:build unix

package cmd

import (
	"os"
	"syscall"
)

// redirectStderr sends what this process and its children write to the standard error to a file, until the returned function
// is called.
func redirectStderr(file *os.File) (back func()) {
	const stderr = 2
	was, err := syscall.Dup(stderr)
	if err != nil {
		return func() {}
	}
	syscall.CloseOnExec(was)
	_ = duplicate(int(file.Fd()), stderr)
	return func() {
		_ = duplicate(was, stderr)
		_ = syscall.Close(was)
	}
}
