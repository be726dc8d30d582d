package tui

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/probetop/probetop/model"
)

// fakeTape remembers what it was told. It plays by the clock of a bubble.
type fakeTape struct {
	head        model.Playhead
	since       time.Time
	transitions []model.Transition
	told        []string
	asked       int
}

func (f *fakeTape) Playhead() model.Playhead {
	f.asked++
	if f.head.Playing && !f.since.IsZero() {
		f.head.At = f.head.At.Add(time.Duration(float64(time.Since(f.since)) * f.head.Speed))
		f.since = time.Now()
		if !f.head.At.Before(f.head.End) {
			f.head.At, f.head.Playing = f.head.End, false
		}
	}
	return f.head
}

func (f *fakeTape) Transitions() []model.Transition { return f.transitions }
func (f *fakeTape) Step(n int)                      { f.tell("step ", n) }
func (f *fakeTape) Jump(n int)                      { f.tell("jump ", n) }
func (f *fakeTape) tell(words ...any)               { f.told = append(f.told, fmt.Sprint(words...)) }

func (f *fakeTape) Play(on bool) {
	f.tell("play ", on)
	f.head.Playing = on
}

func (f *fakeTape) SetSpeed(x float64) {
	f.tell("speed ", x)
	f.head.Speed = x
}

func (f *fakeTape) Seek(t time.Time) {
	f.tell("seek ", t.Sub(f.head.At))
	f.head.At = t
}

// recordedNight is ten minutes around the night, in which things break and mend.
func recordedNight() *fakeTape {
	f := &fakeTape{head: model.Playhead{At: night, Start: ago(5 * time.Minute), End: ago(-5 * time.Minute), Speed: 1}}
	for _, t := range []struct {
		at       time.Duration
		name     string
		from, to model.Severity
	}{
		{-240, "shop/cart-5b8f6c9d7-ptx7l", model.Healthy, model.BelowThreshold},
		{-236, "shop/cart-5b8f6c9d7-ptx7l", model.BelowThreshold, model.Healthy},
		{-190, "payments/api-7d9f8b6c5d-9qk2m", model.Healthy, model.BelowThreshold},
		{-189, "payments/api-7d9f8b6c5d-9qk2m", model.BelowThreshold, model.Unready},
		{-95, "payments/api-7d9f8b6c5d-x2x4z", model.Healthy, model.Unready},
		{-60, "shop/recommender-84d5c7f6b-2wq9c", model.Finished, model.Starting},
		{0, "payments/api-7d9f8b6c5d-zz7vd", model.Unready, model.Healthy},
		{0, "payments/api-7d9f8b6c5d-x2x4z", model.Unready, model.RestartDue},
		{0, "monitoring/prometheus-0", model.Healthy, model.Unprobeable},
		{200, "payments/ledger-1", model.Healthy, model.Flapping},
		{300, "shop/legacy-0", model.Healthy, model.Unready},
	} {
		namespace, name, _ := strings.Cut(t.name, "/")
		f.transitions = append(f.transitions, model.Transition{
			At: night.Add(t.at * time.Second), Namespace: namespace, Name: name, From: t.from, To: t.to,
		})
	}
	return f
}

// onTape returns the options of a board on a tape.
func onTape(f *fakeTape) Options {
	o := options()
	o.Tape, o.Now = f, func() time.Time { return night.Add(1000 * time.Hour) }
	return o
}

func TestKeysMoveTheTape(t *testing.T) {
	tests := map[string]string{
		"space": "play true", "n": "jump 1", "N": "jump -1", ".": "step 1", ",": "step -1",
		"right": "seek 5s", "left": "seek -5s", "]": "seek 1m0s", "[": "seek -1m0s", "shift+right": "seek 1m0s", "shift+left": "seek -1m0s",
		"+": "speed 2", "=": "speed 2", "-": "speed 0.5", "<": "seek -5m0s", ">": "seek 5m0s",
	}
	for key, want := range tests {
		for _, before := range [][]string{nil, {"enter"}, {"?"}} {
			f := recordedNight()
			b := boardOf(t, onTape(f), 80, 24, incident().snapshot())
			press(b, append(before, key)...)
			if !slices.Equal(f.told, []string{want}) {
				t.Errorf("%s after %q tells the tape %q, want %q", key, before, f.told, want)
			}
		}
		b := boardOf(t, options(), 80, 24, incident().snapshot())
		press(b, key) // without a tape it is no key, or another
	}
	for _, k := range newKeyMap(true, true, false).tape() {
		if tests[k.Help().Key] == "" {
			t.Errorf("%s is not tested", k.Help().Key)
		}
	}
}

