package infer

import (
	"slices"
	"time"

	"github.com/probetop/probetop/model/fact"
)

// History is what the fold remembers of a pod beyond what its facts say now. It is shared with published rows:
// it is replaced, never written to.
type History struct {
	// Failures are the writes of probe events, oldest first.
	Failures []Failure
	// kills are the writes of Killing events, oldest first.
	kills []kill
	// ends are the container instances that ended, oldest first.
	ends []end
	// Flips are the changes of containers' started and ready that were seen happen, oldest first.
	Flips []flip
	// relisted is when a list told last of a pod that was known: what happened before may have been missed.
	relisted time.Time
}

// What a history holds at most of each; the oldest goes first.
const (
	maxFailures = 96
	maxKills    = 48
	maxEnds     = 32
	maxFlips    = 32
)

// Failure is one write of a probe event: the probe failed n times after from and until to, the last time at to.
type Failure struct {
	Event   *fact.Event // as it was written; its Container, Probe and Outcome say what it is about
	from    time.Time
	N       int32
	Heard   time.Time // when we heard of it; zero when a list told it
	initial bool      // the first we heard of the event: from is its first occurrence, and counts
}

// To is when the last of the failures of a write was, to the second.
func (f *Failure) To() time.Time { return f.Event.Last }

// listed reports whether a list told of the failure, some time after it was.
func (f *Failure) listed() bool { return f.Heard.IsZero() }

// kill is one write of a Killing event.
type kill struct {
	Container string
	cause     fact.KillCause
	At        time.Time
}

// end is a container instance that ended, and what came after it.
type end struct {
	Container string
	how       fact.Termination
	// untold is set when no status has said how it ended: then how ends when the next instance started.
	untold bool
	count  int32 // the restart count when it was seen
	// Next is when the instance after it started; zero while none has.
	Next time.Time
	// started and ready are when that instance was seen to become so; zero when that was not seen.
	started, ready time.Time
	// Last is what was said of started when the instance was last seen to run; Unknown when it was not seen.
	Last fact.Tri
	// Heard is when we heard of it, settled is set when the counters have been read after that, and counted is the
	// cause that they name; empty for none.
	Heard   time.Time
	settled bool
	Counted RestartCause
}

// flip is a change of a container's started or ready, or its next instance, at the time we heard of it.
type flip struct {
	Container string
	What      flipKind
	To        bool
	At        time.Time
	// told is the second in which the pod's conditions say that it happened; zero when they do not.
	told time.Time
	// listed is set when it was not seen happen, but has happened since the pod was heard of before.
	listed bool
}

// By is when the change had happened at the latest: when we heard of it, or before when it waited on its way.
func (f *flip) By() time.Time {
	if told := f.told.Add(time.Second); !f.told.IsZero() && told.Before(f.At) {
		return told
	}
	return f.At
}

type flipKind uint8

const (
	flipStarted flipKind = iota
	// FlipReady is that a container became ready, or ceased to be.
	FlipReady
	// flipRunning is a new instance of which a status tells.
	flipRunning
)

// Clone returns a copy whose slices may be appended to.
func (h *History) Clone() *History {
	if h == nil {
		return &History{}
	}
	n := *h
	n.Failures = slices.Clip(h.Failures)
	n.kills = slices.Clip(h.kills)
	n.ends = slices.Clip(h.ends)
	n.Flips = slices.Clip(h.Flips)
	return &n
}

// keep appends to a list that holds at most so many.
func keep[T any](list []T, limit int, more T) []T {
	if len(list) >= limit {
		list = slices.Clone(list[len(list)-limit+1:])
	}
	return append(list, more)
}

// HeardEvent remembers what an event that is new, or has occurred again, adds to what is known. It returns h
// itself when that is nothing.
func (h *History) HeardEvent(old, e *fact.Event, at time.Time, listed bool) *History {
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
	next := h.Clone()
	if e.Kill != fact.NotKilled {
		next.kills = keep(next.kills, maxKills, kill{e.Container, e.Kill, e.Last})
		return next
	}
	f := Failure{Event: e, from: e.First, N: n, initial: old == nil}
	if old != nil {
		f.from = old.Last
	}
	if !listed {
		f.Heard = at
	}
	next.Failures = keep(next.Failures, maxFailures, f)
	slices.SortStableFunc(next.Failures, func(a, b Failure) int { return a.To().Compare(b.To()) })
	return next
}

// lastWrite finds the last write of an event whose object has expired and is written anew with its old count.
func (h *History) lastWrite(e *fact.Event) *fact.Event {
	if h == nil || e.Count < 2 {
		return nil
	}
	for _, f := range slices.Backward(h.Failures) {
		o := f.Event
		if o.First.Equal(e.First) && o.Container == e.Container && o.Message == e.Message && o.Count <= e.Count {
			return o
		}
	}
	return nil
}

