//go:build !unix

package cmd

import "os"

// redirectStderr does nothing: children are given a handle that cannot be changed under them.
func redirectStderr(*os.File) (back func()) { return func() {} }
