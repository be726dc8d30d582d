package model

import "time"

// late is that the events of a node reach us late: a kubelet that has more to tell than it may (eventRecordQPS), or whose
// API server is slow, tells it in order, and what has happened meanwhile waits behind it.
type late struct {
	// by is how late the newest event was when we heard it.
	by    time.Duration
	heard time.Time
}

// mostLate is more than a kubelet's queue makes an event late: it holds 1,000, and 50 of them are sent in a second
// (client-go tools/record/event.go, and the defaults of eventRecordQPS).
const mostLate = time.Minute

// until is when the node's events may be believed to come in time again if nobody speaks: what has been waiting so long has
// had as long again to get through.
func (l late) until() time.Time { return l.heard.Add(2 * l.by) }

// lateness is how late an event reached us, at least: a node's clock that is behind ours makes it later.
func (e *Event) lateness(heard time.Time) time.Duration {
	if e.Count == 1 && e.born != 0 {
		return heard.Sub(time.Unix(0, e.born))
	}
	return heard.Sub(e.Last) - time.Second
}

// heardLate remembers how late the newest of the events of the pod's node is, at what moment it was known. One that a list tells
// may be of any age, and was known when the API server wrote it.
func (c *Cluster) heardLate(p *Pod, e *Event, at time.Time) {
	if p == nil || p.Node == "" || e.Container == "" {
		return // it need not be the kubelet's
	}
	by := e.lateness(at)
	if by > mostLate {
		return // it waited somewhere else
	}
	was, known := c.lates[p.Node]
	switch {
	case at.Before(was.heard):
	case by > eventLag:
		c.lates[p.Node] = late{by, at}
		if !known || !at.Before(was.until()) {
			c.dirtyNodes[p.Node] = struct{}{}
		}
	case known:
		delete(c.lates, p.Node)
		c.dirtyNodes[p.Node] = struct{}{}
	}
}

// eventsLate reports whether what the events of the pod say, or do not say, is old news, and until when.
func (j *judge) eventsLate() (time.Time, bool) {
	until := j.late.until()
	return until, j.late.by > 0 && j.now.Before(until)
}
