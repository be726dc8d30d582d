package infer

import (
	"slices"
	"time"

	"github.com/probetop/probetop/model/fact"
)

// Late is that the events of a node reach us late: a kubelet that has more to tell than it may (eventRecordQPS), or whose
// API server is slow, tells it in order, and what has happened meanwhile waits behind it. It never changes.
type Late struct {
	// By is how late the newest event was when we heard it; zero for in time.
	By    time.Duration
	Heard time.Time
	// Slow is how late the newest status was that says when it changed; zero for in time. SlowHeard is when it was heard.
	Slow      time.Duration
	SlowHeard time.Time
	// Deaf are the times in which events waited, oldest first. Of what happened then some may never be told: a kubelet's queue
	// that is full drops what is new.
	Deaf []fact.Window
}

// MostLate is more than a kubelet makes an event late: its queue holds 1,000 (client-go tools/record/event.go), five of them are
// sent in a second at the least, each may take two requests, and one that cannot be sent is tried for two minutes.
const MostLate = 1000/5*2*time.Second + 2*time.Minute

// maxDeaf is how many times of a node are remembered in which its events waited.
const maxDeaf = 16

// Until is when the node's events may be believed to come in time again if no other event comes: what has been waiting so long has
// had as long again to get through.
func (l Late) Until() time.Time { return l.Heard.Add(2 * l.By) }

// Waited returns what is known after an event that happened at the beginning of a window and was told at its end.
func (l Late) Waited(w fact.Window) Late {
	var deaf []fact.Window
	for _, d := range l.Deaf {
		if w.Latest.Sub(d.Latest) > EventLife {
			continue
		}
		if d.Latest.Before(w.Earliest) || w.Latest.Before(d.Earliest) {
			deaf = append(deaf, d)
			continue
		}
		w = fact.Window{Earliest: fact.Earliest(w.Earliest, d.Earliest), Latest: fact.Latest(w.Latest, d.Latest)}
	}
	deaf = append(deaf, w)
	slices.SortFunc(deaf, func(a, b fact.Window) int { return a.Earliest.Compare(b.Earliest) })
	l.Deaf = deaf[max(0, len(deaf)-maxDeaf):]
	return l
}

// eventsLate reports whether what the events of the pod say, or do not say, is old news, and until when.
func (j *Facts) eventsLate() (time.Time, bool) {
	until := j.Late.Until()
	return until, j.Late.By > 0 && j.Now.Before(until)
}

// deafIn reports whether something that happened between two moments may not be told, now or ever, because events waited, and
// since when all is told again.
func (j *Facts) deafIn(from, to time.Time) (until time.Time, deaf bool) {
	if at, late := j.eventsLate(); late && to.After(j.Late.Heard.Add(-j.Late.By)) {
		return at, true
	}
	for _, d := range slices.Backward(j.Late.Deaf) {
		if d.Earliest.Before(to) && d.Latest.After(from) {
			return d.Latest, true
		}
	}
	return time.Time{}, false
}

// deafUntil is until when the silence of a probe is no success because events waited; zero when they did not, or not since the
// container runs.
func (j *Facts) deafUntil(p *Probe) time.Time {
	until, deaf := j.deafIn(p.Container.StartedAt, j.Now)
	if !deaf {
		return time.Time{}
	}
	return until.Add(p.Spec.Pace() + p.Spec.LongestRun() + EventLag)
}
