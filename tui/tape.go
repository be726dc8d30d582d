package tui

import (
	"sort"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/probetop/probetop/model"
)

// Tape is a recording that is being played. Its methods may be called at any time and return at once; what
// they change comes through the [Source], as snapshots, and is in the playhead already.
type Tape interface {
	// Playhead says where the recording stands. It is cheap.
	Playhead() model.Playhead
	// Transitions lists every one of the recording, in order of time. They never change.
	Transitions() []model.Transition
	// Play starts the tape, from the beginning when it stands at its end, or stops it.
	Play(on bool)
	// SetSpeed sets how many times as fast as it happened the tape plays.
	SetSpeed(x float64)
	// Seek goes to a moment, or to the end of the recording that is nearer.
	Seek(t time.Time)
	// Step goes n recorded moments on, or back when n is negative, and stops.
	Step(n int)
	// Jump goes to the n-th next transition, or to a previous one when n is negative, and stops.
	Jump(n int)
}

// How far the keys seek.
const (
	shortSeek = 5 * time.Second
	longSeek  = time.Minute
)

// speeds are those that the keys go through.
var speeds = [...]float64{0.25, 0.5, 1, 2, 4, 8, 16, 32, 64}

// faster returns the speed after x, and slower the one before it.
func faster(x float64) float64 {
	return speeds[min(sort.Search(len(speeds), func(i int) bool { return speeds[i] > x }), len(speeds)-1)]
}

func slower(x float64) float64 {
	return speeds[max(sort.SearchFloat64s(speeds[:], x)-1, 0)]
}

// pressTape handles a key that moves the tape, and reports whether it was one. Without a tape none is.
func (b *Board) pressTape(k tea.KeyPressMsg) bool {
	t, m := b.options.Tape, b.keys
	switch {
	case m.Play.is(k):
		t.Play(!t.Playhead().Playing)
	case m.Next.is(k):
		t.Jump(1)
	case m.Previous.is(k):
		t.Jump(-1)
	case m.Ahead.is(k):
		t.Seek(t.Playhead().At.Add(shortSeek))
	case m.Rewind.is(k):
		t.Seek(t.Playhead().At.Add(-shortSeek))
	case m.FarAhead.is(k):
		t.Seek(t.Playhead().At.Add(longSeek))
	case m.FarBack.is(k):
		t.Seek(t.Playhead().At.Add(-longSeek))
	case m.Step.is(k):
		t.Step(1)
	case m.StepBack.is(k):
		t.Step(-1)
	case m.Faster.is(k):
		t.SetSpeed(faster(t.Playhead().Speed))
	case m.Slower.is(k):
		t.SetSpeed(slower(t.Playhead().Speed))
	case m.Start.is(k):
		t.Seek(t.Playhead().Start)
	case m.End.is(k):
		t.Seek(t.Playhead().End)
	default:
		return false
	}
	return true
}
