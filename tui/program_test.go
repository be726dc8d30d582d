package tui

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"github.com/probetop/probetop/model"
)

// film is a source that says something new every so often, and ends when it has been shown.
type film struct {
	every     time.Duration
	snapshots []*model.Snapshot
	end       error
}

func (f *film) Next(ctx context.Context) (*model.Snapshot, error) {
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-time.After(f.every):
	}
	if len(f.snapshots) == 0 {
		if f.end != nil {
			return nil, f.end
		}
		<-ctx.Done()
		return nil, ctx.Err()
	}
	s := f.snapshots[0]
	f.snapshots = f.snapshots[1:]
	return s, nil
}

// showing returns the options of a board on a source.
func showing(source Source) Options {
	o := options()
	o.Source, o.Now = source, time.Now
	return o
}

// play runs a whole program on a terminal of 80×24 that is typed on, key by key, every two seconds.
func play(t *testing.T, ctx context.Context, o Options, keys ...string) (string, error) {
	t.Helper()
	in, typing := io.Pipe()
	var out bytes.Buffer
	done := make(chan error, 1)
	go func() {
		done <- run(ctx, o, tea.WithInput(in), tea.WithOutput(&out), tea.WithWindowSize(80, 24),
			tea.WithColorProfile(colorprofile.ASCII), tea.WithoutSignalHandler(), tea.WithEnvironment([]string{"TERM=xterm"}))
	}()
	for _, k := range keys {
		time.Sleep(2 * time.Second)
		if _, err := io.WriteString(typing, k); err != nil {
			t.Error(err)
		}
	}
	err := <-done
	time.Sleep(10 * time.Second) // the last tick cannot be called off
	if err := typing.Close(); err != nil {
		t.Error(err)
	}
	synctest.Wait()
	return out.String(), err
}

func TestProgramShowsMovesAndQuits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := &film{every: 500 * time.Millisecond, snapshots: []*model.Snapshot{incident().snapshot()}}
		screen, err := play(t, t.Context(), showing(source), "j", "\r", "q")
		if err != nil {
			t.Error(err)
		}
		for _, want := range []string{"prod-eu", "restart due", "1 of 16", "2", "CONTAINER", "connection refused"} {
			if !strings.Contains(screen, want) {
				t.Errorf("%q has not been drawn:\n%q", want, screen)
			}
		}
	})
}

func TestProgramEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		if _, err := play(t, ctx, showing(&film{every: time.Second})); err != nil {
			t.Error(err)
		}
	})
}

func TestProgramStaysWhenItsSourceEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := &film{every: time.Second, snapshots: []*model.Snapshot{incident().snapshot()}, end: errors.New("the recording is over")}
		screen, err := play(t, t.Context(), showing(source), "j", "j", "q")
		if err != nil {
			t.Error(err)
		}
		for _, want := range []string{"ended", "the recording is over", "restart due"} {
			if !strings.Contains(screen, want) {
				t.Errorf("%q has not been drawn", want)
			}
		}
	})
}

func TestProgramPlaysATape(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := recordedNight()
		f.since, f.head.Playing, f.head.Speed = time.Now(), true, 0.5
		o := showing(&film{every: 500 * time.Millisecond, snapshots: []*model.Snapshot{incident().snapshot()}})
		o.Tape = f
		at := f.head.At
		screen, err := play(t, t.Context(), o, "+", " ", "]", ">", "q")
		if err != nil {
			t.Error(err)
		}
		for _, want := range []string{"REPLAY 2026-11-21", "► playing", "0.5×", "‖ paused", "END ", "shop/legacy-0 unread", "restart due"} {
			if !strings.Contains(screen, want) {
				t.Errorf("%q has not been drawn:\n%q", want, screen)
			}
		}
		// Two seconds at half the speed, two at full speed, a minute, and then to the end.
		want := []string{"speed 1", "play false", "seek 1m0s", fmt.Sprint("seek ", f.head.End.Sub(at)-63*time.Second)}
		if !slices.Equal(f.told, want) {
			t.Errorf("the tape was told %q, want %q", f.told, want)
		}
	})
}

func TestProgramRunsProbesFromHere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeShadow{}
		o := showing(&film{every: 500 * time.Millisecond, snapshots: []*model.Snapshot{commands([]string{"cat", "/tmp/ok"})}})
		o.Shadow = f
		screen, err := play(t, t.Context(), o, "a", "P", "n", "P", "y", "q")
		if err != nil {
			t.Error(err)
		}
		for _, want := range []string{"shadow auto", `run "cat /tmp/ok" in web0 of shop/web-0, 2 times?`, "not run", "2 probes of shop/web-0 from here"} {
			if !strings.Contains(screen, want) {
				t.Errorf("%q has not been drawn:\n%q", want, screen)
			}
		}
		f.wantTold(t, "view 1 shop-web-0", "auto true", "run web-0 web0 readiness confirmed", "run web-0 web0 liveness confirmed")
	})
}

func TestProgramOnATapeThatStandsDoesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := recordedNight()
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		o := showing(&film{every: time.Second, snapshots: []*model.Snapshot{incident().snapshot()}})
		o.Tape = f
		if _, err := play(t, ctx, o); err != nil {
			t.Error(err)
		}
		if f.asked > 20 {
			t.Errorf("in an hour the tape was asked %d times", f.asked)
		}
	})
}
