package recording

import (
	"bytes"
	"io"
	"time"
)

// run owns the disk. It writes a frame when there is enough for one, and syncs soon after the first entry
// that is not on the disk, so that nothing waits longer than Options.Sync, the disk's own time included.
func (w *Writer) run() {
	defer close(w.ended)
	patience := w.options.Sync * 3 / 4
	var due <-chan time.Time
	for {
		select {
		case <-w.wake:
			if due == nil {
				due = time.After(patience)
			}
			w.flush(frameSize)
		case <-due:
			due = nil
			w.flush(1)
			w.check(w.sync())
		case <-w.quit:
			w.flush(1)
			w.check(w.sync())
			w.finish()
			return
		}
	}
}

// flush writes the lines that wait when they are at least so many bytes.
func (w *Writer) flush(least int) {
	w.mu.Lock()
	lines := w.lines
	if w.err != nil || len(lines) < least {
		w.mu.Unlock()
		return
	}
	w.lines, w.spare = w.spare[:0], nil // it is in use now, also when the lines that are written are not kept
	w.mu.Unlock()
	for rest := lines; len(rest) > 0; {
		n := cut(rest)
		if err := w.writeFrame(rest[:n]); err != nil {
			w.fail(err)
			return
		}
		w.entries.Add(int64(bytes.Count(rest[:n], []byte("\n"))))
		rest = rest[n:]
	}
	if cap(lines) <= 4*frameSize {
		w.spare = lines
	}
}

func (w *Writer) writeFrame(lines []byte) error {
	w.frame = w.encoder.EncodeAll(lines, w.frame[:0])
	n, err := w.out.Write(w.frame)
	if err == nil && n < len(w.frame) {
		err = io.ErrShortWrite
	}
	if err != nil {
		return err
	}
	w.size.Add(int64(n))
	w.dirty = true
	return nil
}

// sync makes what was written survive a crash of the machine.
func (w *Writer) sync() error {
	out, ok := w.out.(interface{ Sync() error })
	if !ok || !w.dirty {
		return nil
	}
	w.dirty = false
	return out.Sync()
}

func (w *Writer) check(err error) {
	if err != nil {
		w.fail(err)
	}
}

// finish lets go of the file.
func (w *Writer) finish() {
	if out, ok := w.out.(io.Closer); ok {
		w.check(out.Close())
	}
	w.check(w.encoder.Close())
}
