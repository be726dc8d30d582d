package cmd

import "syscall"

// duplicate makes to another descriptor of what from is; not every Linux has dup2.
func duplicate(from, to int) error { return syscall.Dup3(from, to, 0) }
