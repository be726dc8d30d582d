package prober

import (
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/probetop/probetop/model"
)

// readKept is how long a pod that was read is good for. It bounds what a watch that was lost can hide: ways lead to the
// pod of a name, whichever that is.
const readKept = time.Minute

// place is what the prober remembers of a pod that it has run probes of.
type place struct {
	// turn is held by the run of the pod that is under way.
	turn chan struct{}

	// guarded by the Prober's mu
	users   int
	backoff backoff
	// began is when the newest run of each probe began.
	began map[model.Key]time.Time
	// read is the pod as it was last read, and version the resource version that the model knew then.
	read    *corev1.Pod
	version string
	readAt  time.Time
	ip      string // that ways were opened to
}

// enter returns the place of a pod, which stays while it is used.
func (p *Prober) enter(uid model.UID) *place {
	p.mu.Lock()
	defer p.mu.Unlock()
	pl := p.places[uid]
	if pl == nil {
		pl = &place{turn: make(chan struct{}, 1), began: map[model.Key]time.Time{}}
		p.places[uid] = pl
	}
	pl.users++
	return pl
}

// leave gives a place back. That of a pod that is gone is forgotten with its last user.
func (p *Prober) leave(uid model.UID, pl *place) {
	p.mu.Lock()
	pl.users--
	forgotten := p.forgetLocked(uid)
	p.mu.Unlock()
	if forgotten {
		p.ways.Forget(uid)
	}
}

// forgetLocked forgets the place of a pod that is known to be gone, unless it is used. It reports whether it did.
func (p *Prober) forgetLocked(uid model.UID) bool {
	pl := p.places[uid]
	if pl == nil || pl.users > 0 || p.rows[uid] != nil || !p.following {
		return false
	}
	delete(p.places, uid)
	return true
}

// remembered returns the pod as it was read before, if the model has heard of no change since.
func (p *Prober) remembered(uid model.UID, pl *place) *corev1.Pod {
	p.mu.Lock()
	defer p.mu.Unlock()
	row := p.rows[uid]
	if !p.auto || row == nil || pl.read == nil || pl.version != row.Pod.ResourceVersion || time.Since(pl.readAt) >= readKept {
		return nil
	}
	return pl.read
}

// remember keeps a pod that was read when the model knew the given version of it.
func (p *Prober) remember(pl *place, pod *corev1.Pod, version string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.auto {
		pl.read, pl.version, pl.readAt = pod, version, time.Now()
	}
	pl.ip = pod.Status.PodIP
}

// version returns the resource version that the model knows of a pod; empty when it does not know it.
func (p *Prober) version(uid model.UID) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if row := p.rows[uid]; row != nil {
		return row.Pod.ResourceVersion
	}
	return ""
}