func TestSpaceStopsATapeThatPlays(t *testing.T) {
	f := recordedNight()
	f.head.Playing = true
	b := boardOf(t, onTape(f), 80, 24, incident().snapshot())
	wantOnScreen(t, b, "► playing")
	press(b, "space")
	wantOnScreen(t, b, "‖ paused")
	press(b, "space")
	wantOnScreen(t, b, "► playing")
	if want := []string{"play false", "play true"}; !slices.Equal(f.told, want) {
		t.Errorf("the tape was told %q, want %q", f.told, want)
	}
}

func TestThePromptTakesTheKeysOfATape(t *testing.T) {
	f := recordedNight()
	b := boardOf(t, onTape(f), 80, 24, incident().snapshot())
	press(b, "/")
	typed(b, "n, N+")
	press(b, "left", "right")
	if len(f.told) > 0 {
		t.Errorf("the tape was told %q", f.told)
	}
	wantOnScreen(t, b, "/n, N+")
}

func TestNoTwoKeysAreTheSame(t *testing.T) {
	for _, tape := range []bool{true, false} {
		m := newKeyMap(tape, true, true)
		seen := map[string]string{}
		for _, group := range slices.Concat(m.groups(), m.tapeGroups()) {
			for _, k := range group {
				for _, name := range k.Keys() {
					if other, ok := seen[name]; ok {
						t.Errorf("tape %t: %s is both %q and %q", tape, name, other, k.about)
					}
					seen[name] = k.about
				}
			}
		}
	}
}

func TestSpeeds(t *testing.T) {
	tests := map[float64][2]float64{ // slower, faster
		1: {0.5, 2}, 0.25: {0.25, 0.5}, 64: {32, 64}, 10: {8, 16}, 0.1: {0.25, 0.25}, 1000: {64, 64},
		0: {0.25, 0.25}, -1: {0.25, 0.25}, math.Inf(1): {64, 64},
	}
	for x, want := range tests {
		if got := [2]float64{slower(x), faster(x)}; got != want {
			t.Errorf("around %v: %v, want %v", x, got, want)
		}
	}
}

func TestTheClockIsTheTapes(t *testing.T) {
	f := recordedNight()
	b := boardOf(t, onTape(f), 80, 24, incident().snapshot())
	wantOnScreen(t, b, " 3m12s ")
	f.head.At = night.Add(40 * time.Second)
	b.Update(tickMsg{generation: b.generation})
	wantOnScreen(t, b, " 3m52s ")
	wantOnScreen(t, b, "03:14:40Z +05:40")
}

func TestOnlyATapeThatPlaysTicks(t *testing.T) {
	f := recordedNight()
	b := boardOf(t, onTape(f), 80, 24, incident().snapshot())
	if _, cmd := b.Update(keyOf("j")); cmd != nil {
		t.Error("a tape that stands ticks")
	}
	_, cmd := b.Update(keyOf("space"))
	if cmd == nil {
		t.Fatal("a tape that plays does not tick")
	}
	if _, cmd := b.Update(keyOf("j")); cmd != nil {
		t.Error("there are two ticks at once")
	}
	if _, cmd := b.Update(tickMsg{generation: b.generation}); cmd == nil {
		t.Error("a tick is not followed by another")
	}
	f.head.Playing = false
	if _, cmd := b.Update(tickMsg{generation: b.generation}); cmd != nil {
		t.Error("a tape that has stopped ticks on")
	}
}
