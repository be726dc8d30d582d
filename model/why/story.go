package why

import (
	"time"

	"github.com/probetop/probetop/model/fact"
	"github.com/probetop/probetop/model/infer"
)

// story is what the ends of a container have in common.
type story struct {
	c   *fact.Container
	end infer.Restart
	// total is how many instances have ended, and same how many of them, at least, for the cause of the last.
	total, same int32
	// age is how long ago the last one ended, or the running one began.
	age time.Duration
}

// story returns what is known of the ends of a container; nil for one that never ended.
func (x *examiner) story(c *fact.Container) *story {
	s := &story{c: c, total: c.Instances()}
	found := false
	for i := range x.Restarts {
		if x.Restarts[i].Container == c.Name {
			s.end, found = x.Restarts[i], true
			break
		}
	}
	if !found {
		return nil
	}
	s.total = max(s.total, 1)
	x.toldOfKills(s)
	switch typ, probed := s.end.Cause.Probe(); {
	case probed:
		s.same = x.kills(c, typ, s.total)
	case s.end.Cause == infer.CausePostStart:
		s.same = max(x.told(c, fact.KilledByPostStart), 1)
	case s.end.Cause == infer.CauseResize:
		s.same = max(x.told(c, fact.KilledByResize), 1)
	default:
		s.same = max(s.total-x.told(c, fact.KilledByLiveness)-x.told(c, fact.KilledByStartup)-x.told(c, fact.KilledByPostStart), 1)
	}
	s.age = x.now.Sub(s.end.At)
	if c.State == fact.Running && c.StartedAt.After(s.end.At) {
		s.age = x.now.Sub(c.StartedAt)
	}
	return s
}

// toldOfKills takes the probe whose kills most of the ends are known to be for the cause of the loop, where no event says why
// the last one ended: the spam filter of the kubelet drops the events of a loop that goes on.
func (x *examiner) toldOfKills(s *story) {
	if s.end.Certainty == infer.Certain || s.end.Cause == infer.CauseOOM {
		return
	}
	for _, typ := range [...]fact.ProbeType{fact.Liveness, fact.Startup} {
		if told := x.told(s.c, typ.KillCause()); told >= 2 && 2*told >= s.total {
			s.end.Cause, s.end.Certainty = infer.KilledBy(typ), infer.CertaintyHigh
			return
		}
	}
	if told := x.told(s.c, fact.KilledByPostStart); told >= 1 && 2*told >= s.total && s.end.Cause != infer.CausePostStart {
		s.end.Cause, s.end.Certainty = infer.CausePostStart, infer.CertaintyMedium // a hook that fails does so at every start
	}
}

// kills counts the kills of a container by its probe of that type: what the Killing events count, or what the failures add
// up to, where restarts were before we looked.
func (x *examiner) kills(c *fact.Container, typ fact.ProbeType, total int32) int32 {
	var failed int32
	for _, e := range x.Events {
		if e.Outcome == fact.Failed && e.Probe == typ && (e.Container == c.Name || e.Combined) {
			failed += e.Count
		}
	}
	var seen int32
	for i := range x.Restarts {
		if r := &x.Restarts[i]; r.Container == c.Name && r.Cause == infer.KilledBy(typ) {
			seen++
		}
	}
	if spec := c.Probes[typ]; spec != nil {
		seen = max(seen, min(failed/max(spec.FailureThreshold, 1), total))
	}
	return max(x.told(c, typ.KillCause()), seen, 1)
}

// told counts the kills of a container for a cause, as its Killing events do.
func (x *examiner) told(c *fact.Container, cause fact.KillCause) (n int32) {
	for _, e := range x.Events {
		if e.Kill == cause && e.Container == c.Name {
			n += e.Count
		}
	}
	return n
}

// youth is how long an instance is so young that the end of the one before still is what is wrong.
const youth = time.Minute

// stands reports whether the ends of a container are what is wrong with it now.
func (x *examiner) stands(s *story) bool {
	c := s.c
	switch {
	case c.State != fact.Running:
		return !x.completes(c)
	case s.age > flapWindow:
		return false
	case c.Ready && c.HasStarted():
		return x.now.Sub(s.end.At) < flapWindow && (c.Restarts >= 2 || x.again(s) || s.age < youth && s.byItself())
	case s.age < max(youth, 2*s.end.Lived):
		return true
	}
	return x.again(s)
}

// byItself reports whether the last end was the container's own.
func (s *story) byItself() bool {
	return s.end.Cause == infer.CauseExited || s.end.Cause == infer.CauseSignalled || s.end.Cause == infer.CauseOOM
}

// again reports whether the probe that killed a container last fails again.
func (x *examiner) again(s *story) bool {
	typ, probed := s.end.Cause.Probe()
	i := x.index(s.c, typ)
	return probed && i >= 0 && (x.Probes[i].Fails() || x.Probes[i].State == infer.StateStarting)
}

// completes reports whether a container has done its work and is not started again.
func (x *examiner) completes(c *fact.Container) bool {
	return c.State == fact.Terminated && c.ExitCode == 0 && !x.Pod.Restarts(c, 0)
}

// worst returns the story of the container whose ends are most of what is wrong; nil for none.
func (x *examiner) worst(relevant func(*story) bool) *story {
	var worst *story
	for i := range x.Pod.Containers {
		c := &x.Pod.Containers[i]
		if c.Kind == fact.Init {
			continue
		}
		s := x.story(c)
		if s == nil || !relevant(s) {
			continue
		}
		if worst == nil || down(s.c) && !down(worst.c) || down(s.c) == down(worst.c) && s.blames() && !worst.blames() {
			worst = s
		}
	}
	return worst
}

// down reports whether a container does not run.
func down(c *fact.Container) bool { return c.State != fact.Running }

// blames reports whether the last end has a cause of its own, and is not the consequence of another container's.
func (s *story) blames() bool {
	switch s.end.Cause {
	case infer.CauseSandbox, infer.CauseUnknown, infer.CauseNode:
		return false
	}
	return true
}

// loopSince is when the first of the ends was that is known.
func (x *examiner) loopSince(s *story) time.Time {
	first := s.end.At
	for i := range x.Restarts {
		if r := &x.Restarts[i]; r.Container == s.c.Name && r.Cause == s.end.Cause && !r.At.IsZero() && r.At.Before(first) {
			first = r.At
		}
	}
	typ, probed := s.end.Cause.Probe()
	for _, e := range x.Events {
		if k, ok := e.Kill.Probe(); ok && probed && k == typ && e.Container == s.c.Name && e.First.Before(first) {
			first = e.First
		}
	}
	return first
}

// hook is what the postStart hook of the container does.
func (s *story) hook() string {
	if s.c.Spec == nil {
		return ""
	}
	return fact.Shorten(s.c.Spec.PostStartHook, 40)
}
