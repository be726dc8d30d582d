package cmd

import (
	"fmt"
	"io"
	"os"
	"time"
	"unicode/utf8"

	"github.com/charmbracelet/x/term"

	"github.com/probetop/probetop/prober"
)

// Streams is where a command reads and writes.
type Streams struct {
	In       io.Reader
	Out, Err io.Writer
	// Terminal is set when In and Out are both a terminal, so that the board can be drawn.
	Terminal bool
	// Now is the clock.
	Now func() time.Time
	// Log is for --debug-log.
	Log *DebugLog
	// Ways leads to the containers of a cluster; nil for the way through its API server.
	Ways prober.Ways
}

// processStreams returns the streams of the process.
func processStreams() Streams {
	return Streams{
		In: os.Stdin, Out: os.Stdout, Err: os.Stderr,
		Terminal: term.IsTerminal(os.Stdin.Fd()) && term.IsTerminal(os.Stdout.Fd()),
		Now:      time.Now,
		Log:      &DebugLog{},
	}
}

// escaper writes JSON with every character that a terminal might act upon as an escape. Such characters occur only
// inside quoted strings, where \uXXXX means the same.
type escaper struct{ out io.Writer }

// Write implements io.Writer. A rune must not be split between two calls.
func (e escaper) Write(p []byte) (int, error) {
	if _, err := e.out.Write(harmless(p, escaped)); err != nil {
		return 0, err
	}
	return len(p), nil
}

// harmless returns p with something else appended instead of every character that a terminal might act upon.
func harmless(p []byte, instead func([]byte, rune) []byte) []byte {
	clean := make([]byte, 0, len(p))
	for len(p) > 0 {
		r, size := utf8.DecodeRune(p)
		if hostile(r) {
			clean = instead(clean, r)
		} else {
			clean = append(clean, p[:size]...)
		}
		p = p[size:]
	}
	return clean
}

// escaped appends r as it may stand in a quoted string.
func escaped(p []byte, r rune) []byte { return fmt.Appendf(p, `\u%04x`, r) }

// replaced appends the character for one that cannot be shown.
func replaced(p []byte, _ rune) []byte { return utf8.AppendRune(p, utf8.RuneError) }

// hostile reports whether r steers a terminal or the direction of text: DEL, the C1 controls, and the bidi
// overrides, embeddings, isolates and marks. JSON has no other control characters in it.
func hostile(r rune) bool {
	switch {
	case r == 0x7f, r >= 0x80 && r <= 0x9f, r == 0x061c:
		return true
	case r >= 0x200e && r <= 0x200f, r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069:
		return true
	}
	return false
}
