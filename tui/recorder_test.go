package tui

import (
	"errors"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
)

// fakeRecorder is switched by Toggle unless it refuses.
type fakeRecorder struct {
	status RecorderStatus
	refuse error
}

func (f *fakeRecorder) Status() RecorderStatus { return f.status }

func (f *fakeRecorder) Toggle() error {
	if f.refuse != nil {
		return f.refuse
	}
	f.status.On, f.status.Path = !f.status.On, "/home/ann/incidents/prod-eu-20261121-031400.probetop"
	return nil
}

// recorderBoard returns a board of that size with a recorder.
func recorderBoard(t *testing.T, f *fakeRecorder, width, height int) *Board {
	o := options()
	o.Recorder = f
	return boardOf(t, o, width, height, incident().snapshot())
}

// toggle presses the key and brings back what came of it.
func toggle(t *testing.T, b *Board) {
	t.Helper()
	_, cmd := b.Update(keyOf("r"))
	if cmd == nil {
		t.Fatal("r does nothing")
	}
	b.Update(cmd())
}

func wantNotOnScreen(t *testing.T, b *Board, text string) {
	t.Helper()
	if s := plainScreen(b); strings.Contains(s, text) {
		t.Errorf("%q is on the screen:\n%s", text, s)
	}
}

func TestRecording(t *testing.T) {
	f := &fakeRecorder{}
	b := recorderBoard(t, f, 80, 24)
	toggle(t, b)
	wantOnScreen(t, b, "● REC 0 B ● live")
	wantOnScreen(t, b, "recording to /home/ann/incidents/prod-eu-20261121-031400.probetop")
	f.status.Bytes = 1_240_000
	b.Update(tickMsg{generation: b.generation})
	wantOnScreen(t, b, "● REC 1.2 MB ● live")
	for _, keys := range [][]string{{"enter"}, {"?"}, {"?", "esc"}} {
		press(b, keys...)
		wantOnScreen(t, b, "● REC 1.2 MB")
		wantNotOnScreen(t, b, "recording to")
	}
	t.Run("while it runs", func(t *testing.T) { golden(t, plainScreen(b)) })
	toggle(t, b)
	wantNotOnScreen(t, b, "REC ")
	wantOnScreen(t, b, "recorded 1.2 MB to /home/ann/incidents/prod-eu-20261121-031400.probetop")
	press(b, "j")
	wantNotOnScreen(t, b, "recorded")
}

func TestRecordingIsSwitchedOnceAtATime(t *testing.T) {
	b := recorderBoard(t, &fakeRecorder{}, 80, 24)
	_, first := b.Update(keyOf("r"))
	if _, second := b.Update(keyOf("r")); second != nil {
		t.Error("the recorder is switched twice at once")
	}
	b.Update(first())
	wantOnScreen(t, b, "● REC")
}

func TestRecordingThatDoesNotBegin(t *testing.T) {
	f := &fakeRecorder{refuse: errors.New("creating /root/\x1b[2Jincident.probetop: permission denied")}
	b := recorderBoard(t, f, 80, 24)
	toggle(t, b)
	wantOnScreen(t, b, "not recording: creating /root/incident.probetop: permission denied")
	wantNotOnScreen(t, b, "REC")
	press(b, "j")
	wantNotOnScreen(t, b, "not recording")
}

func TestRecordingThatFailsIsSaidAtOnce(t *testing.T) {
	f := &fakeRecorder{}
	b := recorderBoard(t, f, 80, 24)
	toggle(t, b)
	f.status.On, f.status.Err = false, errors.New("write "+f.status.Path+": no space left on device")
	b.Update(tickMsg{generation: b.generation})
	wantOnScreen(t, b, "✖ REC ● live")
	wantOnScreen(t, b, "recording failed: no space left on device")
	press(b, "j", "enter")
	wantOnScreen(t, b, "recording failed")
	b.Update(tea.WindowSizeMsg{Width: 120, Height: 40})
	wantOnScreen(t, b, "recording failed: write prod-eu-20261121-031400.probetop: no space left on device")
	t.Run("on a small screen", func(t *testing.T) { golden(t, plainScreen(recorderBoard(t, f, 40, 12))) })
}

func TestWithoutARecorderThereIsNoKey(t *testing.T) {
	b := boardOf(t, options(), 80, 24, incident().snapshot())
	if _, cmd := b.Update(keyOf("r")); cmd != nil {
		t.Error("r does something")
	}
	press(b, "?")
	wantNotOnScreen(t, b, "record")
	b.Update(tea.WindowSizeMsg{Width: 200, Height: 50})
	press(b, "?")
	wantNotOnScreen(t, b, "record")
}
