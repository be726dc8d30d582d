//go:build unix && !solaris && !aix

package recording

import (
	"errors"
	"os"
	"syscall"
)

// lock keeps other recorders out of a file until it is closed. What cannot be locked, a pipe or a file of some network file
// systems, is not.
func lock(f *os.File) error {
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); errors.Is(err, syscall.EWOULDBLOCK) {
		return ErrLocked
	}
	return nil
}
