package tui

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/term"

	"github.com/probetop/probetop/model"
)

// Source is where a board gets its snapshots from.
type Source interface {
	// Next blocks until there is a snapshot that it has not returned before, and returns the newest one.
	// It returns an error when there will be no more, or when ctx is done.
	Next(ctx context.Context) (*model.Snapshot, error)
}

// Options says what a board shows and how.
type Options struct {
	// Source is read from the first frame on.
	Source Source
	// Input is where key presses come from; the process's stdin when nil.
	Input io.Reader
	// Context names the cluster: the kube-context, or what stands in for one.
	Context string
	// Scope says in words which pods are listed, such as "all namespaces" or "ns shop -l app=web".
	Scope string
	// Namespace is the only namespace in scope; empty when there are several, which are then shown.
	Namespace string
	// Notice is a line that is on every screen; empty for none.
	Notice string
	// News is what is new about the notice, in a few words. It is asked for every frame, and may be nil.
	News func() string
	// Now is the clock that ages are measured with; time.Now when nil. On a tape it is not asked.
	Now func() time.Time
	// Remark says what else is wrong with the picture, in a few words; empty for nothing. It is asked for every frame, and
	// may be nil.
	Remark func() string
	// Tape is the recording that Source plays; nil when the board is live.
	Tape Tape
	// Recorder writes a recording of what is shown; nil when there is none.
	Recorder Recorder
	// Shadow runs probes from here; nil when that is switched off, and on a tape.
	Shadow Shadow
	// Logs reads what containers have written; nil where that cannot be read.
	Logs Logs
	// Manifests reads pods as YAML; nil where they cannot be read.
	Manifests Manifests
	// Theme says how the board is coloured; ThemeAuto when empty.
	Theme Theme
	// NoColor draws without any colour, whatever the theme, in bold and reverse video only.
	NoColor bool
	// Pods is how the table of pods begins.
	Pods Arrangement
	// Keys replace usual keys; nil for none. They have passed [Bindings.Check].
	Keys Bindings
	// Suspend is set when there is a shell to go back to, so that ctrl-z has a use.
	Suspend bool
	// Mouse takes the wheel and clicks from the terminal, which then cannot be used to select text.
	Mouse bool
	// Bell rings the terminal's bell for what must not be missed.
	Bell bool
	// ASCII draws with the characters every terminal has.
	ASCII bool
}

// ErrInterrupted is that the user pressed ctrl-c.
var ErrInterrupted = errors.New("interrupted")

// ErrPanic is a fault in the board itself. The terminal is in order, and has what is known of it.
var ErrPanic = errors.New("the board has a fault")

// fps is how often the terminal is drawn at most; the source brings less.
const fps = 30

// Run shows the board on the terminal until the user quits, the terminal is closed or ctx is done, none of which is an error.
// It returns ErrInterrupted when the user pressed ctrl-c.
func Run(ctx context.Context, o Options) error { return run(ctx, o) }

func run(ctx context.Context, o Options, more ...tea.ProgramOption) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	// Signals end ctx. Bubble Tea's own handler hangs when it hears one whose program has just ended.
	options := []tea.ProgramOption{tea.WithContext(ctx), tea.WithFPS(fps), tea.WithoutSignalHandler()}
	if o.Input != nil {
		options = append(options, tea.WithInput(untilClosed(o.Input, cancel)))
	}
	if o.NoColor {
		options = append(options, tea.WithColorProfile(colorprofile.ASCII))
	}
	_, err := tea.NewProgram(New(ctx, o), append(options, more...)...).Run()
	switch {
	case errors.Is(err, tea.ErrInterrupted):
		return ErrInterrupted
	case errors.Is(err, tea.ErrProgramPanic):
		return fmt.Errorf("drawing the board: %w", ErrPanic)
	case err != nil && ctx.Err() == nil:
		return fmt.Errorf("drawing the board: %w", err)
	}
	return nil
}

// untilClosed returns an input that tells when it is a terminal and has been closed: there are no keys any more, and
// nothing to draw on.
func untilClosed(in io.Reader, closed func()) io.Reader {
	if file, ok := in.(*os.File); ok && term.IsTerminal(file.Fd()) {
		return terminal{file, closed}
	}
	return in
}

// terminal is a file, so that it can be made raw.
type terminal struct {
	*os.File
	closed func()
}

// Read implements io.Reader.
func (t terminal) Read(p []byte) (int, error) {
	n, err := t.File.Read(p)
	if err != nil {
		t.closed()
	}
	return n, err
}
