package recording

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
)

// eager is an io.Writer that lets something happen in the middle of its first write.
type eager struct {
	bytes.Buffer
	meanwhile func()
}

func (e *eager) Write(b []byte) (int, error) {
	if f := e.meanwhile; f != nil {
		e.meanwhile = nil
		f()
	}
	return e.Buffer.Write(b)
}

// linesOf returns lines of a letter, so many bytes or fewer.
func linesOf(letter string, bytes int) []string {
	const length = 10_000
	var lines []string
	for i := range bytes / length {
		lines = append(lines, fmt.Sprintf("%06d%s\n", i, strings.Repeat(letter, length-7)))
	}
	return lines
}

// TestABurstIsNotOverwritten: what comes while a burst is written does not go into its memory, whatever memory the writer has kept of
// the bursts before.
func TestABurstIsNotOverwritten(t *testing.T) {
	for _, sizes := range [][]int{{3 * frameSize}, {6 * frameSize}, {3 * frameSize, 6 * frameSize}} {
		encoder, err := newEncoder()
		if err != nil {
			t.Fatal(err)
		}
		out := &eager{}
		w := &Writer{out: out, encoder: encoder, wake: make(chan struct{}, 1), failed: make(chan struct{})}
		var want strings.Builder
		put := func(lines []string) {
			for _, line := range lines {
				w.mu.Lock()
				w.lines = append(w.lines, line...) // as append does
				w.mu.Unlock()
				want.WriteString(line)
			}
		}
		w.spare = make([]byte, 0, 3*frameSize)
		for i, size := range sizes {
			put(linesOf(string(rune('a'+i)), size))
			w.flush(1)
		}
		put(linesOf("y", 5*frameSize/2))
		out.meanwhile = func() { put(linesOf("z", 2*frameSize)) }
		w.flush(1)
		w.flush(1)
		d, err := zstd.NewReader(&out.Buffer)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(d)
		d.Close()
		if err != nil || string(got) != want.String() {
			t.Errorf("bursts of %v: %d bytes, want %d, %v", sizes, len(got), want.Len(), err)
		}
	}
}
