package tui

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"
	"unicode"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/probetop/probetop/model"
)

// checkScreen checks that a screen has exactly its size and nothing on it that moves the cursor.
func checkScreen(t *testing.T, b *Board) {
	t.Helper()
	lines := strings.Split(b.View().Content, "\n")
	if len(lines) != b.height {
		t.Errorf("%dx%d: %d lines", b.width, b.height, len(lines))
	}
	for i, l := range lines {
		plain := ansi.Strip(l)
		if w := cellsOn(b)(plain); w > b.width {
			t.Errorf("%dx%d: line %d has %d cells: %q", b.width, b.height, i+1, w, plain)
		}
		for _, r := range plain {
			if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
				t.Errorf("%dx%d: line %d has %U: %q", b.width, b.height, i+1, r, plain)
			}
		}
	}
}

// cellsOn returns how the terminal of a board counts cells. It is the library's own count.
func cellsOn(b *Board) func(string) int {
	if b.theme.Measure == PerGrapheme {
		return ansi.StringWidth
	}
	return ansi.StringWidthWc
}

// evil is a text by somebody who wants to break the screen.
const evil = "\x1b[2J\x1b]0;owned\x07\u202egnp.exe\u2066\u200b\x9b31m\r\nline\ttwo\x00\xff 数据库 e\u0301\u0301\u0301\u0301"

// hostile is an incident whose every text is evil.
func hostile() *factList { return saying(evil, 300) }

// saying is an incident whose every text is that one; those that may be long are it so many times.
func saying(text string, times int) *factList {
	f := &factList{}
	f.sources(model.SourceSyncing, false)
	p := unready(pod("ns"+text, "name"+text, "node"+text, deployment("web"+text, text),
		container("main"+text, probed(model.Readiness, execs(text, text)), probed(model.Liveness))), time.Minute)
	p.Reason, p.Gates = text, []string{"gate" + text}
	p.Containers[0].Message = strings.Repeat(text, times)
	f.pod(p)
	f.said(p, p.Containers[0].Name, "Unhealthy", "Readiness probe failed: "+strings.Repeat(text, times), 3, time.Minute, time.Second)
	f.said(p, p.Containers[0].Name, "Unhealthy", "Liveness probe errored: "+strings.Repeat("x", 34*times), 3, time.Minute, time.Second)
	f.said(p, "", text, strings.Repeat(text, times), 3, time.Minute, time.Second)
	f.service(p.Namespace, "svc"+text, out(p))
	p.Containers[0].ID = "containerd://main"
	key := model.Key{Pod: p.UID, Container: p.Containers[0].Name}
	for i, typ := range []model.ProbeType{model.Readiness, model.Liveness, model.Readiness, model.Liveness} {
		key.Type = typ
		run := &model.Shadow{
			Probe: key, Instance: "containerd://main", At: ago(time.Duration(9-i) * time.Second), Took: math.MaxInt64, RoundTrip: math.MaxInt64,
			Attempts: 1 << 40, Verdict: model.ShadowVerdict(i), Lack: model.LackTunnel, Text: strings.Repeat(text, times), Protocol: text,
			PodIP: &model.PodIPVantage{Verdict: model.ShadowFailure, Text: strings.Repeat(text, times)},
		}
		f.later(time.Duration(9-i)*time.Second, shadowStream, run)
	}
	f.sources(model.SourceSynced, true)
	f.add(1, &model.Source{Kind: model.Events, State: model.SourceForbidden, Since: night, Error: text})
	f.later(0, 0, nil)
	return f
}

func TestScreenHasItsSize(t *testing.T) {
	worlds := map[string]*model.Snapshot{
		"nothing yet": nil, "incident": incident().snapshot(), "hostile": hostile().snapshot(),
	}
	states := map[string][]string{
		"table": nil, "last": {"G"}, "page": {"enter"}, "end of page": {"enter", "G"}, "help": {"?"}, "order": {"o", "O"},
		"paused": {"space"}, "faults": {"f"}, "prompt": {"/", "a", "(", ":"}, "nothing": {"/", "z", "z", "enter"},
		"recording": {"r"}, "recording and page": {"enter", "r"}, "question": {"P"}, "question on page": {"enter", "P"}, "auto": {"a"},
	}
	for world, s := range worlds {
		for state, keys := range states {
			t.Run(world+" "+state, func(t *testing.T) {
				o := shadowOptions(&fakeShadow{state: ShadowState{Auto: true, Lack: evil, Running: make([]model.Key, 12345)}})
				o.Notice, o.ASCII = "notice\x1b[31m", len(state)%2 == 0
				checkSizes(t, o, s, keys)
			})
			t.Run(world+" "+state+" on a tape", func(t *testing.T) {
				o := onTape(hostileTape())
				o.Notice, o.ASCII = "notice\x1b[31m", len(state)%2 == 0
				o.Recorder = &fakeRecorder{
					status: RecorderStatus{On: true, Path: evil, Bytes: 1 << 62, Err: errors.New(evil)}, refuse: errors.New(evil),
				}
				checkSizes(t, o, s, keys)
			})
		}
	}
}

