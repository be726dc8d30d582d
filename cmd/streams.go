package cmd

import (
	"bytes"
	"io"
	"os"
	"time"
	"unicode/utf8"

	"github.com/charmbracelet/x/term"

	"github.com/probetop/probetop/prober"
	"github.com/probetop/probetop/recording"
	"github.com/probetop/probetop/tui"
)

// Streams is where a command reads and writes.
type Streams struct {
	In       io.Reader
	Out, Err io.Writer
	// Terminal is set when In and Out are both a terminal, so that the board can be drawn.
	Terminal bool
	// Measure asks the terminal that Out is how it counts cells; nil when Out is none.
	Measure func() tui.Measure
	// Width returns how many columns the terminal has that Out is; nil when it is none.
	Width func() int
	// Now is the clock.
	Now func() time.Time
	// Log is for --debug-log.
	Log *DebugLog
	// Ways leads to the containers of a cluster; nil for the way through its API server.
	Ways prober.Ways
}

// processStreams returns the streams of the process.
func processStreams() Streams {
	s := Streams{
		In: os.Stdin, Out: os.Stdout, Err: os.Stderr,
		Terminal: term.IsTerminal(os.Stdin.Fd()) && term.IsTerminal(os.Stdout.Fd()),
		Now:      time.Now,
		Log:      &DebugLog{},
	}
	if term.IsTerminal(os.Stdout.Fd()) {
		s.Measure = terminalMeasure
		s.Width = func() int {
			width, _, _ := term.GetSize(os.Stdout.Fd())
			return width
		}
	}
	return s
}

// width returns how many columns the terminal has.
func (s *Streams) width() int {
	if s.Width != nil {
		if w := s.Width(); w > 0 {
			return w
		}
	}
	return 80
}

// escaper writes JSON with every character that a terminal might act upon as an escape.
type escaper struct{ out io.Writer }

// Write implements io.Writer. A rune must not be split between two calls.
func (e escaper) Write(p []byte) (int, error) {
	if _, err := e.out.Write(recording.Escape(p)); err != nil {
		return 0, err
	}
	return len(p), nil
}

// harmless returns p with the character for one that cannot be shown instead of every one that a terminal might act upon.
func harmless(p []byte) []byte {
	return bytes.Map(func(r rune) rune {
		if recording.Hostile(r) {
			return utf8.RuneError
		}
		return r
	}, p)
}
