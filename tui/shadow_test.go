package tui

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/probetop/probetop/model"
)

// fakeShadow notes what it is told.
type fakeShadow struct {
	state ShadowState
	told  []string
}

func (f *fakeShadow) Run(r *model.Row, p *model.Probe, confirmed bool) {
	word := fmt.Sprint("run ", r.Pod.Name, " ", p.Container.Name, " ", p.Type)
	if confirmed {
		word += " confirmed"
	}
	f.told = append(f.told, word)
}

func (f *fakeShadow) Auto(on bool) {
	f.state.Auto = on
	f.told = append(f.told, fmt.Sprint("auto ", on))
}

func (f *fakeShadow) View(pods []model.UID) {
	first := ""
	if len(pods) > 0 {
		first = " " + strings.TrimPrefix(pods[0], "uid-")
	}
	f.told = append(f.told, fmt.Sprint("view ", len(pods), first))
}

func (f *fakeShadow) State() ShadowState { return f.state }

// wantTold compares what was told since the last time.
func (f *fakeShadow) wantTold(t *testing.T, want ...string) {
	t.Helper()
	if !slices.Equal(f.told, want) {
		t.Errorf("the prober was told %q, want %q", f.told, want)
	}
	f.told = nil
}

// shadowOptions are those of a board with a prober.
func shadowOptions(f *fakeShadow) Options {
	o := options()
	o.Shadow = f
	return o
}

// shadowBoard returns a board of that size with a prober, on the incident as it is from here.
func shadowBoard(t *testing.T, f *fakeShadow, width, height int) *Board {
	return boardOf(t, shadowOptions(f), width, height, shadowedIncident().snapshot())
}

// selecting moves to the pod of which only that name is shown.
func selecting(b *Board, name string) *Board {
	press(b, "/")
	typed(b, name)
	press(b, "enter")
	return b
}

// shadowStream is where runs of probes come from.
const shadowStream = 60

// shadows adds runs of a probe of the pod whose name ends so, that far in the past.
func (f *factList) shadows(suffix string, typ model.ProbeType, edit func(*model.Shadow), when ...time.Duration) {
	p := podNamed(f, suffix)
	c := &p.Containers[len(p.Containers)-1]
	if c.Probes[typ] == nil || len(p.Containers) > 1 && c.Name == "config-reloader" {
		c = &p.Containers[0]
	}
	for i, d := range when {
		run := &model.Shadow{
			Probe: model.Key{Pod: p.UID, Container: c.Name, Type: typ}, Instance: c.ID, At: ago(d), Attempts: 1,
			Took: time.Duration(11+4*i) * time.Millisecond, RoundTrip: 3 * time.Millisecond, Verdict: model.ShadowSuccess, Protocol: "HTTP/1.1",
		}
		if edit != nil {
			edit(run)
		}
		f.later(d-run.Took, shadowStream, run)
	}
}

func fails(text string) func(*model.Shadow) {
	return func(s *model.Shadow) { s.Verdict, s.Text = model.ShadowFailure, text }
}

func lacks(why model.ShadowLack, text string) func(*model.Shadow) {
	return func(s *model.Shadow) { s.Verdict, s.Lack, s.Text, s.Took = model.ShadowNone, why, text, 0 }
}

const forbiddenText = `pods "coredns-76f75df574-bq8lp" is forbidden: User "dev" cannot create resource "pods/portforward" in API group "" in the namespace "kube-system"`

func refusedOnThePodIP(s *model.Shadow) {
	s.PodIP = &model.PodIPVantage{Verdict: model.ShadowFailure, Text: `Get "http://10.4.2.17:8080/healthz": dial tcp 10.4.2.17:8080: connect: connection refused`}
}

