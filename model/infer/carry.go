package infer

import (
	"time"

	"github.com/probetop/probetop/model/fact"
	"github.com/probetop/probetop/model/kubelet"
)

// This file says what a restart leaves in doubt until the kubelet has had the time to tell of it.

// killsNext reports whether a kill in the second in which an instance ended may be that of the next one: a container that has
// crashed runs again within the second, and a worker that carries its count may have it killed by its first failure. By the time
// that killTold returns, the kill of the next instance has brought about its end.
func (j *Facts) killsNext(e end, k kill) bool {
	typ, probed := k.cause.Probe()
	c := j.Pod.Container(e.Container)
	if !probed || k.At.Before(e.how.FinishedAt) || c == nil || c.Probes[typ] == nil || c.Probes[typ].InitialDelay > time.Second {
		return false
	}
	if k.At.Equal(e.how.FinishedAt) && c.Probes[typ].InitialDelay+j.shortestRun(c, typ, k.At) >= time.Second {
		return false // no run of the next instance can have failed within that second
	}
	if !e.untold && signalled(e.how) || !e.Next.IsZero() && e.Next.After(k.At) {
		return false
	}
	return j.Now.Before(j.killTold(e))
}

// shortestRun is how long the newest run of a probe up to a moment took at least, as far as its failure tells.
func (j *Facts) shortestRun(c *fact.Container, typ fact.ProbeType, by time.Time) time.Duration {
	if _, late := j.eventsLate(); late || j.History == nil {
		return 0 // it may be of another run
	}
	for i := len(j.History.Failures) - 1; i >= 0; i-- {
		f := &j.History.Failures[i]
		if e := f.Event; e.Outcome == fact.Failed && e.Probe == typ && e.Container == c.Name && !f.To().After(by) {
			return SpanOfEvent(c.Probes[typ], e).shortest
		}
	}
	return 0
}

// signalled reports whether an instance ended by one of the signals by which a kubelet ends it.
func signalled(t fact.Termination) bool {
	return t.Signal != 0 || t.ExitCode == KilledExitCode || t.ExitCode == stoppedExitCode
}

// stoppedExitCode is that of a process that SIGTERM has ended.
const stoppedExitCode = 128 + 15

// killTold is when the kubelet has told of the kill that an instance may have died of, and of the end of the next instance if that
// was killed at once, unless its events wait longer than they do now.
func (j *Facts) killTold(e end) time.Time {
	heard := fact.Latest(e.Heard, e.how.FinishedAt.Add(-j.Ahead))
	return heard.Add(j.longestGrace() + killLag + EventSlack + 2*j.Late.By)
}

// unsureKill reports whether the instance before the running one may have been killed by a probe of this type although no event is
// known that says so, and until when that may change: the kill has made the worker count anew.
func (r *reckoning) unsureKill() (until time.Time, unsure bool) {
	c := r.Probe.Container
	if r.Probe.Type == fact.Readiness || c.Restarts == 0 || r.History == nil {
		return time.Time{}, false
	}
	last := r.History.lastEnd(c.Name)
	if last < 0 {
		return time.Time{}, false
	}
	e := r.History.ends[last]
	for _, k := range r.History.kills {
		if k.Container == c.Name && !k.At.Before(e.how.StartedAt) && !k.At.After(e.how.FinishedAt) {
			return time.Time{}, false // what it died of is told
		}
	}
	until = e.Heard.Add(EventSlack + 2*r.Late.By)
	if r.Now.Before(until) {
		return until, true
	}
	return time.Time{}, r.killsLost(e)
}

// carried adds to the states those of a worker whose old instance its probe may have had killed, as unsureKill has it.
func (c *course) carried(until time.Time, unsure bool) {
	if unsure {
		c.Workers, c.told = c.Or(kubelet.Anew()), until
	}
}
