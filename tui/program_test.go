package tui

import (
	"bytes"
	"context"
	"errors"
	"io"
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

// play runs a whole program on a terminal of 80×24 that is typed on, key by key, every two seconds.
func play(t *testing.T, ctx context.Context, source Source, keys ...string) (string, error) {
	t.Helper()
	in, typing := io.Pipe()
	var out bytes.Buffer
	done := make(chan error, 1)
	o := options()
	o.Source, o.Now = source, time.Now
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
		screen, err := play(t, t.Context(), source, "j", "\r", "q")
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
		if _, err := play(t, ctx, &film{every: time.Second}); err != nil {
			t.Error(err)
		}
	})
}

func TestProgramStaysWhenItsSourceEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := &film{every: time.Second, snapshots: []*model.Snapshot{incident().snapshot()}, end: errors.New("the recording is over")}
		screen, err := play(t, t.Context(), source, "j", "j", "\x03")
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
