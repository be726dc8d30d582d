package model

import (
	"slices"
	"time"

	"github.com/probetop/probetop/model/fact"
)

// history is what the fold remembers of a pod beyond what its facts say now. It is shared with published rows:
// it is replaced, never written to.
type history struct {
	// failures are the writes of probe events, oldest first.
	failures []failure
	// kills are the writes of Killing events, oldest first.
	kills []kill
	// ends are the container instances that ended, oldest first.
	ends []end
	// flips are the changes of containers' started and ready that were seen happen, oldest first.
	flips []flip
	// retold is when a list told last of a pod that was known: what happened before may have been missed.
	retold time.Time
}

// What a history holds at most of each; the oldest goes first.
const (
	maxFailures = 96
	maxKills    = 48
	maxEnds     = 32
	maxFlips    = 32
)

// failure is one write of a probe event: the probe failed n times after from and until to, the last time at to.
type failure struct {
	event   *fact.Event // as it was written; its Container, Probe and Outcome say what it is about
	from    time.Time
	n       int32
	heard   time.Time // when we heard of it; zero when a list told it
	initial bool      // the first we heard of the event: from is its first occurrence, and counts
}

func (f *failure) to() time.Time { return f.event.Last }

// listed reports whether a list told of the failure, some time after it was.
func (f *failure) listed() bool { return f.heard.IsZero() }

// kill is one write of a Killing event.
type kill struct {
	container string
	cause     fact.KillCause
	at        time.Time
}

// end is a container instance that ended, and what came after it.
type end struct {
	container string
	how       fact.Termination
	// untold is set when no status has said how it ended: then how ends when the next instance started.
	untold bool
	count  int32 // the restart count when it was seen
	// next is when the instance after it started; zero while none has.
	next time.Time
	// started and ready are when that instance was seen to become so; zero when nobody saw it.
	started, ready time.Time
	// last is what was said of started when the instance was last seen to run; Unknown when nobody saw it.
	last fact.Tri
	// heard is when we heard of it, settled is set when the counters have been read after that, and counted is the
	// cause that they name; empty for none.
	heard   time.Time
	settled bool
	counted RestartCause
}

// flip is a change of a container's started or ready, or its next instance, at the time we heard of it.
type flip struct {
	container string
	what      flipKind
	to        bool
	at        time.Time
	// told is the second in which the pod's conditions say that it happened; zero when they do not.
	told time.Time
	// listed is set when it was not seen happen, but has happened since the pod was heard of before.
	listed bool
}

// by is when the change had happened at the latest: when we heard of it, or before when it waited on its way.
func (f *flip) by() time.Time {
	if told := f.told.Add(time.Second); !f.told.IsZero() && told.Before(f.at) {
		return told
	}
	return f.at
}

type flipKind uint8

const (
	flipStarted flipKind = iota
	flipReady
	// flipRunning is a new instance of which a status tells.
	flipRunning
)

// clone returns a copy whose slices may be appended to.
func (h *history) clone() *history {
	if h == nil {
		return &history{}
	}
	n := *h
	n.failures = slices.Clip(h.failures)
	n.kills = slices.Clip(h.kills)
	n.ends = slices.Clip(h.ends)
	n.flips = slices.Clip(h.flips)
	return &n
}

// keep appends to a list that holds at most so many.
func keep[T any](list []T, limit int, more T) []T {
	if len(list) >= limit {
		list = slices.Clone(list[len(list)-limit+1:])
	}
	return append(list, more)
}

// heardEvent remembers what an event that is new, or has occurred again, adds to what is known. It returns h
// itself when that is nothing.
func (h *history) heardEvent(old, e *fact.Event, at time.Time, listed bool) *history {
	if e.Outcome == fact.NoOutcome && e.Kill == fact.NotKilled {
		return h
	}
	n := e.Count
	if old == nil {
		old = h.lastWrite(e)
	}
	if old != nil {
		n -= old.Count
	}
	if n <= 0 {
		return h
	}
	next := h.clone()
	if e.Kill != fact.NotKilled {
		next.kills = keep(next.kills, maxKills, kill{e.Container, e.Kill, e.Last})
		return next
	}
	f := failure{event: e, from: e.First, n: n, initial: old == nil}
	if old != nil {
		f.from = old.Last
	}
	if !listed {
		f.heard = at
	}
	next.failures = keep(next.failures, maxFailures, f)
	slices.SortStableFunc(next.failures, func(a, b failure) int { return a.to().Compare(b.to()) })
	return next
}

// lastWrite finds the last write of an event whose object has expired and is written anew with its old count.
func (h *history) lastWrite(e *fact.Event) *fact.Event {
	if h == nil || e.Count < 2 {
		return nil
	}
	for _, f := range slices.Backward(h.failures) {
		o := f.event
		if o.First.Equal(e.First) && o.Container == e.Container && o.Message == e.Message && o.Count <= e.Count {
			return o
		}
	}
	return nil
}

