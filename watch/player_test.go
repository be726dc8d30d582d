package watch

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	apiwatch "k8s.io/apimachinery/pkg/watch"

	"github.com/probetop/probetop/recording"
)

// growing is a tape on which a pod appears every ten seconds, for a minute.
func growing(t *testing.T) *Tape {
	t.Helper()
	return taped(t, func(w *recording.Writer) {
		w.Source(moment(0), 0, recording.Source{Kind: "pods", State: "synced"})
		for i, name := range []string{"a", "b", "c", "d", "e", "f"} {
			w.Object(moment(10*i+10), 0, apiwatch.Added, "pods", running(name, i%2 == 0, 0))
		}
	})
}

// playing runs a player in the bubble.
func playing(t *testing.T, p *Player) (pods func() int) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- p.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return func() int {
		time.Sleep(DefaultFrame)
		synctest.Wait()
		return len(p.Snapshot().Rows)
	}
}

func TestPlayerPlaysAtItsSpeed(t *testing.T) {
	for _, speed := range []float64{0.5, 1, 10} {
		synctest.Test(t, func(t *testing.T) {
			p := NewPlayer(growing(t), moment(0), speed)
			pods := playing(t, p)
			time.Sleep(time.Duration(float64(31*time.Second) / speed))
			if n := pods(); n != 3 {
				t.Errorf("at speed %v %d pods after 31 s of the recording, want 3", speed, n)
			}
			time.Sleep(time.Hour)
			h := p.Playhead()
			if n := pods(); n != 6 || h.Playing || !h.At.Equal(h.End) {
				t.Errorf("at speed %v: %d pods at the end, %+v", speed, n, h)
			}
			p.Play(true)
			if h := p.Playhead(); !h.Playing || h.At.After(moment(1)) {
				t.Errorf("play at the end stands at %v", h.At)
			}
		})
	}
}

func TestPlayerIsWound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := NewPlayer(growing(t), moment(0), 0)
		pods := playing(t, p)
		for _, move := range []struct {
			what string
			do   func()
			pods int
			at   int
		}{
			{"stand still", func() { time.Sleep(time.Hour) }, 0, 0},
			{"seek forward", func() { p.Seek(moment(35)) }, 3, 35},
			{"seek back", func() { p.Seek(moment(15)) }, 1, 15},
			{"seek beyond the end", func() { p.Seek(moment(999)) }, 6, 60},
			{"seek before the beginning", func() { p.Seek(moment(-5)) }, 0, 0},
			{"step", func() { p.Step(2) }, 2, 20},
			{"step back", func() { p.Step(-1) }, 1, 10},
			{"step back beyond the beginning", func() { p.Step(-9) }, 0, 0},
			{"jump", func() { p.Jump(3) }, 3, 30},
			{"jump back", func() { p.Jump(-1) }, 2, 20},
			{"jump beyond the end", func() { p.Jump(99) }, 6, 60},
		} {
			move.do()
			n := pods()
			if h := p.Playhead(); n != move.pods || !h.At.Equal(moment(move.at)) || h.Playing {
				t.Errorf("%s: %d pods at %v, want %d at %d s", move.what, n, h.At.Sub(moment(0)), move.pods, move.at)
			}
		}
	})
}

func TestPlayerKeepsItsSpeedWithinBounds(t *testing.T) {
	p := NewPlayer(growing(t), moment(0), 1)
	for want, x := range map[float64]float64{Slowest: 0, Fastest: 1e9, 2: 2} {
		p.SetSpeed(x)
		if got := p.Playhead().Speed; got != want {
			t.Errorf("speed %v became %v, want %v", x, got, want)
		}
	}
}
