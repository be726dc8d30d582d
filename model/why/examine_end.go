package why

import (
	"strconv"
	"strings"
	"time"

	"github.com/probetop/probetop/model/fact"
	"github.com/probetop/probetop/model/infer"
)

// This file has the causes of a container that ended: killed by a probe, by itself, or restarted by something else.

// ended is a container that does not run because it ended, or does so again and again.
func (x *examiner) ended() bool {
	s := x.worst(x.stands)
	return s != nil && x.tell(s)
}

// restartedLately is a container that runs well after a restart of which a reader may want to know.
func (x *examiner) restartedLately() bool {
	s := x.worst(func(s *story) bool {
		return s.c.State == fact.Running && s.age < flapWindow && s.end.Cause != infer.CauseDefinition
	})
	return s != nil && !x.Pod.Terminal() && x.tell(s)
}

// succeededByKill is a pod whose container a probe killed, and that counts as succeeded because it ended with 0 when it was
// asked to end.
func (x *examiner) succeededByKill() bool {
	s := x.worst(func(s *story) bool {
		_, probed := s.end.Cause.Probe()
		return probed && s.c.State == fact.Terminated
	})
	return s != nil && x.tell(s)
}

// hedged is a verb as sure as its conclusion is.
func hedged(c infer.Certainty, verb, might string) string {
	switch {
	case c >= infer.CertaintyHigh:
		return verb
	case c >= infer.CertaintyMedium:
		return "probably " + verb
	}
	return might
}

// tell makes the sentence about the ends of a container.
func (x *examiner) tell(s *story) bool {
	x.about(s.c, nil)
	x.d.Times, x.d.Since, x.d.Reason = s.same, x.loopSince(s), ""
	sure := s.end.Certainty
	switch s.end.Cause {
	case infer.CauseLiveness, infer.CauseStartup:
		return x.tellKill(s)
	case infer.CausePostStart:
		x.d.Reason = s.hook()
		return x.say(ClassPostStart, sure, "postStart hook of "+Called(s.c)+" failed"+x.many(s)+because(x.d.Reason), x.afterwards(s))
	case infer.CauseResize:
		x.d.Reason = "its resizePolicy wants a restart"
		return x.say(ClassResize, sure, "resize restarted "+Called(s.c)+x.many(s)+because(x.d.Reason), x.afterwards(s))
	case infer.CauseRestartAll:
		return x.tellRestartAll(s)
	case infer.CauseDefinition:
		return x.say(ClassDefinition, sure, "new definition restarted "+Called(s.c)+x.many(s), x.afterwards(s))
	case infer.CauseSandbox:
		return x.say(ClassSandbox, sure, "new sandbox restarted "+Called(s.c)+x.many(s), x.afterwards(s))
	case infer.CauseNode:
		return x.say(ClassNode, sure, "node or runtime restart ended "+Called(s.c)+x.many(s), x.afterwards(s))
	}
	return x.tellEnd(s)
}

// many is how often, where that is more than once, and how long ago otherwise.
func (x *examiner) many(s *story) string {
	if s.same > 1 {
		return ", " + times(s.same)
	}
	return strings.Replace(x.ago(s.end.At), " ", ", ", 1)
}

