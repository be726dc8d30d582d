package tui

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/probetop/probetop/model"
)

// fakeLogs are the logs of any container: what is put in lines, and what follows.
type fakeLogs struct {
	opened []string
	stream *fakeStream
}

type fakeStream struct {
	lines  []LogLine
	err    error
	closed bool
}

func (f *fakeLogs) Open(r *model.Row, container string, previous bool) LogStream {
	f.opened = append(f.opened, fmt.Sprint(r.Pod.Name, " ", container, " ", previous))
	if f.stream == nil {
		f.stream = &fakeStream{}
	}
	return f.stream
}

func (s *fakeStream) Next() ([]LogLine, error) {
	lines := s.lines
	s.lines = nil
	return lines, s.err
}

func (s *fakeStream) Close() { s.closed = true }

// fakeManifests is a pod as YAML, or why there is none.
type fakeManifests struct {
	text string
	err  error
	read int
}

func (f *fakeManifests) Read(*model.Row) (string, error) {
	f.read++
	return f.text, f.err
}

// asked is what the pane in sight asks for. What an Update before has asked for was thrown away.
func asked(b *Board) tea.Cmd {
	if b.page == nil {
		return b.ask()
	}
	switch p := b.page.pane().(type) {
	case *logsPane:
		p.busy = false
	case *yamlPane:
		p.busy = false
	}
	return b.ask()
}

// answer lets the pane in sight ask once, and brings the answer.
func answer(t *testing.T, b *Board) {
	t.Helper()
	cmd := asked(b)
	if cmd == nil {
		t.Fatal("the pane asks for nothing")
	}
	b.Update(cmd())
}

// paged returns a board with the page of a pod open on a pane.
func paged(t *testing.T, o Options, width, height int, pod, pane string) *Board {
	t.Helper()
	b := boardOf(t, o, width, height, incident().snapshot())
	openPod(t, b, pod)
	b.page.turnTo(pane)
	b.Update(tickMsg{generation: b.generation})
	return b
}

// openPod opens the page of the pod whose name ends so.
func openPod(t *testing.T, b *Board, suffix string) {
	t.Helper()
	for _, r := range b.shown.Rows {
		if strings.HasSuffix(r.Pod.Name, suffix) {
			b.page = newPodPage(b.keys, &b.options, r)
			return
		}
	}
	t.Fatalf("no pod %s", suffix)
}

func TestPanes(t *testing.T) {
	for _, pane := range []string{"timeline", "evidence", "shadow", "spec"} {
		for _, size := range [][2]int{{80, 24}, {200, 50}} {
			for _, plain := range []bool{false, true} {
				name := fmt.Sprintf("%s_%dx%d", pane, size[0], size[1])
				if plain {
					name += "_mono"
				}
				t.Run(name, func(t *testing.T) {
					o := options()
					o.NoColor = plain
					b := paged(t, o, size[0], size[1], "ledger-1", pane)
					checkScreen(t, b)
					if plain {
						golden(t, b.View().Content)
						return
					}
					golden(t, plainScreen(b))
				})
			}
		}
	}
}

func TestTabShowsEveryPane(t *testing.T) {
	b := paged(t, options(), 80, 24, "x2x4z", "why")
	var seen []string
	for range b.page.panes {
		seen = append(seen, b.page.pane().Name())
		press(b, "tab")
	}
	if got := strings.Join(seen, " "); got != "why timeline evidence shadow spec logs yaml" {
		t.Errorf("tab goes through %s", got)
	}
	if got := b.page.pane().Name(); got != "why" {
		t.Errorf("and ends on %s", got)
	}
	press(b, "shift+tab")
	if got := b.page.pane().Name(); got != "yaml" {
		t.Errorf("shift-tab goes to %s", got)
	}
}

