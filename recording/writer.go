package recording

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"github.com/klauspost/compress/zstd"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"

	"github.com/probetop/probetop/recording/mask"
)

// backlog is how many bytes of lines may wait for the disk.
const backlog = 64 << 20

// Options are how a recording is written.
type Options struct {
	// Headers keeps the values of HTTP probe headers that do not look like a secret.
	Headers bool
	// Mask says whether secrets are hidden; they are when it is zero.
	Mask mask.Policy
	// Sync is how long an entry may wait before it is on the disk; one second when it is zero.
	Sync time.Duration
}

// Writer writes a recording. Its methods may be called by several goroutines; entries are in the file in the
// order of the calls. No call waits for the disk but Close. When the disk fails, the writer remembers the
// error, closes the channel of Failed, and ignores what it is told from then on.
type Writer struct {
	// immutable after NewWriter
	out     io.Writer
	options Options
	wake    chan struct{} // there is something to write; one slot
	failed  chan struct{} // closed with the first error
	quit    chan struct{} // closed by Close
	ended   chan struct{} // closed when run has ended
	closing sync.Once
	buffers sync.Pool // of *bytes.Buffer

	// size and entries count what has been written, and omitted what is too large to be.
	size, entries, omitted atomic.Int64

	mu sync.Mutex
	// guarded by mu
	lines  []byte // whole lines that wait for run
	err    error
	closed bool

	// owned by run, and by NewWriter before it
	encoder *zstd.Encoder
	spare   []byte // the memory of the lines written last
	frame   []byte // the memory of the frame written last
	dirty   bool   // something has been written since the last sync
}

// Create begins a recording in a new file, which its owner alone may read, or in an existing one that is
// empty, and writes the header. The error is ErrExists when there is something in the file, or what the
// operating system says.
func Create(path string, h Header, o Options) (*Writer, error) {
	f, err := createFile(path)
	if err != nil {
		return nil, fmt.Errorf("recording to %q: %w", path, err)
	}
	w, err := NewWriter(f, h, o)
	if err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("recording to %q: %w", path, err)
	}
	return w, nil
}

// NewWriter begins a recording on out and writes the header. What out can do beyond writing is used: Sync when
// what was written is to survive, Close at the end.
func NewWriter(out io.Writer, h Header, o Options) (*Writer, error) {
	encoder, err := newEncoder()
	if err != nil {
		return nil, err
	}
	o.Sync = cmp.Or(o.Sync, time.Second)
	w := &Writer{
		out: out, options: o, encoder: encoder,
		wake: make(chan struct{}, 1), failed: make(chan struct{}), quit: make(chan struct{}), ended: make(chan struct{}),
		buffers: sync.Pool{New: func() any { return new(bytes.Buffer) }},
	}
	line, err := h.line()
	if err != nil {
		return nil, err
	}
	if err := errors.Join(w.writeFrame(line), w.sync()); err != nil {
		return nil, err
	}
	go w.run()
	return w, nil
}

// Object records that an object was added, modified or deleted. What is recorded of it is what Trim leaves,
// and o is not kept; an object of a type that Trim does not know, and an event of another type, is not recorded.
func (w *Writer) Object(at time.Time, stream uint8, event watch.EventType, resource string, o runtime.Object) {
	if w.Err() != nil || eventType([]byte(event)) == "" || resourceName([]byte(resource)) == "" {
		return
	}
	trimmed := trimmer{w.options.Headers, w.options.Mask}.object(o)
	if trimmed == nil {
		return
	}
	b := w.buffers.Get().(*bytes.Buffer)
	defer w.buffers.Put(b)
	b.Reset()
	b.Write(appendObjectHead(b.AvailableBuffer(), at, stream, event, resource))
	w.encode(b, trimmed)
}

// List records that a list begins or is complete; edge is ListBegin or ListEnd.
func (w *Writer) List(at time.Time, stream uint8, resource, edge string) {
	w.entry(&Entry{At: Stamp(at), Stream: stream, Resource: resource, List: edge})
}

// Source records the state of a stream. Its error is masked like everything else.
func (w *Writer) Source(at time.Time, stream uint8, s Source) {
	s.Since, s.Error = Stamp(s.Since), w.options.Mask.Text(s.Error)
	s.Silent, s.MissedFrom, s.MissedTo = Stamp(s.Silent), Stamp(s.MissedFrom), Stamp(s.MissedTo)
	w.entry(&Entry{At: Stamp(at), Stream: stream, Source: &s})
}

func (w *Writer) entry(e *Entry) {
	line, err := json.Marshal(e)
	if err != nil {
		w.fail(err)
		return
	}
	w.append(append(line, '\n'))
}

// encode completes the line in b with an object.
func (w *Writer) encode(b *bytes.Buffer, o runtime.Object) {
	encoder := json.NewEncoder(b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(o); err != nil {
		w.fail(err)
		return
	}
	b.Truncate(b.Len() - 1)
	b.WriteString("}\n")
	w.append(b.Bytes())
}

// append puts a line in the queue.
func (w *Writer) append(line []byte) {
	line = Escape(line)
	if len(line) > maxLine || tooMany(line) {
		w.omitted.Add(1)
		return
	}
	w.mu.Lock()
	if w.err != nil || w.closed {
		w.mu.Unlock()
		return
	}
	before := len(w.lines)
	if before+len(line) > backlog {
		w.mu.Unlock()
		w.fail(ErrBehind)
		return
	}
	w.lines = append(w.lines, line...)
	w.mu.Unlock()
	if before == 0 || before < frameSize && before+len(line) >= frameSize {
		select {
		case w.wake <- struct{}{}:
		default:
		}
	}
}

// fail remembers the first error and tells.
func (w *Writer) fail(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.err != nil {
		return
	}
	w.err, w.lines = err, nil
	close(w.failed)
}

// Err returns why nothing more is recorded; nil while all is well.
func (w *Writer) Err() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.err
}

// Failed returns a channel that is closed when Err has something to say.
func (w *Writer) Failed() <-chan struct{} { return w.failed }

// Size returns how many bytes have been written to the file.
func (w *Writer) Size() int64 { return w.size.Load() }

// Entries returns how many entries have been written to the file.
func (w *Writer) Entries() int64 { return w.entries.Load() }

// Omitted returns how many entries were left out, because they were longer than the format allows.
func (w *Writer) Omitted() int64 { return w.omitted.Load() }

// Close writes what is waiting, closes the file and returns Err. It waits for the disk. What the writer is
// told afterwards is ignored.
func (w *Writer) Close() error {
	w.closing.Do(func() {
		w.mu.Lock()
		w.closed = true
		w.mu.Unlock()
		close(w.quit)
	})
	<-w.ended
	return w.Err()
}