// tellKill makes the sentence about a container that a probe kills.
func (x *examiner) tellKill(s *story) bool {
	typ, _ := s.end.Cause.Probe()
	class := map[fact.ProbeType]CauseClass{fact.Liveness: ClassLiveness, fact.Startup: ClassStartup}[typ]
	if i := x.index(s.c, typ); i >= 0 {
		p := &x.Probes[i]
		x.about(s.c, p)
		x.d.Reason = x.reason(p)
		if s.end.Text != "" {
			x.d.Reason = x.reasonOf(p, fact.Failed, s.end.Text)
		}
	}
	often := times(s.same)
	if ago := x.ago(s.end.At); s.same == 1 && ago != "" {
		often = strings.TrimPrefix(ago, " ")
	}
	if s.same < s.total {
		often = strconv.Itoa(int(s.same)) + " of " + times(s.total)
		if s.same > 1 {
			often = "≥" + often
		}
	}
	if typ == fact.Startup {
		what := "startup " + hedged(s.end.Certainty, "gave up on ", "may have given up on ") + Called(s.c)
		return x.say(class, s.end.Certainty, what+x.budget(s)+", "+often+because(x.d.Reason), x.afterwards(s))
	}
	what := "liveness " + hedged(s.end.Certainty, "killed ", "may have killed ") + Called(s.c) + " " + often
	return x.say(class, s.end.Certainty, what+because(x.d.Reason), x.afterwards(s))
}

// budget is how long a startup probe lets a container start.
func (x *examiner) budget(s *story) string {
	spec := s.c.Probes[fact.Startup]
	if spec == nil {
		return ""
	}
	return " after " + Lasting(spec.InitialDelay+time.Duration(spec.FailureThreshold)*spec.Period)
}

// tellEnd makes the sentence about a container that ended by itself, as far as is known.
func (x *examiner) tellEnd(s *story) bool {
	how := fact.Termination{Reason: s.end.Reason, ExitCode: s.end.ExitCode, Signal: s.end.Signal}
	words, class := ending(how)
	if s.end.Untold {
		words, class = "an end that no status told of", ClassUnknown
	}
	if s.end.Cause == infer.CauseUnknown {
		x.d.Reason = "why it ended is not known"
		return x.say(ClassUnknown, s.end.Certainty, words+" ended "+Called(s.c)+x.after(s), x.d.Reason, x.afterwards(s))
	}
	x.d.Reason = words
	if rule := s.c.RestartRule(s.end.ExitCode); rule != nil && rule.Action == infer.RestartAllAction {
		return x.say(ClassRestartAll, s.end.Certainty, "RestartAllContainers: "+words+" of "+Called(s.c)+" restarts all containers"+x.many(s))
	}
	if class == ClassSignal && s.end.ExitCode == infer.KilledExitCode && x.outOfMemoryBefore(s.c) {
		return x.say(ClassOOM, infer.CertaintyMedium, "probably OOMKilled "+Called(s.c)+x.after(s)+s.c.Limit(), "as before", x.afterwards(s))
	}
	switch class {
	case ClassOOM:
		return x.say(class, s.end.Certainty, words+" "+Called(s.c)+x.after(s)+s.c.Limit(), x.afterwards(s))
	case ClassCompleted:
		return x.say(class, s.end.Certainty, words+" ended "+Called(s.c)+x.after(s)+x.finishes(s), x.afterwards(s))
	}
	innocent := ""
	switch {
	case !s.c.Killable():
	case s.end.Certainty >= infer.CertaintyHigh || !x.mayHaveKilled(s):
		innocent = "no probe is to blame"
	default:
		innocent = "a probe may have killed it"
	}
	return x.say(class, s.end.Certainty, words+" ended "+Called(s.c)+x.after(s)+x.ruled(s), innocent, x.afterwards(s))
}

// mayHaveKilled reports whether a probe of the container may have failed as often as it takes to kill it: the failures that
// events count, as long as they do not expire, are all there were.
func (x *examiner) mayHaveKilled(s *story) bool {
	if !x.Facts.EventsSeen || x.now.Sub(s.end.At) > infer.EventLife/2 {
		return true
	}
	for _, typ := range [...]fact.ProbeType{fact.Liveness, fact.Startup} {
		spec := s.c.Probes[typ]
		if spec == nil {
			continue
		}
		var failed int32
		for _, e := range x.Events {
			if e.Outcome == fact.Failed && e.Probe == typ && (e.Container == s.c.Name || e.Combined) {
				failed += e.Count
			}
		}
		if failed >= spec.FailureThreshold {
			return true
		}
	}
	return false
}