func TestTimelineReadsOutWhatWasKnown(t *testing.T) {
	b := paged(t, options(), 120, 40, "ledger-1", "timeline")
	wantOnScreen(t, b, "NOW")
	for range 16 {
		press(b, "left")
	}
	wantOnScreen(t, b, "KNOWN AT 03:")
	wantOnScreen(t, b, "failed")
	press(b, "+")
	wantOnScreen(t, b, "a cell is 5s")
	press(b, "-", "-")
	wantOnScreen(t, b, "a cell is 15s")
	for range 400 {
		press(b, "-")
	}
	wantOnScreen(t, b, "KNOWN AT")
	for range 2000 {
		press(b, "right")
	}
	wantOnScreen(t, b, "NOW")
}

// tapedBoard returns a board of that size on a tape.
func tapedBoard(t *testing.T, f *fakeTape, width, height int) *Board {
	t.Helper()
	o := options()
	o.Tape = f
	return boardOf(t, o, width, height, incident().snapshot())
}

func TestTimelineKeysGoBeforeThoseOfATape(t *testing.T) {
	f := recordedNight()
	b := tapedBoard(t, f, 120, 40)
	openPod(t, b, "ledger-1")
	b.page.turnTo("timeline")
	b.Update(tickMsg{generation: b.generation})
	at := f.Playhead().At
	press(b, "left")
	if !f.Playhead().At.Equal(at) {
		t.Error("left moved the tape, and not the cursor")
	}
	wantOnScreen(t, b, "KNOWN AT")
}

func TestLogs(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {200, 50}} {
		t.Run(fmt.Sprintf("%dx%d", size[0], size[1]), func(t *testing.T) {
			f := &fakeLogs{stream: &fakeStream{lines: []LogLine{
				{ago(4*time.Minute + 40*time.Second), "GET /healthz 503 in 1.2s"},
				{ago(4*time.Minute + 20*time.Second), "got \x1b[31mSIGTERM\x1b[0m, draining " + strings.Repeat("connections ", 12)},
				{ago(4*time.Minute + 10*time.Second), "bye"},
			}, err: io.EOF}}
			o := options()
			o.Logs = f
			b := boardOf(t, o, size[0], size[1], incident().snapshot())
			press(b, "p")
			answer(t, b)
			if got := strings.Join(f.opened, ", "); got != "api-7d9f8b6c5d-x2x4z api true" {
				t.Errorf("p on the table opens %s", got)
			}
			checkScreen(t, b)
			golden(t, plainScreen(b))
		})
	}
}

func TestLogsFollow(t *testing.T) {
	f := &fakeLogs{}
	o := options()
	o.Logs = f
	b := boardOf(t, o, 80, 24, incident().snapshot())
	press(b, "l")
	for i := range 100 {
		if f.stream == nil {
			f.stream = &fakeStream{}
		}
		f.stream.lines = []LogLine{{night, fmt.Sprint("line ", i)}}
		answer(t, b)
	}
	wantOnScreen(t, b, "line 99")
	wantOnScreen(t, b, "following")
	press(b, "k")
	f.stream.lines = []LogLine{{night, "line 100"}}
	answer(t, b)
	wantNotOnScreen(t, b, "line 100")
	wantOnScreen(t, b, "G follows")
	press(b, "G")
	wantOnScreen(t, b, "line 100")
	press(b, "esc")
	if !f.stream.closed {
		t.Error("the page is closed, and its stream is not")
	}
	if asked(b) != nil {
		t.Error("a page that is closed asks")
	}
}

func TestNoInstanceBefore(t *testing.T) {
	o := options()
	o.Logs = &fakeLogs{}
	b := boardOf(t, o, 80, 24, incident().snapshot())
	openPod(t, b, "zz7vd")
	press(b, "p")
	wantOnScreen(t, b, "there is no instance before. l shows this one.")
	if asked(b) != nil {
		t.Error("it asks for the logs of an instance that there was not")
	}
	press(b, "l")
	if asked(b) == nil {
		t.Error("l asks for nothing")
	}
}

