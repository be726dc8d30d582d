package infer

import (
	"cmp"
	"time"

	"github.com/probetop/probetop/model/fact"
)

// suspect names the probe that has ended an instance when no event says so: the kubelet's counters, the failures that
// were told, or how long a container lived that never started.
func (j *bookkeeper) suspect(e end) (RestartCause, Certainty) {
	if typ, ok := j.killsOfAll(e.Container); ok {
		return KilledBy(typ), CertaintyMedium // or one of them is of the instance that runs, and is not over
	}
	chose := !e.untold && e.how.Signal == 0 && e.how.ExitCode > 0 && e.how.ExitCode <= 128
	if chose && j.endsOtherwise(e) {
		return CauseUnknown, CertaintyNone
	}
	if e.Counted != "" {
		return e.Counted, CertaintyMedium
	}
	if typ, ok := j.reachedBy(e.Container, e.how.FinishedAt, e.how.StartedAt, false); ok {
		return KilledBy(typ), CertaintyMedium
	}
	if chose {
		return CauseUnknown, CertaintyNone // how to end
	}
	if j.outlived(e) {
		return CauseStartup, CertaintyLow
	}
	if j.starvedUntil().After(e.how.FinishedAt) {
		if typ, ok := j.reachedBy(e.Container, e.how.FinishedAt, e.how.StartedAt, true); ok {
			return KilledBy(typ), CertaintyLow
		}
	}
	if typ, ok := j.killedBefore(e); ok {
		return KilledBy(typ), CertaintyLow
	}
	return CauseUnknown, CertaintyNone
}

// killsOfAll returns the probe whose kills, as its Killing event counts them, are all the ends that a container has had.
func (j *Facts) killsOfAll(container string) (fact.ProbeType, bool) {
	c := j.Pod.Container(container)
	if c == nil || c.Instances() == 0 {
		return 0, false
	}
	for _, typ := range [...]fact.ProbeType{fact.Liveness, fact.Startup} {
		var n int32
		for _, e := range j.Events {
			if e.Kill == typ.KillCause() && e.Container == container {
				n += e.Count
			}
		}
		if n >= c.Instances() {
			return typ, true
		}
	}
	return 0, false
}

// terminatedExitCode is what the runtime says of a process that SIGTERM has ended, and what a shell says of its child: that
// is how it ends when it is asked to, by whomever.
const terminatedExitCode = 128 + 15

// endsOtherwise reports whether a container is known to end with another code when a probe kills it.
func (j *bookkeeper) endsOtherwise(e end) (known bool) {
	for i, o := range j.History.ends {
		if o.untold || o.Container != e.Container {
			continue
		}
		_, probed := j.kills[i].cause.Probe()
		switch told := probed && !j.doubtful[i]; {
		case told && o.how.ExitCode == e.how.ExitCode:
			return false
		case told || o.how.ExitCode == terminatedExitCode:
			known = true
		}
	}
	return known
}

// killer returns the type of the probe that can have killed an instance: that depends on whether it had started.
func (e *end) killer(typ fact.ProbeType) fact.ProbeType {
	switch e.Last {
	case fact.True:
		return fact.Liveness
	case fact.False:
		return fact.Startup
	}
	return typ
}

// killedBefore returns the probe that has killed the container when it was killed last, as far as it was told.
func (j *Facts) killedBefore(e end) (fact.ProbeType, bool) {
	for i := len(j.History.kills) - 1; i >= 0; i-- {
		if k := j.History.kills[i]; k.Container == e.Container && !k.At.After(e.how.FinishedAt) {
			typ, ok := k.cause.Probe()
			typ = e.killer(typ)
			c := j.Pod.Container(e.Container)
			return typ, ok && c != nil && c.Probes[typ] != nil
		}
	}
	return 0, false
}

