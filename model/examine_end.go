package model

import (
	"cmp"
	"strconv"
	"strings"
	"time"
)

// This file has the causes of a container that ended: killed by a probe, by itself, or restarted by something else.

// story is what the ends of a container have in common.
type story struct {
	c   *Container
	end Restart
	// total is how many instances have ended, and same how many of them, at least, for the cause of the last.
	total, same int32
	// age is how long ago the last one ended, or the running one began.
	age time.Duration
}

// story returns what is known of the ends of a container; nil for one that never ended.
func (x *examiner) story(c *Container) *story {
	s := &story{c: c, total: c.instances()}
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
	switch typ, probed := s.end.Cause.probe(); {
	case probed:
		s.same = x.kills(c, typ, s.total)
	case s.end.Cause == CausePostStart:
		s.same = max(x.told(c, KilledByPostStart), 1)
	case s.end.Cause == CauseResize:
		s.same = max(x.told(c, KilledByResize), 1)
	default:
		s.same = max(s.total-x.told(c, KilledByLiveness)-x.told(c, KilledByStartup)-x.told(c, KilledByPostStart), 1)
	}
	s.age = x.now.Sub(s.end.At)
	if c.State == Running && c.StartedAt.After(s.end.At) {
		s.age = x.now.Sub(c.StartedAt)
	}
	return s
}

// toldOfKills takes the probe whose kills most of the ends are known to be for the cause of the loop, where no event says why
// the last one ended: the spam filter of the kubelet drops the events of a loop that goes on.
func (x *examiner) toldOfKills(s *story) {
	if s.end.Certainty == Certain || s.end.Cause == CauseOOM {
		return
	}
	for _, typ := range [...]ProbeType{Liveness, Startup} {
		if told := x.told(s.c, typ.killCause()); told >= 2 && 2*told >= s.total {
			s.end.Cause, s.end.Certainty = typ.cause(), CertaintyHigh
			return
		}
	}
}

// kills counts the kills of a container by its probe of that type: what the Killing events count, or what the failures add
// up to, where restarts were before we looked.
func (x *examiner) kills(c *Container, typ ProbeType, total int32) int32 {
	var failed int32
	for _, e := range x.Events {
		if e.Outcome == Failed && e.Probe == typ && (e.Container == c.Name || e.Combined) {
			failed += e.Count
		}
	}
	var seen int32
	for i := range x.Restarts {
		if r := &x.Restarts[i]; r.Container == c.Name && r.Cause == typ.cause() {
			seen++
		}
	}
	if spec := c.Probes[typ]; spec != nil {
		seen = max(seen, min(failed/max(spec.FailureThreshold, 1), total))
	}
	return max(x.told(c, typ.killCause()), seen, 1)
}

// killCause is what the Killing event of a container says that its probe of that type kills.
func (t ProbeType) killCause() KillCause {
	if t == Startup {
		return KilledByStartup
	}
	return KilledByLiveness
}

// told counts the kills of a container for a cause, as its Killing events do.
func (x *examiner) told(c *Container, cause KillCause) (n int32) {
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
	case c.State != Running:
		return !x.completes(c)
	case s.age > flapWindow:
		return false
	case c.Ready && c.HasStarted():
		return x.now.Sub(s.end.At) < flapWindow && (c.Restarts >= 2 || x.again(s))
	case s.age < max(youth, 2*s.end.Lived):
		return true
	}
	return x.again(s)
}

// again reports whether the probe that killed a container last fails again.
func (x *examiner) again(s *story) bool {
	typ, probed := s.end.Cause.probe()
	i := x.index(s.c, typ)
	return probed && i >= 0 && (x.Probes[i].fails() || x.Probes[i].State == StateStarting)
}

// completes reports whether a container has done its work and is not started again.
func (x *examiner) completes(c *Container) bool {
	return c.State == Terminated && c.ExitCode == 0 && !x.Pod.restarts(c, 0)
}

// restarts reports whether the kubelet starts a container again that ended with that code. It mirrors ShouldContainerBeRestarted
// of pkg/kubelet/container/helpers.go.
func (p *Pod) restarts(c *Container, code int32) bool {
	if c.RestartRule(code) != nil {
		return true
	}
	switch cmp.Or(c.RestartPolicy, p.RestartPolicy) {
	case "Never":
		return false
	case "OnFailure":
		return code != 0
	}
	return c.Kind != Init || code != 0
}