// HeardPod remembers what a new status of the pod says about instances that ended and changes of started and
// ready. old is nil for a pod that was not known. What a list tells may have happened long before.
func (h *History) HeardPod(old, p *fact.Pod, at time.Time, listed bool) *History {
	next := h
	change := func() *History {
		if next == h {
			next = h.Clone()
		}
		return next
	}
	if listed && old != nil && !p.ProbedAlone() && !p.Ready() {
		change().relisted = at
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
			e := end{Container: c.Name, how: how, Last: was.StartedIn(how), count: c.Restarts, Heard: at}
			ends := n.supersededBy(&e)
			n.ends = keep(ends, maxEnds, e)
		}
		if how, ok := c.Replaced(was); ok && !next.knowsLife(c.Name, how) {
			n := change()
			n.ends = keep(n.ends, maxEnds, end{Container: c.Name, how: how, Last: was.StartedIn(how), untold: true, count: c.Restarts, Heard: at})
		}
		if was != nil && was.Started != c.Started && c.Started != fact.Unknown {
			n := change()
			n.Flips = keep(n.Flips, maxFlips, flip{Container: c.Name, What: flipStarted, To: c.Started == fact.True, At: at, listed: listed})
		}
		if was != nil && c.State == fact.Running && (was.State != fact.Running || !was.StartedAt.Equal(c.StartedAt)) {
			n := change()
			n.Flips = keep(n.Flips, maxFlips, flip{Container: c.Name, What: flipRunning, To: true, At: at, listed: listed})
		}
		if was != nil && was.Ready != c.Ready {
			n := change()
			f := flip{Container: c.Name, What: FlipReady, To: c.Ready, At: at, listed: listed}
			if ready := p.Condition("ContainersReady"); c.Ready && ready != nil && ready.Status == fact.True {
				f.told = ready.Since
			}
			n.Flips = keep(n.Flips, maxFlips, f)
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
func (h *History) knowsLife(container string, how fact.Termination) bool {
	return h != nil && slices.ContainsFunc(h.ends, func(e end) bool {
		return e.Container == container && e.how.StartedAt.Equal(how.StartedAt)
	})
}

// supersededBy returns the ends without the one that e tells of at last. What else was known of that is e's.
func (h *History) supersededBy(e *end) []end {
	return slices.DeleteFunc(slices.Clone(h.ends), func(o end) bool {
		same := o.untold && o.Container == e.Container && o.how.StartedAt.Equal(e.how.StartedAt)
		if same {
			e.Next, e.started, e.ready, e.Counted = o.Next, o.started, o.ready, o.Counted
			if e.Last == fact.Unknown {
				e.Last = o.Last
			}
		}
		return same
	})
}

// knowsEnd reports whether an end is known. One without times, of an instance that the runtime has forgotten, is known by
// the restart count that goes with it, and is that of the instance before, if that is known to have ended.
func (h *History) knowsEnd(c *fact.Container, how fact.Termination) bool {
	if h == nil {
		return false
	}
	if how.FinishedAt.IsZero() {
		last := h.lastEnd(c.Name)
		return last >= 0 && (h.ends[last].count >= c.Restarts || h.ends[last].Next.IsZero())
	}
	return slices.ContainsFunc(h.ends, func(e end) bool {
		return !e.untold && e.Container == c.Name && e.how.FinishedAt.Equal(how.FinishedAt) && e.how.StartedAt.Equal(how.StartedAt)
	})
}

// lastEnd returns the index of the container's newest end, or -1.
func (h *History) lastEnd(container string) int {
	if h == nil {
		return -1
	}
	for i := len(h.ends) - 1; i >= 0; i-- {
		if h.ends[i].Container == container {
			return i
		}
	}
	return -1
}

// followed returns the end with what the instance after it has come to. Only what is seen to happen has a time. was is what
// was said of the container before; nil for nothing.
func (e end) followed(was, c *fact.Container, at time.Time, listed bool) end {
	if c.State != fact.Running || c.StartedAt.Before(e.how.FinishedAt) || !e.Next.IsZero() && !e.Next.Equal(c.StartedAt) {
		return e
	}
	e.Next, e.count = c.StartedAt, c.Restarts
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

// Moment is when a probe ran that failed, by our own clock where it can be: the node's may be wrong.
func (f *Failure) Moment(longest time.Duration) (earliest, latest time.Time) {
	if f.Heard.IsZero() {
		return f.To().Add(-longest), f.To().Add(time.Second)
	}
	return f.Heard.Add(-EventLag - longest), f.Heard
}
