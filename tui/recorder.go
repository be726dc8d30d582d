package tui

import (
	"path/filepath"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/probetop/probetop/model"
)

// Recorder writes what the board's source says to a file.
type Recorder interface {
	// Toggle begins a recording, or ends the one that runs. It may take some time.
	Toggle() error
	// Status says how the recording goes. It is cheap and may be called at any time.
	Status() RecorderStatus
}

// RecorderStatus is how a recording goes, or how the last one went.
type RecorderStatus struct {
	// On is set while a recording runs.
	On bool
	// Path is the file of the recording, or of the last one; empty when there was none.
	Path string
	// Since is when it began.
	Since time.Time
	// Bytes is how much has been written.
	Bytes int64
	// Err is why nothing is written any more; nil while all is well.
	Err error
}

// recordedMsg says that the recorder has been switched on or off, or why it has not.
type recordedMsg struct{ err error }

// record switches the recorder on or off, once at a time.
func (b *Board) record() tea.Cmd {
	if b.recording {
		return nil
	}
	b.recording = true
	r := b.options.Recorder
	return func() tea.Msg { return recordedMsg{r.Toggle()} }
}

// recorded says what came of it.
func (b *Board) recorded(err error) {
	b.recording = false
	switch s := b.options.Recorder.Status(); {
	case err != nil:
		b.said = phrase{b.theme.bad, "not recording: " + s.reason(err)}
	case s.On:
		b.said = phrase{b.theme.strong, "recording to " + model.Printable(s.Path)}
	case s.Path != "":
		b.said = phrase{b.theme.strong, "recorded " + size(s.Bytes) + " to " + model.Printable(s.Path)}
	}
}

// failure says in about w cells why nothing is written any more. Where it does not fit, what an error is
// about goes and its cause stays.
func (s *RecorderStatus) failure(w int) string {
	const failed = "recording failed: "
	text := s.reason(s.Err)
	if at := strings.LastIndex(text, ": "); at >= 0 && len(failed)+len(text) > w {
		text = text[at+2:]
	}
	return failed + text
}

// reason words an error of the recorder. A long path would push out what it is about.
func (s *RecorderStatus) reason(err error) string {
	text := err.Error()
	if s.Path != "" {
		text = strings.ReplaceAll(text, s.Path, filepath.Base(s.Path))
	}
	return model.Printable(text)
}