// worst returns the story of the container whose ends are most of what is wrong; nil for none.
func (x *examiner) worst(relevant func(*story) bool) *story {
	var worst *story
	for i := range x.Pod.Containers {
		c := &x.Pod.Containers[i]
		if c.Kind == Init {
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
func down(c *Container) bool { return c.State != Running }

// blames reports whether the last end has a cause of its own, and is not the consequence of another container's.
func (s *story) blames() bool {
	switch s.end.Cause {
	case CauseSandbox, CauseUnknown, CauseNode:
		return false
	}
	return true
}

// ended is a container that does not run because it ended, or does so again and again.
func (x *examiner) ended() bool {
	s := x.worst(x.stands)
	return s != nil && x.tell(s)
}

// restartedLately is a container that runs well after a restart of which a reader may want to know.
func (x *examiner) restartedLately() bool {
	s := x.worst(func(s *story) bool {
		return s.c.State == Running && s.age < flapWindow && s.end.Cause != CauseDefinition
	})
	return s != nil && !x.Pod.Terminal() && x.tell(s)
}

// succeededByKill is a pod whose container a probe killed, and that counts as succeeded because it ended with 0 when it was
// asked to end.
func (x *examiner) succeededByKill() bool {
	s := x.worst(func(s *story) bool {
		_, probed := s.end.Cause.probe()
		return probed && s.c.State == Terminated
	})
	return s != nil && x.tell(s)
}

// hedged is a verb as sure as its conclusion is.
func hedged(c Certainty, verb, might string) string {
	switch {
	case c >= CertaintyHigh:
		return verb
	case c >= CertaintyMedium:
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
	case CauseLiveness, CauseStartup:
		return x.tellKill(s)
	case CausePostStart:
		x.d.Reason = s.hook()
		return x.say(ClassPostStart, sure, "postStart hook of "+s.c.called()+" failed"+x.many(s)+because(x.d.Reason), x.afterwards(s))
	case CauseResize:
		x.d.Reason = "its resizePolicy wants a restart"
		return x.say(ClassResize, sure, "resize restarted "+s.c.called()+x.many(s)+because(x.d.Reason), x.afterwards(s))
	case CauseRestartAll:
		return x.tellRestartAll(s)
	case CauseDefinition:
		return x.say(ClassDefinition, sure, "new definition restarted "+s.c.called()+x.many(s), x.afterwards(s))
	case CauseSandbox:
		return x.say(ClassSandbox, sure, "new sandbox restarted "+s.c.called()+x.many(s), x.afterwards(s))
	case CauseNode:
		return x.say(ClassNode, sure, "node or runtime restart ended "+s.c.called()+x.many(s), x.afterwards(s))
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

// loopSince is when the first of the ends was that is known.
func (x *examiner) loopSince(s *story) time.Time {
	first := s.end.At
	for i := range x.Restarts {
		if r := &x.Restarts[i]; r.Container == s.c.Name && r.Cause == s.end.Cause && !r.At.IsZero() && r.At.Before(first) {
			first = r.At
		}
	}
	typ, probed := s.end.Cause.probe()
	for _, e := range x.Events {
		if k, ok := e.Kill.probe(); ok && probed && k == typ && e.Container == s.c.Name && e.First.Before(first) {
			first = e.First
		}
	}
	return first
}

// tellKill makes the sentence about a container that a probe kills.
func (x *examiner) tellKill(s *story) bool {
	typ, _ := s.end.Cause.probe()
	class := map[ProbeType]CauseClass{Liveness: ClassLiveness, Startup: ClassStartup}[typ]
	if i := x.index(s.c, typ); i >= 0 {
		p := &x.Probes[i]
		x.about(s.c, p)
		x.d.Reason = x.Reason(p)
		if s.end.Text != "" {
			x.d.Reason = x.reasonOf(p, Failed, s.end.Text)
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
	if typ == Startup {
		what := "startup " + hedged(s.end.Certainty, "gave up on ", "may have given up on ") + s.c.called()
		return x.say(class, s.end.Certainty, what+x.budget(s)+", "+often+because(x.d.Reason), x.afterwards(s))
	}
	what := "liveness " + hedged(s.end.Certainty, "killed ", "may have killed ") + s.c.called() + " " + often
	return x.say(class, s.end.Certainty, what+because(x.d.Reason), x.afterwards(s))
}

// budget is how long a startup probe lets a container start.
func (x *examiner) budget(s *story) string {
	spec := s.c.Probes[Startup]
	if spec == nil {
		return ""
	}
	return " after " + lasting(spec.InitialDelay+time.Duration(spec.FailureThreshold)*spec.Period)
}

// tellEnd makes the sentence about a container that ended by itself, as far as is known.
func (x *examiner) tellEnd(s *story) bool {
	how := Termination{Reason: s.end.Reason, ExitCode: s.end.ExitCode, Signal: s.end.Signal}
	words, class := ending(how)
	if s.end.Untold {
		words, class = "an end that no status told of", ClassUnknown
	}
	if s.end.Cause == CauseUnknown {
		x.d.Reason = "why it ended is not known"
		return x.say(ClassUnknown, s.end.Certainty, words+" ended "+s.c.called()+x.after(s), x.d.Reason, x.afterwards(s))
	}
	x.d.Reason = words
	if rule := s.c.RestartRule(s.end.ExitCode); rule != nil && rule.Action == restartAllAction {
		return x.say(ClassRestartAll, s.end.Certainty, "RestartAllContainers: "+words+" of "+s.c.called()+" restarts all containers"+x.many(s))
	}
	if class == ClassSignal && s.end.ExitCode == killedExitCode && x.outOfMemoryBefore(s.c) {
		return x.say(ClassOOM, CertaintyMedium, "probably OOMKilled "+s.c.called()+x.after(s)+s.c.limit(), "as before", x.afterwards(s))
	}
	switch class {
	case ClassOOM:
		return x.say(class, s.end.Certainty, words+" "+s.c.called()+x.after(s)+s.c.limit(), x.afterwards(s))
	case ClassCompleted:
		return x.say(class, s.end.Certainty, words+" ended "+s.c.called()+x.after(s)+x.finishes(s), x.afterwards(s))
	}
	innocent := ""
	switch {
	case !s.c.killable():
	case s.end.Certainty >= CertaintyHigh:
		innocent = "no probe is to blame"
	default:
		innocent = "a probe may have killed it"
	}
	return x.say(class, s.end.Certainty, words+" ended "+s.c.called()+x.after(s)+x.ruled(s), innocent, x.afterwards(s))
}

// killable reports whether a container has a probe that can kill it.
func (c *Container) killable() bool { return c.Probes[Liveness] != nil || c.Probes[Startup] != nil }

// outOfMemoryBefore reports whether an earlier instance of a container is known to have run out of memory: runtimes miss some.
func (x *examiner) outOfMemoryBefore(c *Container) bool {
	for i := range x.Restarts {
		if r := &x.Restarts[i]; r.Container == c.Name && r.Cause == CauseOOM {
			return true
		}
	}
	return false
}

// limit is the memory limit of the container after what it explains.
func (c *Container) limit() string {
	if c.Spec == nil || c.Spec.MemoryLimit == "" {
		return ""
	}
	return " (limit " + c.Spec.MemoryLimit + ")"
}

// finishes says why a container that ends with 0 is started again.
func (x *examiner) finishes(s *story) string {
	switch {
	case s.end.Certainty < CertaintyHigh:
		return ""
	case x.Pod.restarts(s.c, 0) && s.c.RestartRule(0) == nil:
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
		lived = " after " + lasting(s.end.Lived)
	}
	return lived + x.many(s)
}

// tellRestartAll makes the sentence about containers that are restarted because one of them ended.
func (x *examiner) tellRestartAll(s *story) bool {
	trigger, code := x.trigger()
	what := "a rule"
	if trigger != nil {
		x.d.Container, what = trigger.Name, "a rule of "+trigger.called()
		if code >= 0 {
			what = "exit code " + strconv.Itoa(int(code)) + " of " + trigger.called()
		}
	}
	x.d.Reason = what
	return x.say(ClassRestartAll, s.end.Certainty, "RestartAllContainers: "+what+" restarts all containers"+x.many(s), x.afterwards(s))
}

// trigger is the container whose rule restarts all others, with the exit code that did; -1 when that is not known.
func (x *examiner) trigger() (c *Container, code int32) {
	for i := range x.Pod.Containers {
		c := &x.Pod.Containers[i]
		if c.Spec == nil {
			continue
		}
		for k := range c.Spec.RestartRules {
			rule := &c.Spec.RestartRules[k]
			if rule.Action != restartAllAction {
				continue
			}
			if how, ok := c.ended(); ok && how.Reason != restartingAll && rule.Matches(how.ExitCode) {
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
	case c.State == Waiting:
		return x.startsAgain(c)
	case c.State == Terminated && !x.Pod.restarts(c, c.ExitCode):
		return "it is not started again"
	case c.State != Running:
		return ""
	}
	for i := range x.Probes {
		p := &x.Probes[i]
		if p.Container != c || p.Type == Readiness || !p.fails() && p.State != StateStarting {
			continue
		}
		if next := x.follows(p); next != "" {
			return next
		}
	}
	return "runs again" + strings.TrimPrefix(x.lasted(c.StartedAt), ",")
}

// follows is what comes next when a probe goes on failing, as in "restart in 4–14s".
func (x *examiner) follows(p *Probe) string {
	q := x.Forecast(p, x.now).Consequence
	if q.Kind == NoConsequence {
		return ""
	}
	x.d.Next = Next{NextKind(q.Kind), q.Window}
	return string(q.Kind) + " " + within(q.Window, x.now)
}

// hook is what the postStart hook of the container does.
func (s *story) hook() string {
	if s.c.Spec == nil {
		return ""
	}
	return shorten(s.c.Spec.PostStartHook, 40)
}

// wedgePatience is how long the kubelet takes at most to act on a container that has ended: it looks at every pod again
// within a minute and a half.
const wedgePatience = 2 * time.Minute

// wedged is a pod whose container ended and would have to be started again, while its kubelet does nothing any more. The
// status of one that waits for its back-off is waiting, not terminated.
func (x *examiner) wedged() bool {
	if x.Pod.Terminal() || x.Pod.Deleting() || x.Node != nil && x.Node.Ready != True {
		return false
	}
	for i := range x.Pod.Containers {
		c := &x.Pod.Containers[i]
		if c.State == Running || c.State == Waiting {
			return false
		}
	}
	for i := range x.Pod.Containers {
		c := &x.Pod.Containers[i]
		if c.State != Terminated || !x.Pod.restarts(c, c.ExitCode) || c.FinishedAt.IsZero() || x.now.Sub(c.FinishedAt) < wedgePatience {
			continue
		}
		x.about(c, nil)
		x.d.Since = c.FinishedAt
		words, _ := ending(Termination{Reason: c.Reason, ExitCode: c.ExitCode, Signal: c.Signal})
		if s := x.story(c); s != nil {
			if typ, probed := s.end.Cause.probe(); probed {
				words = typ.String() + "'s kill (" + words + ")"
				if k := x.index(c, typ); k >= 0 {
					x.about(c, &x.Probes[k])
				}
			}
		}
		x.d.Reason = words + " ended " + c.called()
		return x.say(ClassWedged, CertaintyHigh, "wedged"+x.lasted(c.FinishedAt)+because(x.d.Reason), "the kubelet does not start it again")
	}
	return false
}

// workDone is a pod with a container that has done its work, while others that are well hold the pod.
func (x *examiner) workDone() bool {
	done, holds := x.Pod.workDone()
	if done == nil {
		return false
	}
	if holds == nil {
		return false
	}
	x.about(done, nil)
	x.d.Since, x.d.Reason = done.FinishedAt, "it ended with exit code 0"
	what := "work is done: " + done.called() + " ended with exit code 0" + x.ago(done.FinishedAt)
	if holds.Kind == Sidecar {
		return x.say(ClassJobDone, Certain, what, holds.called()+" is being stopped")
	}
	return x.say(ClassJobDone, Certain, what, holds.called()+" still runs and holds the pod")
}

// workDone returns a main container that has done its work, and one that runs on, nil when every one has ended; both are nil
// when no work is done, or another container is not well.
func (p *Pod) workDone() (done, holds *Container) {
	if p.Terminal() || p.Deleting() {
		return nil, nil
	}
	for i := range p.Containers {
		c := &p.Containers[i]
		switch {
		case c.Kind == Main && c.State == Terminated && c.ExitCode == 0 && !p.restarts(c, 0):
			if done == nil || c.FinishedAt.Before(done.FinishedAt) {
				done = c
			}
		case c.Kind == Init && c.State == Terminated && c.ExitCode == 0:
		case c.State == Running && c.Ready && c.Kind != Init:
			if holds == nil || holds.Kind == Sidecar {
				holds = c
			}
		default:
			return nil, nil
		}
	}
	if done == nil {
		return nil, nil
	}
	return done, holds
}
