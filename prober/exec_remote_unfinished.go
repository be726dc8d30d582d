package prober

import (
	"errors"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/types"

	"github.com/probetop/probetop/model"
)

// forsaken is how long a command is taken to run when nobody can know any more: twice as long each time in a row, up to
// an hour or so, for a command that hangs is not to be started again and again.
const (
	forsaken   = time.Minute
	forsakings = 6
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
}

// begin notes that a command of a probe runs. The function that it returns says that it has ended, or that this
// cannot be known any more. While another one runs the error is a *Broken.
func (u *unfinished) begin(probe model.Key) (done func(lost bool), err error) {
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
	r.runs, r.until = true, time.Time{}
	return func(lost bool) {
		u.mu.Lock()
		defer u.mu.Unlock()
		switch {
		case lost:
			r.until = time.Now().Add(forsaken << min(r.lost, forsakings))
			r.lost++
		case u.runs[probe] == r: // the pod has not been forgotten meanwhile
			delete(u.runs, probe)
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
