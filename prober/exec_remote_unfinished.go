package prober

import (
	"errors"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/types"

	"github.com/probetop/probetop/model"
)

// lostCommandTTL is how long a command is taken to run when that cannot be known any more: twice as long each time in a row, up to
// an hour or so, for a command that hangs is not to be started again and again. The first time it is many times as long as
// the run before it took, if that is shorter and the run's end is known: a way that broke is no sign of a command that hangs.
const (
	lostCommandTTL   = time.Minute
	maxLostDoublings = 6
	lostCommandLeast = 2 * time.Second
	manyTimes        = 10
)

// unfinished are the commands that may still run in their containers.
type unfinished struct {
	mu sync.Mutex
	// guarded by mu
	runs map[model.Key]*running
}

// running is what is known of the command of a probe.
type running struct {
	runs  bool
	until time.Time // until when a lost one is taken to run; zero while its end will be known
	lost  int       // how many in a row were lost
	began time.Time
	took  time.Duration // of the newest whose end is known; zero for none
}

// assumedRunning returns how long the command is taken to run when it is lost.
func (r *running) assumedRunning() time.Duration {
	if r.lost == 0 && r.took > 0 {
		return min(lostCommandTTL, max(lostCommandLeast, manyTimes*r.took))
	}
	return lostCommandTTL << min(r.lost, maxLostDoublings)
}

// fate is what became of a command.
type fate uint8

const (
	// ended is a command whose end is known.
	ended fate = iota
	// lost is one whose end cannot be known any more.
	lost
	// neverBegan is one that was refused: it says nothing about those before it.
	neverBegan
)

// fateOf returns the fate of a command that was under way, from the error of its result.
func fateOf(err error) fate {
	if err != nil {
		return lost
	}
	return ended
}

// begin notes that a command of a probe runs. The function that it returns says what became of it. While another one
// runs the error is a *Broken.
func (u *unfinished) begin(probe model.Key) (done func(fate), err error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	r := u.runs[probe]
	if r.is(time.Now()) {
		return nil, &Broken{Err: errors.New("an earlier command of this probe may not have ended"), Lack: model.LackUnfinished}
	}
	if r == nil {
		r = &running{}
		u.runs[probe] = r
	}
	r.runs, r.until, r.began = true, time.Time{}, time.Now()
	return func(f fate) {
		u.mu.Lock()
		defer u.mu.Unlock()
		switch f {
		case lost:
			r.until = time.Now().Add(r.assumedRunning())
			r.lost++
		case neverBegan:
			r.runs = false
		case ended:
			r.runs, r.lost, r.took = false, 0, time.Since(r.began)
		}
	}, nil
}

// is reports whether the command may run.
func (r *running) is(now time.Time) bool {
	return r != nil && r.runs && (r.until.IsZero() || now.Before(r.until))
}

func (u *unfinished) is(probe model.Key) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.runs[probe].is(time.Now())
}

// forget forgets the commands of a pod that is gone.
func (u *unfinished) forget(uid types.UID) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for probe := range u.runs {
		if probe.Pod == string(uid) {
			delete(u.runs, probe)
		}
	}
}
