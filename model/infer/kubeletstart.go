package infer

import (
	"time"

	"github.com/probetop/probetop/model/fact"
	"github.com/probetop/probetop/model/kubelet"
)

// KubeletStart is the newest start of a node's kubelet that is known; nil for none. It never changes.
type KubeletStart struct {
	// At is when it was, by the node's clock and to the second.
	At time.Time
	// By is by when it was, by the clock of the API server.
	By time.Time
	// Expired is set when there is no event any more that tells it.
	Expired bool
}

// window is when the start was, by the node's clock.
func (s *KubeletStart) window() fact.Window {
	return fact.Window{Earliest: s.At.Add(-time.Nanosecond), Latest: s.At.Add(time.Second)}
}

// Tells reports whether a start is what the other signs of a restart between two moments are of. Those that begin after it are
// of a later one, which no event has told.
func (s *KubeletStart) Tells(w fact.Window) bool {
	return s != nil && (w.IsZero() || !w.Earliest.After(s.window().Latest))
}

// startsKnown reports whether every start of the pod's kubelet since a moment is known.
func (j *Facts) startsKnown(since time.Time) bool {
	return !j.StartsFrom.IsZero() && !since.Before(j.StartsFrom)
}

// survival is how much older than its kubelet a container has to be for its state to be kept (kubeletRestartGracePeriod of
// pkg/kubelet/prober/prober_manager.go).
const survival = 10 * time.Second

// StartedByRestart reports whether a container may be called started because its kubelet was restarted in its startup period: one
// from 1.35 on takes it for one that had started (kubernetes/kubernetes#142305).
func (j *Facts) StartedByRestart(c *fact.Container) bool {
	w, restarted := j.restartOfKubelet()
	v := j.Node.Version()
	if !restarted || c.Probes[fact.Startup] == nil || c.State != fact.Running || !c.HasStarted() || v.Known() && kubelet.ForgetsAtRestart(v) {
		return false
	}
	if w.Latest.Before(c.StartedAt.Add(survival)) {
		return false
	}
	told := w.Latest
	if j.Start.Tells(w) {
		told = j.Start.By
	}
	if flip := j.LastFlip(c, flipStarted, true); flip.After(c.StartedAt) {
		return !flip.Before(told.Add(-statusLag))
	}
	watched := j.Seen.Before(told) && !j.Seen.Before(c.StartedAt) // it was called started when it was seen first
	return !watched && !j.startedIn(c).Latest.Before(w.Earliest)
}

// surelyStarted reports whether a container that is called started has surely had a success of its startup probe: every restart of
// its kubelet is known, and none of them, nor the instance before, is why it is called so.
func (j *Facts) surelyStarted(c *fact.Container) bool {
	if !j.startsKnown(c.StartedAt) || j.StartedByRestart(c) {
		return false
	}
	return c.Restarts == 0 || !kubelet.StartupGatingBug(j.Node.Version()) || j.LastFlip(c, flipStarted, true).After(c.StartedAt)
}
