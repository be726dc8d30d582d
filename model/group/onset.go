package group

import (
	"slices"
	"time"

	"github.com/probetop/probetop/model"
)

// Onset is when a pod began to fail.
type Onset struct {
	// At is zero when that is not known.
	At time.Time
	// Before is set when it may have begun before: restarts of which nothing is known came first.
	Before bool
}

const (
	// calm is how long a container must run until its next end is another story.
	calm = 10 * time.Minute
	// lately is the time in which pods that begin to fail show that an incident spreads.
	lately = 2 * time.Minute
)

// onsetOf finds out when a pod began to fail: since what is wrong now, or since the first of the restarts that led to it one after
// the other.
func onsetOf(r *model.Row, d *model.Diagnosis) Onset {
	at := earliest(d.Since, r.Since)
	if c := r.Pod.Condition("Ready"); c != nil && c.Status != model.True {
		at = earliest(at, c.Since)
	}
	o := Onset{At: at}
	known, restarts := int32(0), int32(0)
	for i := range r.Restarts {
		e := &r.Restarts[i]
		if e.Container != d.Container || e.Cause == model.CauseDefinition || e.Cause == model.CauseResize {
			continue
		}
		known++
		if o.At.IsZero() || o.At.Sub(e.At) > calm {
			return o
		}
		o.At = earliest(o.At, e.At.Add(-e.Failing))
	}
	if c := r.Pod.Container(d.Container); c != nil {
		restarts = c.Restarts
	}
	o.Before = known > 0 && restarts > known
	return o
}

// earliest is the earlier of two moments that are known.
func earliest(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// dated returns when the pods began to fail of which that is known, the earliest first.
func (i *Incident) dated() []Onset {
	n := slices.IndexFunc(i.Onsets, func(o Onset) bool { return o.At.IsZero() })
	if n < 0 {
		n = len(i.Onsets)
	}
	return i.Onsets[:n]
}

// First returns when the first pod began to fail; its At is zero when that is not known of any.
func (i *Incident) First() Onset {
	if d := i.dated(); len(d) > 0 {
		return d[0]
	}
	return Onset{}
}

// Last returns when the last pod began to fail; zero when that is not known of any.
func (i *Incident) Last() time.Time {
	if d := i.dated(); len(d) > 0 {
		return d[len(d)-1].At
	}
	return time.Time{}
}

// Spread is how long it took until the last of the pods failed, and reports false when that is not known of all of them.
func (i *Incident) Spread() (time.Duration, bool) {
	d := i.dated()
	if len(d) < len(i.Onsets) || slices.ContainsFunc(d, func(o Onset) bool { return o.Before }) {
		return 0, false
	}
	return i.Last().Sub(i.First().At), true
}

// Joined counts the pods that began to fail in the last two minutes, of an incident that began before: it still spreads. It is zero
// for one that has just begun.
func (i *Incident) Joined(now time.Time) int {
	if first := i.First(); first.At.IsZero() || now.Sub(first.At) <= lately {
		return 0
	}
	n := 0
	for _, o := range i.dated() {
		if !o.Before && now.Sub(o.At) < lately {
			n++
		}
	}
	return n
}

// Histogram counts the pods that began to fail in each of n parts of the time from the first to a moment, and says how long a part
// is. It is nil when nothing is known of when they did.
func (i *Incident) Histogram(n int, now time.Time) ([]int, time.Duration) {
	d := i.dated()
	if len(d) == 0 || n <= 0 {
		return nil, 0
	}
	begin := d[0].At
	part := max((max(now.Sub(begin), 0)+time.Duration(n))/time.Duration(n), time.Second)
	counts := make([]int, n)
	for _, o := range d {
		counts[min(int(o.At.Sub(begin)/part), n-1)]++
	}
	return counts, part
}
