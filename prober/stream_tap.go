package prober

import (
	"encoding/binary"
	"errors"
	"io"
	"net"
	"sync"
	"time"
)

// ending is how the other side has ended a stream.
type ending uint8

const (
	// open is a stream that the other side has not ended, whatever became of the connection.
	open ending = iota
	finished
	wasReset
)

// The frames of SPDY/3.1 that end a stream: their types, and the flag that says so on others.
const (
	frameSynReply = 2
	frameReset    = 3
	flagFin       = 1
	frameHeader   = 8
)

// tap is a connection that takes down how each stream ends. To readers of a stream, a stream that was finished, one
// that was reset and one whose connection is gone look the same, but only the first is an answer.
type tap struct {
	net.Conn

	mu sync.Mutex
	// guarded by mu
	endings map[uint32]ending // of the streams that are watched
	cause   error             // why the connection cannot be read any more
	heard   time.Time         // when something came last

	// owned by the reader
	header [frameHeader]byte
	held   int // bytes of header that are there
	body   int // bytes of the frame that are still to come
	id     [4]byte
	idAt   int // bytes of id that are there; len(id) when they are not wanted
}

func newTap(c net.Conn) *tap {
	return &tap{Conn: &frames{Conn: c}, endings: map[uint32]ending{}, idAt: len(tap{}.id)}
}

// watch begins to take down a stream, and forget ends it.
func (t *tap) watch(id uint32) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.endings[id] = open
}

func (t *tap) forget(id uint32) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.endings, id)
}

func (t *tap) ending(id uint32) ending {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.endings[id]
}

// why returns why the connection cannot be read any more; nil while it can.
func (t *tap) why() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.cause
}

// fail sets why the connection ends, before it does.
func (t *tap) fail(cause error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.cause == nil {
		t.cause = cause
	}
}

// Read implements net.Conn.
func (t *tap) Read(p []byte) (int, error) {
	n, err := t.Conn.Read(p)
	if n > 0 {
		t.hear()
	}
	t.follow(p[:n])
	if err != nil {
		cause := err
		if errors.Is(err, io.EOF) {
			cause = errors.New("the connection was closed")
		}
		t.fail(cause)
	}
	return n, err
}

func (t *tap) hear() {
	now := time.Now()
	t.mu.Lock()
	defer t.mu.Unlock()
	t.heard = now
}

// quiet returns for how long nothing has come.
func (t *tap) quiet() time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	return time.Since(t.heard)
}

// follow reads along.
func (t *tap) follow(p []byte) {
	for len(p) > 0 {
		if t.held < frameHeader {
			n := copy(t.header[t.held:], p)
			if t.held, p = t.held+n, p[n:]; t.held == frameHeader {
				t.begin()
			}
			continue
		}
		if t.idAt < len(t.id) {
			t.idAt += copy(t.id[t.idAt:], p[:min(t.body, len(p))])
			if t.idAt == len(t.id) {
				t.control()
			}
		}
		n := min(t.body, len(p))
		if t.body, p = t.body-n, p[n:]; t.body == 0 {
			t.held = 0
		}
	}
}

// begin looks at the header of a frame.
func (t *tap) begin() {
	first, second := binary.BigEndian.Uint32(t.header[:4]), binary.BigEndian.Uint32(t.header[4:])
	t.body, t.idAt = frameBody(t.header[:]), len(t.id)
	fin := second>>24&flagFin != 0
	isControl := first>>31 == 1
	switch kind := first & 0xffff; {
	case !isControl && fin:
		t.note(first, finished)
	case isControl && (kind == frameReset || kind == frameSynReply && fin):
		t.idAt = 0
	}
	if t.body == 0 {
		t.held = 0
	}
}

// control takes down what a control frame says about the stream that it begins with.
func (t *tap) control() {
	how := finished
	if binary.BigEndian.Uint32(t.header[:4])&0xffff == frameReset {
		how = wasReset
	}
	t.note(binary.BigEndian.Uint32(t.id[:])&0x7fffffff, how)
}

func (t *tap) note(id uint32, how ending) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if was, watched := t.endings[id]; watched && was == open {
		t.endings[id] = how
	}
}