func TestLogsAreBounded(t *testing.T) {
	f := &fakeLogs{stream: &fakeStream{}}
	o := options()
	o.Logs = f
	b := boardOf(t, o, 80, 24, incident().snapshot())
	press(b, "l")
	for range 14 {
		for i := range 500 {
			f.stream.lines = append(f.stream.lines, LogLine{Text: fmt.Sprint(i, strings.Repeat("x", 1000))})
		}
		answer(t, b)
	}
	p := b.page.pane().(*logsPane)
	if p.bytes > maxLogBytes || len(p.lines) > maxLogLines {
		t.Errorf("%d lines of %d bytes are held", len(p.lines), p.bytes)
	}
	wantOnScreen(t, b, "the older ones let go")
}

func TestLogsThatCannotBeRead(t *testing.T) {
	f := &fakeLogs{stream: &fakeStream{err: errors.New("You may not read pods/log in namespace payments: the role needs get on it.")}}
	o := options()
	o.Logs = f
	b := boardOf(t, o, 80, 24, incident().snapshot())
	press(b, "l")
	answer(t, b)
	wantOnScreen(t, b, "You may not read pods/log in namespace payments")
	wantOnScreen(t, b, "kubectl -n payments logs api-7d9f8b6c5d-x2x4z -c api --timestamps --follow")
	if asked(b) != nil {
		t.Error("it asks again at once")
	}
	press(b, "l")
	if asked(b) == nil {
		t.Error("l does not try again")
	}
}

func TestNoLogsAndYAMLOnATape(t *testing.T) {
	b := tapedBoard(t, recordedNight(), 80, 24)
	press(b, "l")
	wantOnScreen(t, b, "A recording holds no logs")
	wantOnScreen(t, b, "kubectl -n payments logs")
	press(b, "y")
	wantOnScreen(t, b, "A recording holds what probes depend on")
	wantOnScreen(t, b, "get pod")
}

func TestYAML(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {200, 50}} {
		t.Run(fmt.Sprintf("%dx%d", size[0], size[1]), func(t *testing.T) {
			f := &fakeManifests{text: "apiVersion: v1\nkind: Pod\nmetadata:\n  name: api\nspec:\n  containers:\n  - args:\n    - --port=8080\n    - " +
				strings.Repeat("--flag=value ", 20) + "\n    env:\n    - name: TOKEN\n      value: '***'\n"}
			o := options()
			o.Manifests = f
			b := boardOf(t, o, size[0], size[1], incident().snapshot())
			press(b, "y")
			wantOnScreen(t, b, "reading")
			answer(t, b)
			checkScreen(t, b)
			golden(t, plainScreen(b))
			if asked(b) != nil {
				t.Error("it reads the pod again and again")
			}
			press(b, "y")
			answer(t, b)
			if f.read != 2 {
				t.Errorf("y read the pod %d times", f.read)
			}
		})
	}
}

func TestYAMLThatCannotBeRead(t *testing.T) {
	o := options()
	o.Manifests = &fakeManifests{err: errors.New("Pod api is gone.")}
	b := boardOf(t, o, 80, 24, incident().snapshot())
	press(b, "y")
	answer(t, b)
	wantOnScreen(t, b, "Pod api is gone.")
	wantOnScreen(t, b, "kubectl -n payments get pod")
}

func TestPips(t *testing.T) {
	for name, c := range map[string]struct {
		state model.State
		f     model.Failures
		want  string
	}{
		"below the threshold": {model.StateFailing, model.Failures{Run: 2, Threshold: 3}, "●●○ "},
		"at it":               {model.StateFailed, model.Failures{Run: 3, Threshold: 3}, "●●● "},
		"too many":            {model.StateFailing, model.Failures{Run: 2, Threshold: 60}, ""},
		"well":                {model.StatePassing, model.Failures{Threshold: 3}, ""},
	} {
		g := unicodeGlyphs()
		p := &model.Probe{Type: model.Liveness, Verdict: model.Verdict{State: c.state}, Failures: c.f}
		if got := g.pips(p); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
