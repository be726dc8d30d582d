package recording

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

// private is the mode of a recording.
const private fs.FileMode = 0o600

// file is a file that is written frame by frame. A frame that does not get in whole is taken out again.
type file struct {
	// immutable after createFile
	f       *os.File
	path    string
	regular bool
	// size is where the next frame goes.
	size int64
}

// createFile makes a file that its owner alone may read, or takes one that is empty and makes it so. It is locked until it is
// closed, so that no two programs record to one file.
func createFile(path string) (*file, error) {
	f, err := openEmpty(path)
	if err != nil {
		return nil, cause(err)
	}
	info, err := claim(f)
	if err != nil {
		_ = f.Close()
		return nil, cause(err)
	}
	syncDirectory(filepath.Dir(path))
	return &file{f: f, path: path, regular: info.Mode().IsRegular()}, nil
}

// openEmpty makes a file, or opens the one that there is. It makes none at the end of a link.
func openEmpty(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY|os.O_APPEND, private)
	if !errors.Is(err, fs.ErrExist) {
		return f, err
	}
	f, err = os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
	if errors.Is(err, fs.ErrNotExist) {
		if info, other := os.Lstat(path); other == nil && info.Mode().Type() == fs.ModeSymlink {
			return nil, ErrDangling
		}
	}
	return f, err
}

// claim makes a file ours alone, unless there is something in it.
func claim(f *os.File) (fs.FileInfo, error) {
	if err := lock(f); err != nil {
		return nil, err
	}
	info, err := f.Stat()
	switch {
	case err != nil:
		return nil, err
	case info.Size() > 0:
		return nil, ErrExists
	case !info.Mode().IsRegular() || info.Mode().Perm() == private || runtime.GOOS == "windows":
		return info, nil
	}
	if err := f.Chmod(private); errors.Is(err, fs.ErrPermission) {
		return nil, ErrForeign
	} else if err != nil {
		return nil, err
	}
	return info, nil
}

// syncDirectory makes the file's name survive as well. Not every file system can do that, and the file is as
// good without.
func syncDirectory(path string) {
	d, err := os.Open(path)
	if err != nil {
		return
	}
	_ = d.Sync()
	_ = d.Close()
}

// Write appends a frame.
func (f *file) Write(frame []byte) (int, error) {
	n, err := f.f.Write(frame)
	if err != nil {
		if f.regular && n > 0 {
			_ = f.f.Truncate(f.size)
		}
		return n, cause(err)
	}
	f.size += int64(n)
	return n, nil
}

// Sync puts what was written on the disk. It fails with ErrGone when the file has no name any more: nobody
// would find what is recorded.
func (f *file) Sync() error {
	if !f.regular {
		return nil // a pipe or a terminal
	}
	if err := f.f.Sync(); err != nil {
		return cause(err)
	}
	named, err := os.Stat(f.path)
	if errors.Is(err, fs.ErrNotExist) {
		return ErrGone
	}
	if err != nil {
		return cause(err)
	}
	if open, err := f.f.Stat(); err == nil && !os.SameFile(named, open) {
		return ErrGone
	}
	return nil
}

// Close closes the file.
func (f *file) Close() error { return cause(f.f.Close()) }

// cause strips an error of the path and the call, which the user who named the file need not be told.
func cause(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}