// heardPod remembers what a new status of the pod says about instances that ended and changes of started and
// ready. old is nil for a pod that was not known. What a list tells may have happened long before.
func (h *history) heardPod(old, p *fact.Pod, at time.Time, listed bool) *history {
	next := h
	change := func() *history {
		if next == h {
			next = h.clone()
		}
		return next
	}
	if listed && old != nil && !p.ProbedAlone() && !p.Ready() {
		change().retold = at
	}
	for i := range p.Containers {
		c := &p.Containers[i]
		var was *fact.Container
		if old != nil {
			was = old.Container(c.Name)
		}
		if how, ok := c.Ended(); ok && c.Kind != fact.Init && !next.knowsEnd(c, how) {
			n := change()
			how.Date(was, c)
			e := end{container: c.Name, how: how, last: was.StartedIn(how), count: c.Restarts, heard: at}
			ends := n.untold(&e)
			n.ends = keep(ends, maxEnds, e)
		}
		if how, ok := c.Replaced(was); ok && !next.knowsLife(c.Name, how) {
			n := change()
			n.ends = keep(n.ends, maxEnds, end{container: c.Name, how: how, last: was.StartedIn(how), untold: true, count: c.Restarts, heard: at})
		}
		if was != nil && was.Started != c.Started && c.Started != fact.Unknown {
			n := change()
			n.flips = keep(n.flips, maxFlips, flip{container: c.Name, what: flipStarted, to: c.Started == fact.True, at: at, listed: listed})
		}
		if was != nil && c.State == fact.Running && (was.State != fact.Running || !was.StartedAt.Equal(c.StartedAt)) {
			n := change()
			n.flips = keep(n.flips, maxFlips, flip{container: c.Name, what: flipRunning, to: true, at: at, listed: listed})
		}
		if was != nil && was.Ready != c.Ready {
			n := change()
			f := flip{container: c.Name, what: flipReady, to: c.Ready, at: at, listed: listed}
			if ready := p.Condition("ContainersReady"); c.Ready && ready != nil && ready.Status == fact.True {
				f.told = ready.Since
			}
			n.flips = keep(n.flips, maxFlips, f)
		}
		if e := next.lastEnd(c.Name); e >= 0 {
			if updated := next.ends[e].followed(was, c, at, listed); updated != next.ends[e] {
				n := change()
				n.ends = slices.Clone(n.ends)
				n.ends[e] = updated
			}
		}
	}
	return next
}

// knowsLife reports whether the end of an instance that started when how says is known.
func (h *history) knowsLife(container string, how fact.Termination) bool {
	return h != nil && slices.ContainsFunc(h.ends, func(e end) bool {
		return e.container == container && e.how.StartedAt.Equal(how.StartedAt)
	})
}

// untold returns the ends without the one that e tells of at last. What else was known of that is e's.
func (h *history) untold(e *end) []end {
	return slices.DeleteFunc(slices.Clone(h.ends), func(o end) bool {
		same := o.untold && o.container == e.container && o.how.StartedAt.Equal(e.how.StartedAt)
		if same {
			e.next, e.started, e.ready, e.counted = o.next, o.started, o.ready, o.counted
			if e.last == fact.Unknown {
				e.last = o.last
			}
		}
		return same
	})
}

// knowsEnd reports whether an end is known. One without times, of an instance that the runtime has forgotten, is known by
// the restart count that goes with it, and is that of the instance before, if that is known to have ended.
func (h *history) knowsEnd(c *fact.Container, how fact.Termination) bool {
	if h == nil {
		return false
	}
	if how.FinishedAt.IsZero() {
		last := h.lastEnd(c.Name)
		return last >= 0 && (h.ends[last].count >= c.Restarts || h.ends[last].next.IsZero())
	}
	return slices.ContainsFunc(h.ends, func(e end) bool {
		return !e.untold && e.container == c.Name && e.how.FinishedAt.Equal(how.FinishedAt) && e.how.StartedAt.Equal(how.StartedAt)
	})
}

// lastEnd returns the index of the container's newest end, or -1.
func (h *history) lastEnd(container string) int {
	if h == nil {
		return -1
	}
	for i := len(h.ends) - 1; i >= 0; i-- {
		if h.ends[i].container == container {
			return i
		}
	}
	return -1
}

// followed returns the end with what the instance after it has come to. Only what is seen to happen has a time. was is what
// was said of the container before; nil for nothing.
func (e end) followed(was, c *fact.Container, at time.Time, listed bool) end {
	if c.State != fact.Running || c.StartedAt.Before(e.how.FinishedAt) || !e.next.IsZero() && !e.next.Equal(c.StartedAt) {
		return e
	}
	e.next, e.count = c.StartedAt, c.Restarts
	if was == nil || listed {
		return e
	}
	other := was.State != fact.Running || !was.StartedAt.Equal(c.StartedAt)
	if e.started.IsZero() && c.HasStarted() && (other || !was.HasStarted()) {
		e.started = at
	}
	if e.ready.IsZero() && c.Ready && (other || !was.Ready) {
		e.ready = at
	}
	return e
}

// moment is when a probe ran that failed, by our own clock where it can be: the node's may be wrong.
func (f *failure) moment(longest time.Duration) (earliest, latest time.Time) {
	if f.heard.IsZero() {
		return f.to().Add(-longest), f.to().Add(time.Second)
	}
	return f.heard.Add(-eventLag - longest), f.heard
}
