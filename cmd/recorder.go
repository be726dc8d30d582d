package cmd

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/spf13/pflag"

	"github.com/probetop/probetop/recording"
	"github.com/probetop/probetop/tui"
	"github.com/probetop/probetop/watch"
)

// recorder switches the flight recorder of the sources of one cluster.
type recorder struct {
	// immutable
	sources sources
	header  recording.Header
	options recording.Options
	now     func() time.Time

	// switching is held while a recording begins or ends, which waits for the disk.
	switching sync.Mutex

	// mu is held for a moment only: whoever draws asks for the status.
	mu sync.Mutex
	// guarded by mu; written while switching is held, too
	writer *recording.Writer // nil while nothing is recorded
	status tui.RecorderStatus
	large  int64 // how much was too large for the recording that ended last
}

// recorderOptions are the flags about recording.
type recorderOptions struct{ headers bool }

func (o *recorderOptions) addRecorderFlags(fs *pflag.FlagSet) {
	fs.BoolVar(&o.headers, "record-headers", false, "Record the values of HTTP probe headers that do not look like a secret; all are masked otherwise")
}

// newRecorder returns a recorder of what live reads. It asks the server for its version, and does without when
// it gets no answer.
func (o *recorderOptions) newRecorder(ctx context.Context, t *target, scope string, s sources, now func() time.Time) *recorder {
	ctx, cancel := context.WithTimeout(ctx, t.patience)
	defer cancel()
	version, err := watch.ServerVersion(ctx, t.config)
	if err != nil {
		version = ""
	}
	return &recorder{
		sources: s, now: now, options: recording.Options{Headers: o.headers, Mask: t.mask},
		header: recording.Header{Context: t.context, ServerVersion: version, Scope: scope, Build: buildVersion()},
	}
}

// start begins a recording in a new file.
func (r *recorder) start(path string) error {
	r.switching.Lock()
	defer r.switching.Unlock()
	return r.startLocked(path)
}

// stop ends the recording and writes what is left of it.
func (r *recorder) stop() error {
	r.switching.Lock()
	defer r.switching.Unlock()
	return r.stopLocked()
}

// Toggle begins a recording in a file named after the context and the time, or ends the one that runs.
func (r *recorder) Toggle() error {
	r.switching.Lock()
	defer r.switching.Unlock()
	if r.running() != nil {
		return r.stopLocked()
	}
	return r.startLocked(r.fileName())
}

// startLocked is start for who holds switching.
func (r *recorder) startLocked(path string) error {
	if r.running() != nil {
		return usage("%s is being recorded to already. End that first.", r.Status().Path)
	}
	header := r.header
	header.Start = r.now()
	w, err := recording.Create(path, header, r.options)
	if err != nil {
		return cannotRecord(path, err)
	}
	r.become(w, tui.RecorderStatus{On: true, Path: path, Since: header.Start})
	r.sources.record(w)
	return nil
}

// stopLocked is stop for who holds switching.
func (r *recorder) stopLocked() error {
	w := r.running()
	if w == nil {
		return nil
	}
	r.sources.record(nil)
	err := w.Close()
	status := r.Status()
	status.On = false
	r.become(nil, status)
	r.omit(w.Omitted())
	if err != nil {
		return cannotRecord(status.Path, err)
	}
	return nil
}

// running returns the writer of the recording that runs; nil while nothing is recorded.
func (r *recorder) running() *recording.Writer {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.writer
}

// become swaps the writer and the status that goes with it.
func (r *recorder) become(w *recording.Writer, s tui.RecorderStatus) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.writer, r.status = w, s
}

// omit notes how much was too large for the recording that has ended, and omitted returns it.
func (r *recorder) omit(n int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.large = n
}

func (r *recorder) omitted() int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.large
}

// Status returns what the recorder does.
func (r *recorder) Status() tui.RecorderStatus {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := r.status
	if r.writer != nil {
		s.Bytes, s.Err = r.writer.Size(), r.writer.Err()
	}
	return s
}

// fileName is a name that says what is in the file and that every file system takes.
func (r *recorder) fileName() string {
	context := strings.Map(func(c rune) rune {
		if c == '-' || c == '.' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' {
			return c
		}
		return '_'
	}, r.header.Context)
	return "probetop-" + context + "-" + r.now().UTC().Format("20060102T150405Z") + ".zst"
}

// cannotRecord says why a file does not take a recording. The file that was named is the user's to mend; a disk that fails is not.
func cannotRecord(path string, err error) error {
	next, code := "Check the disk, or name another file.", exitFailing
	switch {
	case errors.Is(err, recording.ErrExists):
		next, code = "A recording never overwrites: name another file.", exitUsage
	case errors.Is(err, recording.ErrLocked), errors.Is(err, recording.ErrForeign), errors.Is(err, recording.ErrDangling):
		next, code = "Name another file.", exitUsage
	case errors.Is(err, fs.ErrPermission):
		next, code = "Name a file in a folder you may write to.", exitUsage
	case errors.Is(err, os.ErrNotExist):
		next, code = "Make the folder first, or name another file.", exitUsage
	case errors.Is(err, syscall.ENOTDIR), errors.Is(err, syscall.EISDIR):
		next, code = "Name a file in a folder.", exitUsage
	case errors.Is(err, syscall.ENOSPC):
		next = "Make room on the disk, or name a file on another. What was recorded until then can be replayed."
	}
	var where *fs.PathError
	if errors.As(err, &where) {
		err = where.Err
	}
	f := &failure{sentence: fmt.Sprintf("%s cannot be recorded to: %v. %s", path, innermost(err), next), code: code}
	return because(f, err)
}

// innermost returns the first of the errors that wraps no other.
func innermost(err error) error {
	for {
		next := errors.Unwrap(err)
		if next == nil {
			return err
		}
		err = next
	}
}
