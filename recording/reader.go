package recording

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"time"
)

// maxDamages is in how many places a recording may be damaged.
const maxDamages = 1000

// Reader reads a recording from its beginning to its end, over what is damaged in it. It is not safe for
// several goroutines at once.
type Reader struct {
	// immutable after NewReader
	header Header
	closer io.Closer
	// owned by the caller of Next
	frames  *frames
	lines   []byte // what has not been read of the current frame
	entries int
	at      time.Time
	damages int
	lost    error // why the header could not be read; until Next has returned it
	over    bool
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

// NewReader reads the header of a recording from in. The error is a *FormatError. Where only the frame with the header is
// damaged, the header has nothing but the kind, the version and the time of the first entry.
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
		r.lost = err
		if lines, err = r.frames.next(); err != nil {
			return Header{}, &FormatError{Kind: NotARecording, Err: r.lost}
		}
	}
	line, rest, _ := bytes.Cut(lines, []byte("\n"))
	if r.lost != nil {
		if e, err := parseLine(line); err == nil {
			r.lines = lines
			return Header{Kind: Kind, Version: Version, Start: e.At}, nil
		}
	}
	r.lines = rest
	return parseHeader(line)
}

// Header returns the first line of the recording.
func (r *Reader) Header() Header { return r.header }

// Next returns the next entry. Entries that this version does not know are left out. The error is io.EOF at
// the end, and stays; it is a *DamageError where the recording is cut off or damaged, and then the next call goes on behind
// that, as far as there is anything.
func (r *Reader) Next() (Entry, error) {
	if err := r.lost; err != nil {
		r.lost = nil
		return Entry{}, &DamageError{Err: err}
	}
	for !r.over {
		e, err := r.next()
		switch {
		case errors.Is(err, io.EOF):
			r.over = true
		case err != nil:
			return Entry{}, r.damaged(err)
		case e.known():
			r.entries, r.at = r.entries+1, e.At
			return e, nil
		}
	}
	return Entry{}, io.EOF
}

// damaged counts a damage.
func (r *Reader) damaged(err error) error {
	if r.damages++; r.damages > maxDamages {
		err, r.over = ErrDamages, true
	}
	var entry *entryError
	return &DamageError{Entries: r.entries, At: r.at, Offset: r.frames.begin, Entry: errors.As(err, &entry), Err: err}
}

// entryError says that an entry cannot be read.
type entryError struct{ err error }

func (e *entryError) Error() string { return "an entry cannot be read: " + e.err.Error() }
func (e *entryError) Unwrap() error { return e.err }

// next returns the next entry, known or not.
func (r *Reader) next() (Entry, error) {
	if len(r.lines) == 0 {
		lines, err := r.frames.next()
		if err != nil {
			return Entry{}, err
		}
		r.lines = lines
	}
	line, rest, _ := bytes.Cut(r.lines, []byte("\n"))
	r.lines = rest
	if len(line) >= maxLine || tooMany(line) {
		return Entry{}, &entryError{ErrTooLong}
	}
	e, err := parseLine(line)
	if errors.Is(err, errNoTime) {
		if _, other := parseHeader(line); other == nil {
			return Entry{}, nil // of a recording that was appended
		}
	}
	if err != nil {
		return Entry{}, &entryError{err}
	}
	return e, nil
}

// Offset returns how many bytes of the file have been read, in frames: with the file's size, how far
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
