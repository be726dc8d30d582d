//go:build !unix

package cmd

// suspendable reports false: processes are not stopped there.
func suspendable() bool { return false }
