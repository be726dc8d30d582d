package prober

import (
	"bytes"
	"errors"
	"net"
	"net/http"
	"testing"

	"github.com/moby/spdystream/spdy"
)

// written is a connection that keeps what is written to it, write by write.
type written struct {
	net.Conn
	writes [][]byte
	err    error
}

func (w *written) Write(p []byte) (int, error) {
	w.writes = append(w.writes, bytes.Clone(p))
	return len(p), w.err
}

// TestFramesAreSentWhole writes frames of all kinds through the library, which writes them bit by bit.
func TestFramesAreSentWhole(t *testing.T) {
	t.Parallel()
	sent := []spdy.Frame{
		&spdy.SynStreamFrame{StreamId: 1, Headers: http.Header{"Port": {"8080"}}},
		&spdy.DataFrame{StreamId: 1, Data: bytes.Repeat([]byte("x"), 70_000)},
		&spdy.PingFrame{Id: 1},
		&spdy.DataFrame{StreamId: 1, Flags: spdy.DataFlagFin},
		&spdy.RstStreamFrame{StreamId: 1, Status: spdy.Cancel},
	}
	w := &written{}
	framer, err := spdy.NewFramer(&frames{Conn: w}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range sent {
		if err := framer.WriteFrame(f); err != nil {
			t.Fatal(err)
		}
	}
	if len(w.writes) != len(sent) {
		t.Errorf("%d writes for %d frames", len(w.writes), len(sent))
	}
	var direct bytes.Buffer
	if framer, err = spdy.NewFramer(&direct, nil); err != nil {
		t.Fatal(err)
	}
	for _, f := range sent {
		if err := framer.WriteFrame(f); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(bytes.Join(w.writes, nil), direct.Bytes()) {
		t.Error("the bytes are others than without")
	}
}

func TestFramesTellThatTheConnectionBroke(t *testing.T) {
	t.Parallel()
	gone := errors.New("gone")
	framer, err := spdy.NewFramer(&frames{Conn: &written{err: gone}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := framer.WriteFrame(&spdy.PingFrame{Id: 1}); !errors.Is(err, gone) {
		t.Errorf("got %v", err)
	}
}