// shadowedIncident is the incident, some of whose probes were run from here.
func shadowedIncident() *factList {
	f := incident()
	podNamed(f, "9qk2m").IP = "10.4.2.17"
	seconds := func(list ...int) []time.Duration {
		var d []time.Duration
		for _, s := range list {
			d = append(d, time.Duration(s)*time.Second)
		}
		return d
	}
	f.shadows("9qk2m", model.Readiness, refusedOnThePodIP, seconds(64, 54, 44, 34, 24, 14, 4)...)
	f.shadows("9qk2m", model.Liveness, nil, seconds(63, 3)...)
	f.shadows("ptx7l", model.Readiness, nil, seconds(4)...)
	f.shadows("x2x4z", model.Readiness, fails(notServing), seconds(12, 2)...)
	f.shadows("zz7vd", model.Readiness, nil, seconds(5)...)
	f.shadows("zz7vd", model.Liveness, fails("HTTP probe failed with statuscode: 500"), seconds(5)...)
	f.shadows("bq8lp", model.Readiness, lacks(model.LackForbidden, forbiddenText), seconds(6)...)
	f.shadows("ptx7l", model.Liveness, lacks(model.LackTunnel, "error reading from error stream: connection reset by peer"), seconds(6)...)
	f.shadows("search-0", model.Readiness, fails("HTTP probe failed with statuscode: 503"), seconds(52, 42, 32, 22, 12, 2)...)
	f.shadows("ledger-1", model.Liveness, func(s *model.Shadow) { s.Took, s.Protocol = 940*time.Millisecond, "HTTP/2.0" }, seconds(72, 62, 52, 42)...)
	slices.SortStableFunc(f.changes, func(a, b model.Change) int { return a.At.Compare(b.At) })
	return f
}

func TestShadow(t *testing.T) {
	sizes := []struct{ width, height int }{{80, 24}, {120, 40}}
	for _, size := range sizes {
		at := func(name string) string { return fmt.Sprintf("%s %dx%d", name, size.width, size.height) }
		board := func(t *testing.T, state ShadowState) *Board {
			return shadowBoard(t, &fakeShadow{state: state}, size.width, size.height)
		}
		t.Run(at("pods"), func(t *testing.T) {
			b := board(t, ShadowState{})
			press(b, "j")
			golden(t, plainScreen(b))
		})
		t.Run(at("auto"), func(t *testing.T) {
			b := board(t, ShadowState{})
			b.options.Shadow.(*fakeShadow).state.Running = make([]model.Key, 12)
			press(b, "a")
			golden(t, plainScreen(b))
		})
		t.Run(at("forbidden"), func(t *testing.T) {
			golden(t, plainScreen(selecting(board(t, ShadowState{Lack: "pods/portforward is forbidden"}), "coredns")))
		})
		t.Run(at("running"), func(t *testing.T) {
			b := board(t, ShadowState{Running: []model.Key{
				{Pod: "uid-payments-api-7d9f8b6c5d-9qk2m", Container: "api", Type: model.Readiness},
				{Pod: "uid-payments-api-7d9f8b6c5d-x2x4z", Container: "api", Type: model.Liveness},
			}})
			golden(t, plainScreen(b))
		})
		t.Run(at("question"), func(t *testing.T) {
			b := selecting(board(t, ShadowState{}), "prometheus")
			press(b, "P")
			golden(t, plainScreen(b))
		})
		t.Run(at("help"), func(t *testing.T) {
			b := board(t, ShadowState{})
			press(b, "?")
			golden(t, plainScreen(b))
		})
	}
	t.Run("ascii", func(t *testing.T) {
		o := shadowOptions(&fakeShadow{state: ShadowState{Auto: true}})
		o.ASCII = true
		golden(t, plainScreen(boardOf(t, o, 80, 24, shadowedIncident().snapshot())))
	})
	t.Run("every probe in words", func(t *testing.T) { golden(t, plainScreen(shadowBoard(t, &fakeShadow{}, 260, 24))) })
}

