package infer

import (
	"time"

	"github.com/probetop/probetop/model/fact"
	"github.com/probetop/probetop/model/kubelet"
)

// This file says what the events of a probe, and their absence, are worth.

// beforeReady reports whether a readiness probe failed so little before its container became ready that the success may have
// been first, and until when: a kubelet that is so busy that it is late with its statuses notes the result of a probe later than it tells of its failure.
func (j *Facts) beforeReady(p *Probe) (until time.Time, doubtful bool) {
	ready := j.flipped(p.Container, FlipReady, true)
	if p.Type != fact.Readiness || ready == nil || ready.told.IsZero() || ready.At.Sub(ready.told) < noted/2 {
		return until, false // it was told at once
	}
	r := j.reckoning(p)
	for i := len(j.History.Failures) - 1; i >= 0; i-- {
		if f := &j.History.Failures[i]; r.mine(f) {
			until = r.silent(f)
			return until, !f.Heard.IsZero() && !f.To().Before(ready.told.Add(-noted)) && j.Now.Before(until)
		}
	}
	return until, false
}

// noted is how long a kubelet may take from the result of a probe to the condition that follows from it.
const noted = 3 * time.Second

// overcome reports whether a failure and the success that made the container ready came in the same second, and the success was
// last: we heard of it last, or a list told both. What fails is run again at once then, and what succeeds a period later.
func (r *reckoning) overcome(f *Failure) bool {
	if r.Probe.Type != fact.Readiness || !r.Probe.Container.Ready || !f.To().Before(r.zero.Latest) {
		return false
	}
	if f.listed() {
		return f.To().Add(time.Second).Equal(r.zero.Latest)
	}
	return r.LastFlip(r.Probe.Container, FlipReady, true).After(f.Heard)
}

// lastOf returns the newest event of that outcome in the life of the running instance; nil for none. An event that
// merges others says only what was said last, of whichever probe: what it said before is history.
func (j *Facts) lastOf(p *Probe, o fact.Outcome) *fact.Event {
	var last *fact.Event
	for i := len(p.Events) - 1; i >= 0 && last == nil; i-- {
		if e := p.Events[i]; e.Outcome == o && !e.Last.Before(p.Container.StartedAt) {
			last = e
		}
	}
	if j.History == nil {
		return last
	}
	for i := len(j.History.Failures) - 1; i >= 0; i-- {
		e := j.History.Failures[i].Event
		if e.Combined && e.Outcome == o && e.Probe == p.Type && e.Container == p.Container.Name && !e.Last.Before(p.Container.StartedAt) && (last == nil || e.Last.After(last.Last)) {
			return e
		}
	}
	return last
}

// only reports whether no other container of the pod has a probe of that type, so that every event of that type is about
// this one.
func (j *Facts) only(p *Probe) bool {
	for i := range j.Pod.Containers {
		if c := &j.Pod.Containers[i]; c.Name != p.Container.Name && c.Probes[p.Type] != nil {
			return false
		}
	}
	return true
}

// unattributed returns the newest failure that may be this probe's or that of another container; nil for none. Of a write
// of a combined event that tells of several, only the last is known.
func (j *Facts) unattributed(p *Probe) *Failure {
	if j.History == nil || j.only(p) {
		return nil
	}
	for i := len(j.History.Failures) - 1; i >= 0; i-- {
		f := &j.History.Failures[i]
		if e := f.Event; e.Probe != p.Type || e.Outcome == fact.Warned || e.Container == p.Container.Name {
			continue
		} else if e.Container == "" || e.Combined && f.N > 1 {
			return f
		}
	}
	return nil
}

// hiddenUntil is until when an unattributed failure may hide that the probe fails.
func (f *Failure) hiddenUntil(p *Probe) time.Time {
	if f.Event.Container == "" {
		return f.To().Add(2*p.Spec.Period + kubelet.Attempts*p.Spec.Timeout + EventSlack)
	}
	last := f.To()
	if f.initial && f.N == 2 {
		last = f.from // the other is told
	}
	return last.Add(p.Spec.Pace() + p.Spec.LongestRun() + EventSlack)
}

// firstResult is when the first probe of the running instance must have left its mark: the worker ticks once
// a period, from a moment nobody tells.
func (j *Facts) firstResult(p *Probe) time.Time {
	r := j.reckoning(p)
	from := r.eligible()
	if told := j.told(p.Container); told.After(from) {
		from = told
	}
	return from.Add(p.Spec.Period + kubelet.Attempts*p.Spec.Timeout + statusLag)
}

// reasonScheduled is the reason of the only event of a pod's ordinary life that is not its kubelet's.
const reasonScheduled = "Scheduled"

// starvedUntil is when the kubelet's event spam filter surely has a token for this pod again; the zero time
// while it has never run out. Up to 1.31 all events of a pod share the tokens, later only its warnings.
func (j *Facts) starvedUntil() time.Time {
	var count int32
	var last time.Time
	shared := kubelet.SharedSpamBucket(j.Node.Version())
	for _, e := range j.Events {
		if !e.Warns() && (!shared || e.Reason == reasonScheduled) {
			continue
		}
		count += e.Count
		if e.Last.After(last) {
			last = e.Last
		}
	}
	if shared {
		for i := range j.Pod.Containers { // whose starts are told, and not read
			c := &j.Pod.Containers[i]
			if count += eventsPerStart * (1 + c.Restarts); c.StartedAt.After(last) {
				last = c.StartedAt
			}
		}
	}
	if count < kubelet.SpamBurst {
		return time.Time{}
	}
	return last.Add(kubelet.SpamRefill + j.slowest() + EventSlack)
}

// slowest is the longest period of the pod's probes: so long it may take until a failure shows that events come
// through again.
func (j *Facts) slowest() time.Duration {
	var longest time.Duration
	for i := range j.Pod.Containers {
		for _, p := range j.Pod.Containers[i].Probes {
			if p != nil {
				longest = max(longest, p.Period+p.Timeout)
			}
		}
	}
	return longest
}
