//go:build unix && !linux

package cmd

import "syscall"

// duplicate makes to another descriptor of what from is.
func duplicate(from, to int) error { return syscall.Dup2(from, to) }