// outOfMemoryBefore reports whether an earlier instance of a container is known to have run out of memory: runtimes miss some.
func (x *examiner) outOfMemoryBefore(c *fact.Container) bool {
	for i := range x.Restarts {
		if r := &x.Restarts[i]; r.Container == c.Name && r.Cause == infer.CauseOOM {
			return true
		}
	}
	return false
}

// finishes says why a container that ends with 0 is started again.
func (x *examiner) finishes(s *story) string {
	switch {
	case s.end.Certainty < infer.CertaintyHigh:
		return ""
	case x.Pod.Restarts(s.c, 0) && s.c.RestartRule(0) == nil:
		return ": it finishes, restartPolicy Always"
	}
	return ": it finishes" + x.ruled(s)
}

// ruled says that a rule of the container decides what follows its exit code.
func (x *examiner) ruled(s *story) string {
	if rule := s.c.RestartRule(s.end.ExitCode); rule != nil {
		return " (restartPolicyRules: " + rule.Action + ")"
	}
	return ""
}

// after is how long an instance lived, and how many have ended like it.
func (x *examiner) after(s *story) string {
	lived := ""
	if s.end.Lived > 0 {
		lived = " after " + Lasting(s.end.Lived)
	}
	return lived + x.many(s)
}

// tellRestartAll makes the sentence about containers that are restarted because one of them ended.
func (x *examiner) tellRestartAll(s *story) bool {
	trigger, code := x.trigger()
	what := "a rule"
	if trigger != nil {
		x.d.Container, what = trigger.Name, "a rule of "+Called(trigger)
		if code >= 0 {
			what = "exit code " + strconv.Itoa(int(code)) + " of " + Called(trigger)
		}
	}
	x.d.Reason = what
	return x.say(ClassRestartAll, s.end.Certainty, "RestartAllContainers: "+what+" restarts all containers"+x.many(s), x.afterwards(s))
}

// trigger is the container whose rule restarts all others, with the exit code that did; -1 when that is not known.
func (x *examiner) trigger() (c *fact.Container, code int32) {
	for i := range x.Pod.Containers {
		c := &x.Pod.Containers[i]
		if c.Spec == nil {
			continue
		}
		for k := range c.Spec.RestartRules {
			rule := &c.Spec.RestartRules[k]
			if rule.Action != infer.RestartAllAction {
				continue
			}
			if how, ok := c.Ended(); ok && how.Reason != infer.RestartingAll && rule.Matches(how.ExitCode) {
				return c, how.ExitCode
			}
			if !rule.Not && len(rule.Codes) == 1 {
				return c, rule.Codes[0]
			}
			return c, -1
		}
	}
	return nil, -1
}

// afterwards is what has come of the container since, and what comes next.
func (x *examiner) afterwards(s *story) string {
	c := s.c
	switch {
	case c.State == fact.Waiting:
		return x.startsAgain(c)
	case c.State == fact.Terminated && !x.Pod.Restarts(c, c.ExitCode):
		return "it is not started again"
	case c.State != fact.Running:
		return ""
	}
	for i := range x.Probes {
		p := &x.Probes[i]
		if p.Container != c || p.Type == fact.Readiness || !p.Fails() && p.State != infer.StateStarting {
			continue
		}
		if next := x.follows(p); next != "" {
			return next
		}
	}
	return "runs again" + strings.TrimPrefix(x.lasted(c.StartedAt), ",")
}

// follows is what comes next when a probe goes on failing, as in "restart in 4–14s".
func (x *examiner) follows(p *infer.Probe) string {
	q := x.Forecast(p, x.now).Consequence
	if q.Kind == infer.NoConsequence {
		return ""
	}
	x.d.Next = Next{NextKind(q.Kind), q.Window}
	return string(q.Kind) + " " + within(q.Window, x.now)
}