// checkSizes draws a board after some keys, and what they began, at every size.
func checkSizes(t *testing.T, o Options, s *model.Snapshot, keys []string) {
	t.Helper()
	b := boardOf(t, o, 80, 24, s)
	for _, k := range keys {
		if _, cmd := b.Update(keyOf(k)); k == "r" && cmd != nil {
			b.Update(recordedMsg{o.Recorder.Toggle()})
		}
	}
	for _, answer := range []tea.ModeReportMsg{{}, {Mode: ansi.ModeUnicodeCore, Value: ansi.ModeReset}} {
		b.Update(answer)
		for _, width := range []int{1, 2, 9, 20, 27, 40, 63, 80, 119, 200, 250} {
			for _, height := range []int{1, 2, 3, 4, 5, 7, 8, 12, 18, 24, 80} {
				b.Update(tea.WindowSizeMsg{Width: width, Height: height})
				checkScreen(t, b)
			}
		}
	}
}

// hostileTape is a recording whose texts and times are as bad as those of the hostile incident.
func hostileTape() *fakeTape {
	f := recordedNight()
	f.head.Damage, f.head.Speed = strings.Repeat(evil, 20), math.NaN()
	for i := range f.transitions {
		t := &f.transitions[i]
		t.Namespace, t.Name = evil, evil
	}
	return f
}

func TestHostileTextIsShownHarmless(t *testing.T) {
	b := boardOf(t, options(), 120, 60, hostile().snapshot())
	press(b, "enter")
	checkScreen(t, b)
	content := b.View().Content
	for _, bad := range []string{"\x1b[2J", "\x1b]", "\x07", "\u202e", "\u2066", "\u200b", "\x9b31m"} {
		if strings.Contains(content, bad) {
			t.Errorf("%q is on the screen", bad)
		}
	}
	wantOnScreen(t, b, "gnp.exe")
	wantOnScreen(t, b, "数据库")
}

func TestColourIsABonus(t *testing.T) {
	s := incident().snapshot()
	for _, keys := range [][]string{nil, {"enter"}, {"?"}, {"f", "space", "o"}, {"/", "x"}} {
		t.Run(fmt.Sprint(keys), func(t *testing.T) {
			colour, none := onTape(recordedNight()), onTape(recordedNight())
			none.NoColor = true
			a, b := boardOf(t, colour, 120, 40, s), boardOf(t, none, 120, 40, s)
			press(a, keys...)
			press(b, keys...)
			if plainScreen(a) != plainScreen(b) {
				t.Error("the text differs without colour")
			}
			if c := colours16(t, a.View().Content); c == 0 {
				t.Error("no colour with colour")
			}
			if c := colours16(t, b.View().Content); c != 0 {
				t.Errorf("%d colours without colour", c)
			}
		})
	}
}

// colours16 counts the sequences that set a colour, and fails for one that is not of the terminal's sixteen.
func colours16(t *testing.T, content string) int {
	t.Helper()
	n := 0
	for _, part := range strings.Split(content, "\x1b[")[1:] {
		codes, _, _ := strings.Cut(part, "m")
		for code := range strings.SplitSeq(codes, ";") {
			switch {
			case code == "38", code == "48":
				t.Fatalf("colour %q is not one of the sixteen", codes)
			case len(code) == 2 && strings.ContainsAny(code[:1], "349"):
				n++
			}
		}
	}
	return n
}

func TestASCIIHasNothingElse(t *testing.T) {
	o := options()
	o.ASCII = true
	for _, keys := range [][]string{nil, {"enter"}, {"?"}, {"o", "O", "space"}, {"/", "x"}} {
		for _, tape := range []Tape{nil, recordedNight()} {
			o.Tape, o.Recorder = tape, &fakeRecorder{status: RecorderStatus{On: true}}
			b := boardOf(t, o, 200, 50, incident().snapshot())
			press(b, keys...)
			for _, r := range plainScreen(b) {
				if r > '~' {
					t.Errorf("%q after %q", r, keys)
				}
			}
		}
	}
}
