package infer

import (
	"time"

	"github.com/probetop/probetop/model/fact"
)

// LastFlip is when the container was last seen to become ready or started, or to cease to be; zero when it was
// not seen.
func (j *Facts) LastFlip(c *fact.Container, what flipKind, to bool) time.Time {
	if f := j.flipped(c, what, to); f != nil {
		return f.At
	}
	return time.Time{}
}

// flipped returns that change; nil when it was not seen.
func (j *Facts) flipped(c *fact.Container, what flipKind, to bool) *flip {
	if j.History == nil {
		return nil
	}
	for i := len(j.History.Flips) - 1; i >= 0; i-- {
		if f := &j.History.Flips[i]; f.Container == c.Name && f.What == what && f.To == to {
			return f
		}
	}
	return nil
}

// unreadySince is since when a container has surely not been ready: since a change that was seen, or since it was seen
// first, and not before the pod's conditions say that something ceased to be.
func (j *Facts) unreadySince(c *fact.Container) (since time.Time, known bool) {
	if c.Ready {
		return since, false
	}
	ready := j.Pod.Condition("ContainersReady")
	told := ready != nil && ready.Status == fact.False
	since = j.LastFlip(c, FlipReady, false)
	switch {
	case since.IsZero() && told && j.Pod.ProbedAlone():
		return ready.Since, true
	case since.IsZero():
		since = j.Seen
	}
	if told && ready.Since.After(since) {
		since = ready.Since
	}
	if j.History != nil && j.History.relisted.After(since) && !j.Pod.ProbedAlone() {
		since = j.History.relisted // it may have been ready during the outage
	}
	return since, true
}