func TestShadowOnThePodPage(t *testing.T) {
	running := ShadowState{Running: []model.Key{
		{Pod: "uid-payments-api-7d9f8b6c5d-x2x4z", Container: "api", Type: model.Liveness},
		{Pod: "uid-payments-api-7d9f8b6c5d-x2x4z", Container: "api", Type: model.Readiness},
	}}
	for _, name := range []string{"9qk2m", "x2x4z", "zz7vd", "coredns", "ptx7l", "search-0", "ledger"} {
		t.Run(name, func(t *testing.T) {
			b := selecting(shadowBoard(t, &fakeShadow{state: running}, 100, 60), name)
			press(b, "enter")
			golden(t, plainScreen(b))
		})
	}
	for _, size := range [...]struct{ width, height int }{{80, 24}, {120, 40}} {
		t.Run(fmt.Sprintf("%dx%d", size.width, size.height), func(t *testing.T) {
			b := shadowBoard(t, &fakeShadow{}, size.width, size.height)
			press(b, "j", "enter", "ctrl+d", "ctrl+d")
			golden(t, plainScreen(b))
		})
	}
	t.Run("ascii", func(t *testing.T) {
		o := shadowOptions(&fakeShadow{state: running})
		o.ASCII = true
		b := boardOf(t, o, 80, 40, shadowedIncident().snapshot())
		press(b, "enter", "ctrl+d")
		golden(t, plainScreen(b))
	})
}

func TestShadowReplays(t *testing.T) {
	b := boardOf(t, onTape(recordedNight()), 80, 24, shadowedIncident().snapshot())
	wantOnScreen(t, b, "≠ loopback-only listener")
	press(b, "?", "ctrl+d", "ctrl+d")
	wantOnScreen(t, b, "≠       differs from here")
	wantNotOnScreen(t, b, "run from here")
	press(b, "esc", "j", "enter", "ctrl+d")
	wantOnScreen(t, b, "from here ● success in 35ms (tunnel 3ms)")
}

func TestNothingIsRunFromHereWithoutAProber(t *testing.T) {
	for name, test := range map[string]struct {
		options Options
		want    string
	}{
		"read only": {options(), "nothing is run from here: --read-only, or --shadow off, is set"},
		"on a tape": {onTape(recordedNight()), "a replay runs no probes; what they came to from here is in the recording"},
	} {
		t.Run(name, func(t *testing.T) {
			b := boardOf(t, test.options, 80, 24, incident().snapshot())
			for _, k := range []string{"P", "a"} {
				press(b, k)
				wantOnScreen(t, b, test.want)
				press(b, "j")
				wantNotOnScreen(t, b, test.want)
			}
			wantNotOnScreen(t, b, "P shadow")
		})
	}
}

func TestShadowRunsThePodThatIsSelectedWorstFirst(t *testing.T) {
	f := &fakeShadow{}
	b := boardOf(t, shadowOptions(f), 80, 24, incident().snapshot())
	f.wantTold(t, "view 16 payments-api-7d9f8b6c5d-x2x4z")
	want := []string{
		"run api-7d9f8b6c5d-x2x4z api liveness", "run api-7d9f8b6c5d-x2x4z api readiness", "run api-7d9f8b6c5d-x2x4z api startup",
	}
	press(b, "P")
	f.wantTold(t, append(want, "view 15 payments-api-7d9f8b6c5d-x2x4z")...) // the sentence takes a line
	wantOnScreen(t, b, "running 3 probes of payments/api-7d9f8b6c5d-x2x4z from here")
	press(b, "enter")
	f.wantTold(t, "view 1 payments-api-7d9f8b6c5d-x2x4z")
	press(b, "P")
	f.wantTold(t, want...)
	press(b, "?", "P", "a")
	f.wantTold(t)
	press(b, "esc", "esc", "space", "P")
	wantOnScreen(t, b, "from here; seen when the display goes on")
}

func TestShadowSaysThatThereIsNothingToRun(t *testing.T) {
	f := &fakeShadow{}
	b := selecting(boardOf(t, shadowOptions(f), 80, 24, incident().snapshot()), "kube-proxy")
	f.told = nil
	press(b, "P")
	f.wantTold(t)
	wantOnScreen(t, b, "kube-proxy-4xh2m has no probes")
	press(b, "/", "z", "z", "z", "enter", "P")
	wantNotOnScreen(t, b, "from here")
}

