package watch

import (
	"context"
	"math"
	"sort"
	"sync"
	"time"

	"github.com/probetop/probetop/model"
)

// The speeds a player can play at.
const (
	Slowest = 0.25
	Fastest = 64
)

// Player shows a tape: it stands somewhere in it, moves on while it plays, and publishes what was known there.
// All its methods may be called by any goroutine and return at once.
type Player struct {
	// Frame is the least time between two snapshots; DefaultFrame unless it is changed before Run.
	Frame time.Duration

	// immutable after NewPlayer
	tape *Tape
	wake chan struct{} // what is wanted has changed; one slot
	*publisher

	mu sync.Mutex
	// guarded by mu
	head  model.Playhead
	since time.Time // when head.At was true, by the real clock
}

// NewPlayer returns a player that stands at a moment of the tape and, when it runs, plays at that speed; at
// speed 0 it stands still.
func NewPlayer(t *Tape, at time.Time, speed float64) *Player {
	p := &Player{tape: t, Frame: DefaultFrame, wake: make(chan struct{}, 1), publisher: newPublisher(), since: time.Now()}
	p.head = model.Playhead{Start: t.Start(), End: t.End(), Playing: speed > 0, Speed: 1}
	if speed > 0 {
		p.head.Speed = speed
	}
	if d := t.Damage(); d != nil {
		p.head.Damage = d.Error()
	}
	p.head.At = p.clamp(at)
	return p
}

// Run plays until ctx ends. It must be called once.
func (p *Player) Run(ctx context.Context) error {
	defer p.end()
	frames := time.NewTicker(p.Frame)
	defer frames.Stop()
	at := p.Playhead().At
	cluster, n := p.tape.fold(at)
	for {
		p.publish(cluster.Snapshot())
		select {
		case <-ctx.Done():
			return nil
		case <-p.wake:
		case <-frames.C:
		}
		to := p.Playhead().At
		if to.Before(at) {
			cluster, n = p.tape.fold(to)
		} else {
			next := p.tape.upTo(to)
			p.tape.forward(cluster, n, next, to)
			n = next
		}
		at = to
	}
}

// Playhead returns where the player stands.
func (p *Player) Playhead() model.Playhead {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.moveLocked()
	return p.head
}

// Now is the moment shown.
func (p *Player) Now() time.Time { return p.Playhead().At }

// Transitions returns the moments at which a pod's severity changed, in order.
func (p *Player) Transitions() []model.Transition { return p.tape.Transitions() }

// Play lets the tape run, from its beginning when it stands at its end, or stops it.
func (p *Player) Play(on bool) {
	p.change(func(h *model.Playhead) {
		if on && !h.At.Before(h.End) {
			h.At = h.Start
		}
		h.Playing = on
	})
}

// SetSpeed plays so many times as fast as it happened, between Slowest and Fastest.
func (p *Player) SetSpeed(x float64) {
	p.change(func(h *model.Playhead) { h.Speed = math.Min(math.Max(x, Slowest), Fastest) })
}

// Seek moves to a moment, or to the end of the tape that is nearer to it.
func (p *Player) Seek(to time.Time) { p.change(func(h *model.Playhead) { h.At = p.clamp(to) }) }

// Step stops, and moves so many recorded moments on, or back when n is negative.
func (p *Player) Step(n int) {
	p.change(func(h *model.Playhead) {
		h.Playing = false
		for ; n > 0; n-- {
			if i := p.tape.upTo(h.At); i < len(p.tape.changes) {
				h.At = p.tape.changes[i].At
			}
		}
		for ; n < 0; n++ {
			i := sort.Search(len(p.tape.changes), func(i int) bool { return !p.tape.changes[i].At.Before(h.At) })
			if i > 0 {
				h.At = p.tape.changes[i-1].At
			}
		}
	})
}

// Jump stops, and moves to the n-th transition from here on, or back when n is negative.
func (p *Player) Jump(n int) {
	p.change(func(h *model.Playhead) {
		h.Playing = false
		marks := p.tape.transitions
		for ; n > 0; n-- {
			if i := sort.Search(len(marks), func(i int) bool { return marks[i].At.After(h.At) }); i < len(marks) {
				h.At = marks[i].At
			}
		}
		for ; n < 0; n++ {
			if i := sort.Search(len(marks), func(i int) bool { return !marks[i].At.Before(h.At) }); i > 0 {
				h.At = marks[i-1].At
			}
		}
	})
}

// change alters the playhead where it stands now, and wakes Run.
func (p *Player) change(f func(*model.Playhead)) {
	p.mu.Lock()
	p.moveLocked()
	f(&p.head)
	p.mu.Unlock()
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

// moveLocked moves the playhead by the time that has passed, and stops it at the end.
func (p *Player) moveLocked() {
	now := time.Now()
	passed := now.Sub(p.since)
	p.since = now
	if !p.head.Playing {
		return
	}
	p.head.At = p.head.At.Add(time.Duration(float64(passed) * p.head.Speed))
	if !p.head.At.Before(p.head.End) {
		p.head.At, p.head.Playing = p.head.End, false
	}
}

func (p *Player) clamp(t time.Time) time.Time {
	switch {
	case t.Before(p.tape.Start()):
		return p.tape.Start()
	case t.After(p.tape.End()):
		return p.tape.End()
	}
	return t
}
