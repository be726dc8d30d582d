package prober

import (
	"errors"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/types"

	"github.com/probetop/probetop/model"
)

// forsaken is how long a command is taken to run when nobody can know any more.
const forsaken = time.Minute

// unfinished are the commands that may still run in their containers.
type unfinished struct {
	mu sync.Mutex
	// guarded by mu
	until map[model.Key]time.Time // zero while the end will be known
}

// begin notes that a command of a probe runs. The function that it returns says that it has ended, or that this
// cannot be known any more. While another one runs the error is a *Broken.
func (u *unfinished) begin(probe model.Key) (done func(lost bool), err error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.isLocked(probe) {
		return nil, &Broken{Err: errors.New("an earlier command of this probe has not ended"), Lack: model.LackUnfinished}
	}
	u.until[probe] = time.Time{}
	return func(lost bool) {
		u.mu.Lock()
		defer u.mu.Unlock()
		delete(u.until, probe)
		if lost {
			u.until[probe] = time.Now().Add(forsaken)
		}
	}, nil
}

func (u *unfinished) is(probe model.Key) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.isLocked(probe)
}

func (u *unfinished) isLocked(probe model.Key) bool {
	until, ok := u.until[probe]
	if ok && !until.IsZero() && !time.Now().Before(until) {
		delete(u.until, probe)
		ok = false
	}
	return ok
}

// forget forgets the commands of a pod that is gone.
func (u *unfinished) forget(uid types.UID) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for probe := range u.until {
		if probe.Pod == string(uid) {
			delete(u.until, probe)
		}
	}
}