func TestShadowRunsNothingOfAPodThatIsGone(t *testing.T) {
	v := newVillage(t, "a", "b")
	f := &fakeShadow{}
	v.board.options.Shadow = f
	press(v.board, "enter")
	v.remove("a")
	v.draw()
	f.told = nil
	press(v.board, "P")
	f.wantTold(t)
	wantOnScreen(t, v.board, "a is gone")
}

func TestShadowAuto(t *testing.T) {
	f := &fakeShadow{}
	b := boardOf(t, shadowOptions(f), 80, 24, incident().snapshot())
	wantNotOnScreen(t, b, "shadow ●")
	f.told = nil
	press(b, "a")
	f.wantTold(t, "auto true", "view 15 payments-api-7d9f8b6c5d-x2x4z")
	wantOnScreen(t, b, "shadow auto ● live")
	wantOnScreen(t, b, "auto on: probes in view or failing run from here once a period; no exec")
	press(b, "a")
	f.wantTold(t, "auto false")
	wantOnScreen(t, b, "auto off: no probe runs from here by itself")
	f.state.Exec = true
	press(b, "a")
	wantNotOnScreen(t, b, "no exec")
}

func TestShadowIsToldWhatIsInViewWhenThatChanges(t *testing.T) {
	f := &fakeShadow{}
	b := boardOf(t, shadowOptions(f), 80, 24, incident().snapshot())
	f.told = nil
	press(b, "j", "k", "space", "space", "?", "?")
	b.Update(tickMsg{generation: b.generation})
	f.wantTold(t)
	press(b, "/", "s", "h", "o", "p")
	f.wantTold(t, "view 15 payments-api-7d9f8b6c5d-x2x4z", "view 7 shop-checkout-66c9d7b5f4-kz8wd")
	b.Update(tea.WindowSizeMsg{Width: 80, Height: 9})
	f.wantTold(t, "view 6 shop-checkout-66c9d7b5f4-kz8wd")
}

func TestShadowMarkOfTheHeader(t *testing.T) {
	tests := map[string]struct {
		state ShadowState
		width int
		want  string
	}{
		"nothing is done":     {ShadowState{Exec: true}, 80, "● live"},
		"by hand":             {ShadowState{Running: make([]model.Key, 1)}, 80, "shadow 1 running ● live"},
		"auto":                {ShadowState{Auto: true}, 80, "shadow auto ● live"},
		"auto, many":          {ShadowState{Auto: true, Running: make([]model.Key, 64)}, 80, "shadow auto 64 running ● live"},
		"auto, little room":   {ShadowState{Auto: true, Running: make([]model.Key, 64)}, 40, "auto 64 running ● live"},
		"auto, too little":    {ShadowState{Auto: true, Running: make([]model.Key, 64)}, 36, "auto 64 running ● live"},
		"by hand, small room": {ShadowState{Running: make([]model.Key, 3)}, 40, "3 running ● live"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			first, _, _ := strings.Cut(plainScreen(shadowBoard(t, &fakeShadow{state: test.state}, test.width, 12)), "\n")
			if !strings.HasSuffix(first, "  "+test.want) {
				t.Errorf("the first line is %q, want %q at its end", first, test.want)
			}
		})
	}
}

// What says how far the picture can be believed is on the first line when there is not room for all that could be.
func TestNarrowMarkSaysThatThePictureStandsStill(t *testing.T) {
	for width := roomForMark; width < roomForDetails; width++ {
		b := shadowBoard(t, &fakeShadow{state: ShadowState{Auto: true, Running: make([]model.Key, 64)}}, width, 12)
		b.options.Recorder = &fakeRecorder{status: RecorderStatus{On: true}}
		press(b, "space")
		if first, _, _ := strings.Cut(plainScreen(b), "\n"); !strings.Contains(first, "PAUSED") || !strings.HasSuffix(first, "live") {
			t.Errorf("%d cells: the first line is %q", width, first)
		}
	}
}
