package recording

import "io"

// window is a stretch of a file that has been read and not been used yet. It can be looked at again.
type window struct {
	// immutable
	in io.Reader
	// data is the stretch; it lies in store, whose memory is used again.
	data, store []byte
	// err is why nothing follows data; nil while something may.
	err error
}

const (
	// glass is how much is read at a time.
	glass = 64 << 10
	// idle is how often in a row a reader may return nothing.
	idle = 100
)

// has reports whether the window has at least n bytes, and reads on until it has.
func (w *window) has(n int) bool {
	for empty := 0; len(w.data) < n && w.err == nil; {
		w.room(max(n-len(w.data), glass))
		k, err := w.in.Read(w.data[len(w.data):cap(w.data)])
		w.data, w.err = w.data[:len(w.data)+k], err
		if empty++; k > 0 {
			empty = 0
		}
		if empty == idle && err == nil {
			w.err = io.ErrNoProgress
		}
	}
	return len(w.data) >= n
}

// room makes room for n more bytes behind the data.
func (w *window) room(n int) {
	if cap(w.data)-len(w.data) > 0 {
		return
	}
	if cap(w.store)-len(w.data) < n {
		w.store = make([]byte, 2*len(w.data)+n)
	}
	w.data = w.store[:copy(w.store, w.data)]
}

// drop leaves n bytes behind.
func (w *window) drop(n int) { w.data = w.data[n:] }

// ended returns why there is nothing more: io.EOF, or the reader's error, which it returns once.
func (w *window) ended() error {
	err := w.err
	w.err = io.EOF
	return err
}

// close forgets what is left of the file.
func (w *window) close() { w.data, w.err = nil, io.EOF }