// outlived reports whether an instance ended when its startup probe must have reached its threshold, and was not seen
// to have started.
func (j *Facts) outlived(e end) bool {
	c := j.Pod.Container(e.Container)
	if c == nil || c.Probes[fact.Startup] == nil || e.Last == fact.True {
		return false
	}
	for _, f := range j.History.Flips {
		if f.Container == c.Name && f.What == flipStarted && f.To && f.At.After(e.how.StartedAt) && f.At.Before(e.Heard) {
			return false
		}
	}
	s, lived := c.Probes[fact.Startup], e.how.FinishedAt.Sub(e.how.StartedAt)
	least := s.InitialDelay + time.Duration(s.FailureThreshold-1)*s.Period - time.Second
	most := s.InitialDelay + time.Duration(s.FailureThreshold)*max(s.Period, s.Timeout) + s.Timeout + killLag + max(j.grace(&Probe{Spec: s}), leastGrace)
	return lived >= least && lived <= most
}

// reachedBy returns the probe that had failed as often as it takes at a moment in the life of an instance, or that was
// failing when not all of its failures are told.
func (j *Facts) reachedBy(container string, at, started time.Time, untold bool) (fact.ProbeType, bool) {
	c := j.Pod.Container(container)
	if c == nil {
		return 0, false
	}
	for _, typ := range [...]fact.ProbeType{fact.Liveness, fact.Startup} {
		spec := c.Probes[typ]
		if spec == nil {
			continue
		}
		var n int32
		since := at.Add(-time.Duration(spec.FailureThreshold)*(spec.Period+spec.Timeout) - EventSlack - j.longestGrace())
		for _, f := range j.History.Failures {
			ev := f.Event
			if ev.Outcome == fact.Failed && ev.Probe == typ && ev.Container == c.Name && ev.Last.After(since) && ev.Last.After(started) && !ev.Last.After(at) { // in the second of the start, it was the instance before
				if n++; f.N > 1 && !f.from.Before(since) {
					n += f.N - 1 // and not of long ago
				}
			}
		}
		if n >= spec.FailureThreshold || untold && n > 0 {
			return typ, true
		}
	}
	return 0, false
}

// HeardCounts remembers what the counters say of the ends that are new: the probe whose run had just reached its
// threshold has ended the instance. It returns h itself when that is nothing.
func (h *History) HeardCounts(p *fact.Pod, counts *PodCounts, asked time.Time) *History {
	if h == nil || counts == nil {
		return h
	}
	next := h
	for i := range h.ends {
		e := h.ends[i]
		if e.settled {
			continue
		}
		if e.Counted == "" {
			e.Counted = counts.killer(p, &e)
		}
		if e.settled = asked.After(e.Heard); e == h.ends[i] {
			continue
		}
		if next == h {
			next = h.Clone()
			next.ends = append([]end(nil), h.ends...)
		}
		next.ends[i] = e
	}
	return next
}

// killer returns the cause that the counters name for the end of an instance; empty for none.
func (c *PodCounts) killer(p *fact.Pod, e *end) RestartCause {
	k := p.Container(e.Container)
	if k == nil {
		return ""
	}
	for _, typ := range [...]fact.ProbeType{fact.Liveness, fact.Startup} {
		n := c.Find(e.Container, typ)
		if n == nil || k.Probes[typ] == nil || e.killer(typ) != typ {
			continue
		}
		ok, at, known := n.LastResult()
		if !known || ok || at.Earliest.Before(e.how.StartedAt) || at.Earliest.After(e.how.FinishedAt.Add(time.Second)) {
			continue
		}
		threshold := k.Probes[typ].FailureThreshold
		if run, bound, known := n.RunUnder(threshold); known && bound == fact.Exact && run == threshold {
			return KilledBy(typ)
		}
	}
	return ""
}

// stoppedByProbe reports whether a probe had reached its threshold when a container that is never restarted was
// stopped: when there is nothing else to keep, the kubelet ends the whole pod and does not say why.
func (j *Facts) stoppedByProbe(e end, k kill) (fact.ProbeType, bool) {
	c := j.Pod.Container(e.Container)
	if c == nil || cmp.Or(c.RestartPolicy, j.Pod.RestartPolicy) != "Never" || j.Pod.Deleting() || j.Pod.Reason == "Evicted" {
		return 0, false
	}
	return j.reachedBy(c.Name, k.At, k.At.Add(-EventLife), false)
}
