package infer

import (
	"time"

	"github.com/probetop/probetop/model/fact"
)

// This file says what statuses are worth that reach us late. A kubelet writes them one after the other (pkg/kubelet/status/status_manager.go,
// syncBatch), so that one which has much to tell, or whose API server is slow, is late with all of them. A node whose events
// are late may have late statuses, too.

// SlowLag is how late a status is in time: from the change that it tells to us.
const SlowLag = statusLag

// SlowUntil is when the node's statuses may be believed to come in time again if it says nothing more.
func (l Late) SlowUntil() time.Time { return l.SlowHeard.Add(2*l.Slow + catchUp) }

// statusesLate reports whether what the status says may be old news, by how much at most, and until when.
func (j *Facts) statusesLate() (by time.Duration, until time.Time, late bool) {
	if at, waits := j.eventsLate(); waits {
		by, until, late = catchUp, at, true
	}
	if at := j.Late.SlowUntil(); j.Late.Slow > 0 && j.Now.Before(at) {
		by, until, late = max(by, j.Late.Slow), fact.Latest(until, at), true
	}
	return by, until, late
}

// shows reports whether a success after a failure, or between it and one before it, would be in the status that we know.
func (j *Facts) shows(f *Failure) bool {
	by, _, late := j.statusesLate()
	return !late || f.To().Before(j.Now.Add(-by))
}

// delayOf is how long the status of a change that was heard at a moment may have been on its way.
func (j *Facts) delayOf(at time.Time) time.Duration {
	delay := statusDelay
	if _, deaf := j.deafIn(at.Add(-catchUp), at); deaf {
		delay = catchUp
	}
	if slow := j.Late.Slow; slow > delay && !at.After(j.Late.SlowUntil()) && at.After(j.Late.SlowHeard.Add(-slow-catchUp)) {
		delay = slow
	}
	return delay
}
