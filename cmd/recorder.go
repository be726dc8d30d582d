package cmd

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"strings"
	"sync"
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

	mu sync.Mutex
	// guarded by mu
	writer *recording.Writer // nil while nothing is recorded
	status tui.RecorderStatus
}

// recorderOptions are the flags about recording.
type recorderOptions struct{ headers bool }

func (o *recorderOptions) addRecorderFlags(fs *pflag.FlagSet) {
	fs.BoolVar(&o.headers, "record-headers", false, "Record the values of HTTP probe headers, which are masked otherwise")
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
		sources: s, now: now, options: recording.Options{Headers: o.headers},
		header: recording.Header{Context: t.context, ServerVersion: version, Scope: scope, Build: buildVersion()},
	}
}

// start begins a recording in a new file.
func (r *recorder) start(path string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	header := r.header
	header.Start = r.now()
	w, err := recording.Create(path, header, r.options)
	if err != nil {
		return cannotRecord(path, err)
	}
	r.writer, r.status = w, tui.RecorderStatus{On: true, Path: path, Since: header.Start}
	r.sources.record(w)
	return nil
}

// stop ends the recording and writes what is left of it.
func (r *recorder) stop() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.writer == nil {
		return nil
	}
	r.sources.record(nil)
	r.status = r.statusLocked()
	err := r.writer.Close()
	r.status.On, r.status.Bytes, r.writer = false, r.writer.Size(), nil
	if err != nil {
		return cannotRecord(r.status.Path, err)
	}
	return nil
}

// Toggle begins a recording in a file named after the context and the time, or ends the one that runs.
func (r *recorder) Toggle() error {
	if r.Status().On {
		return r.stop()
	}
	return r.start(r.fileName())
}

// Status returns what the recorder does.
func (r *recorder) Status() tui.RecorderStatus {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.statusLocked()
}

func (r *recorder) statusLocked() tui.RecorderStatus {
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

// cannotRecord says why a file does not take a recording.
func cannotRecord(path string, err error) error {
	next := "Check the disk, or name another file."
	switch {
	case errors.Is(err, recording.ErrExists):
		next = "A recording never overwrites: name another file."
	case errors.Is(err, fs.ErrPermission):
		next = "Name a file in a folder you may write to."
	case errors.Is(err, os.ErrNotExist):
		next = "Make the folder first, or name another file."
	}
	var where *fs.PathError
	if errors.As(err, &where) {
		err = where.Err
	}
	return because(usage("%s cannot be recorded to: %v. %s", path, innermost(err), next), err)
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
