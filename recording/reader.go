package recording

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"time"
)

// Reader reads a recording from its beginning to its end, or to where it is damaged. It is not safe for
// several goroutines at once.
type Reader struct {
	// immutable after NewReader
	header Header
	closer io.Closer
	// owned by the caller of Next
	frames  *frames
	lines   []byte // what has not been read of the current frame
	begin   int64  // where the current frame begins
	entries int
	at      time.Time
	err     error
}

// Open opens a file and reads its header. Close closes it. The error is a *FormatError when the file is not a
// recording that this package can read, and the operating system's when it cannot be opened.
func Open(path string) (*Reader, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	r, err := NewReader(f)
	if err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("opening %q: %w", path, err)
	}
	r.closer = f
	return r, nil
}

// NewReader reads the header of a recording from in. The error is a *FormatError.
func NewReader(in io.Reader) (*Reader, error) {
	f, err := newFrames(in)
	if err != nil {
		return nil, err
	}
	r := &Reader{frames: f}
	if r.header, err = r.readHeader(); err != nil {
		f.close()
		return nil, err
	}
	return r, nil
}

func (r *Reader) readHeader() (Header, error) {
	lines, err := r.frames.next()
	if errors.Is(err, io.EOF) {
		return Header{}, &FormatError{Kind: Empty}
	}
	if err != nil {
		return Header{}, &FormatError{Kind: NotARecording, Err: err}
	}
	line, rest, _ := bytes.Cut(lines, []byte("\n"))
	r.lines = rest
	return parseHeader(line)
}

// Header returns the first line of the recording.
func (r *Reader) Header() Header { return r.header }

// Next returns the next entry. Entries that this version does not know are left out. The error is io.EOF at
// the end, and a *DamageError where the recording is cut off or damaged: then everything returned so far is
// intact, and nothing more is to be had. An error stays.
func (r *Reader) Next() (Entry, error) {
	for r.err == nil {
		e, err := r.next()
		switch {
		case errors.Is(err, io.EOF):
			r.err = io.EOF
		case err != nil:
			r.err = &DamageError{Entries: r.entries, At: r.at, Offset: r.begin, Err: err}
		case e.known():
			r.entries, r.at = r.entries+1, e.At
			return e, nil
		}
	}
	return Entry{}, r.err
}

// next returns the next entry, known or not.
func (r *Reader) next() (Entry, error) {
	if len(r.lines) == 0 {
		r.begin = r.frames.offset
		lines, err := r.frames.next()
		if err != nil {
			return Entry{}, err
		}
		r.lines = lines
	}
	line, rest, _ := bytes.Cut(r.lines, []byte("\n"))
	if len(line) >= maxLine {
		return Entry{}, ErrTooLong
	}
	r.lines = rest
	e, err := parseLine(line)
	if err != nil {
		return Entry{}, fmt.Errorf("reading an entry: %w", err)
	}
	return e, nil
}

// Offset returns how many bytes of the file have been read, in whole frames: with the file's size, how far
// the reader is.
func (r *Reader) Offset() int64 { return r.frames.offset }

// Close closes the file that Open opened. Entries that were returned stay valid.
func (r *Reader) Close() error {
	r.frames.close()
	if r.closer == nil {
		return nil
	}
	return r.closer.Close()
}
