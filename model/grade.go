package model

import "time"

// flapWindow is how long after its last restart a container that restarts again and again counts as flapping.
const flapWindow = 10 * time.Minute

// grade gives the row its severity. Why it has it is for the Diagnosis to say.
func (j *judge) grade(r *Row) {
	switch {
	case j.pod.Terminal():
		r.Severity = Finished
	case j.pod.Deleting():
		r.Severity, r.Since = Terminating, j.pod.Deleted.Add(-j.pod.GracePeriod)
		r.blame(StateFailed, Readiness)
	case r.blame(StateFailed, Liveness, Startup):
		r.Severity = RestartDue
	case !j.pod.Ready():
		j.gradeUnready(r)
	case r.blame(StateFailing, Liveness, Readiness):
		r.Severity = BelowThreshold
	case r.blame(StateErroring, Liveness, Readiness, Startup):
		r.Severity = Unprobeable
	case j.flapping(r):
		r.Severity = Flapping
	case len(r.Probes) == 0:
		r.Severity = Unprobed
	default:
		r.Severity = Healthy
	}
}

// blame makes the row about the first probe of one of the types, in the order given, that is in state s.
func (r *Row) blame(s State, types ...ProbeType) bool {
	for _, typ := range types {
		for i := range r.Probes {
			if p := &r.Probes[i]; p.Type == typ && p.State == s {
				r.Worst = i
				if r.Since = p.spellOf(r.judge.troubles(p)).first; r.Since.IsZero() {
					r.Since = p.firstLike(p.LastFailure())
				}
				return true
			}
		}
	}
	return false
}

// firstLike is when the first event of an outcome was that the probe still has: the kubelet merges events whose
// texts differ into one that is younger than they are. It is zero for no event.
func (p *Probe) firstLike(e *Event) time.Time {
	if e == nil {
		return time.Time{}
	}
	first := e.First
	for _, o := range p.Events {
		if e.Combined && o.Outcome == e.Outcome && o.First.Before(first) {
			first = o.First
		}
	}
	return first
}

// gradeUnready grades a pod that is not ready by the first broken link of its chain: something is wrong, the pod has just
// begun, or it has done its work and waits for containers that run on.
func (j *judge) gradeUnready(r *Row) {
	j.patienceDue(r)
	if done, _ := j.pod.workDone(); done != nil {
		r.Severity, r.Since = Healthy, done.FinishedAt
		return
	}
	l := r.broken()
	switch {
	case !l.beginning:
		r.Severity = Unready
	case j.flapping(r):
		r.Severity = Flapping
		return
	default:
		r.Severity = Starting
	}
	r.Worst, r.Since = l.probe, l.Since
	if r.Since.IsZero() {
		r.Since = since(j.pod.Condition("Ready"))
	}
}

// patienceDue makes the row due when a state that is ordinary for a while has lasted so long that the diagnosis names it.
func (j *judge) patienceDue(r *Row) {
	due := func(since time.Time, patience time.Duration) {
		if at := since.Add(patience); !since.IsZero() && at.After(j.now) {
			r.due(at)
		}
	}
	if j.pod.Node == "" {
		due(j.pod.Created, schedulePatience)
		return
	}
	for i := range j.pod.Containers {
		switch c := &j.pod.Containers[i]; {
		case c.State == Terminated && j.pod.restarts(c, c.ExitCode):
			due(c.FinishedAt, wedgePatience)
		case c.State == Waiting && c.Spec != nil && c.Spec.PostStartHook != "":
			due(j.pod.madeSince(c), hookPatience)
		}
	}
}

// flapping reports whether a container is restarted again and again.
func (j *judge) flapping(r *Row) bool {
	for i := range j.pod.Containers {
		c := &j.pod.Containers[i]
		if c.Kind == Init || c.Restarts < 2 || c.Last == nil {
			continue
		}
		if calm := c.Last.FinishedAt.Add(flapWindow); j.now.Before(calm) {
			r.Since = c.Last.FinishedAt
			r.due(calm)
			return true
		}
	}
	return false
}
