package why

import (
	"strconv"

	"github.com/probetop/probetop/model/fact"
	"github.com/probetop/probetop/model/infer"
)

// This file has the causes of containers that run: what their probes say.

// cannotProbe is a probe that cannot be carried out and holds its pod back.
func (x *examiner) cannotProbe() bool {
	if x.Pod.Terminal() {
		return false
	}
	for i := range x.Probes {
		p := &x.Probes[i]
		if p.State == infer.StateErroring && (p.Type != fact.Liveness && !x.Pod.Ready()) {
			return x.erroring(p)
		}
	}
	return false
}

// erroring makes the sentence about a probe that cannot be carried out.
func (x *examiner) erroring(p *infer.Probe) bool {
	x.about(p.Container, p)
	x.d.Reason, x.d.Since = x.reason(p), p.FirstLike(p.LastFailure())
	if x.d.Reason == "" {
		x.d.Reason = "not known"
	}
	text := ""
	if x.event != nil {
		text = x.event.Text()
	}
	switch faultOf(p, text) {
	case faultPort, faultMissing, faultDenied:
		return x.say(ClassErroring, p.Certainty, x.d.Reason+": "+p.Type.String()+" can never be carried out")
	}
	return x.say(ClassErroring, p.Certainty, p.Type.String()+" of "+Called(p.Container)+" cannot be carried out"+because(x.d.Reason))
}

// notStarted is a container whose startup probe fails, or is about to give up on it.
func (x *examiner) notStarted() bool {
	if x.Pod.Terminal() {
		return false
	}
	for i := range x.Probes {
		p := &x.Probes[i]
		if p.Type != fact.Startup || p.Container.State != fact.Running || p.Container.HasStarted() || p.State != infer.StateFailed && p.State != infer.StateStarting {
			continue
		}
		if p.State == infer.StateStarting && !p.FailedLate() {
			continue
		}
		x.about(p.Container, p)
		x.d.Reason, x.d.Since, x.d.Times = x.reason(p), p.Container.StartedAt, p.Failures.Run
		if p.State == infer.StateFailed {
			return x.say(ClassStartup, p.Certainty, "startup gives up on "+Called(p.Container)+because(x.d.Reason), x.follows(p))
		}
		return x.say(ClassStarting, p.Certainty, "startup of "+Called(p.Container)+because(x.d.Reason), ", "+ofThreshold(p), x.follows(p))
	}
	return false
}

// ofThreshold is how often a probe has failed in a row, of how many times it takes.
func ofThreshold(p *infer.Probe) string {
	run := strconv.Itoa(int(p.Failures.Run))
	if p.Failures.Bound == fact.AtLeast {
		run = "≥" + run
	}
	return run + " of " + strconv.Itoa(int(p.Failures.Threshold))
}

// notReady is a container whose readiness probe fails.
func (x *examiner) notReady() bool {
	if x.Pod.Terminal() || x.Pod.Ready() {
		return false
	}
	var worst *infer.Probe
	for i := range x.Probes {
		p := &x.Probes[i]
		c := p.Container
		if p.Type != fact.Readiness || c.Ready || c.State != fact.Running || !c.HasStarted() || p.State != infer.StateFailed {
			continue
		}
		if worst == nil || worst.LastFailure() == nil && p.LastFailure() != nil {
			worst = p
		}
	}
	if worst == nil {
		return false
	}
	p := worst
	x.about(p.Container, p)
	x.d.Since, x.d.Times, x.d.Reason = x.readySince(), p.Failures.Run, x.reason(p)
	if p.Container.StartedAt.After(x.d.Since) {
		x.d.Since = p.Container.StartedAt
	}
	if x.d.Reason == "" {
		return x.say(ClassReadiness, p.Certainty, "readiness of "+Called(p.Container)+" has not succeeded"+x.lasted(x.d.Since), x.unheard())
	}
	return x.say(ClassReadiness, p.Certainty, "readiness of "+Called(p.Container)+because(x.d.Reason)+x.lasted(x.d.Since), x.alsoFails(p))
}

// unheard says why there is no text of a failure.
func (x *examiner) unheard() string {
	if !x.Facts.EventsSeen {
		return "why is not known, because events are not read"
	}
	return "no event says why"
}

// alsoFails is what the container's liveness probe does about it.
func (x *examiner) alsoFails(p *infer.Probe) string {
	for i := range x.Probes {
		q := &x.Probes[i]
		if q.Container == p.Container && q.Type == fact.Liveness && (q.State == infer.StateFailing || q.State == infer.StateFailed) {
			if next := x.follows(q); next != "" {
				return "liveness fails too, " + next
			}
		}
	}
	return ""
}

// failing is a pod that is ready, or about to be, and has a probe that fails or cannot be carried out.
func (x *examiner) failing() bool {
	if x.Pod.Terminal() {
		return false
	}
	for _, state := range [...]infer.State{infer.StateFailed, infer.StateFailing, infer.StateErroring} {
		for _, typ := range [...]fact.ProbeType{fact.Liveness, fact.Readiness, fact.Startup} {
			for i := range x.Probes {
				p := &x.Probes[i]
				if p.State != state || p.Type != typ || p.Container.State != fact.Running {
					continue
				}
				if state == infer.StateErroring {
					return x.erroring(p)
				}
				return x.tellFailing(p)
			}
		}
	}
	return false
}

// tellFailing makes the sentence about a probe that fails less often than it takes, or whose kill is due.
func (x *examiner) tellFailing(p *infer.Probe) bool {
	x.about(p.Container, p)
	x.d.Reason, x.d.Since, x.d.Times = x.reason(p), x.Spell(p).First, p.Failures.Run
	if p.State == infer.StateFailed && p.Type != fact.Readiness {
		class := map[fact.ProbeType]CauseClass{fact.Liveness: ClassLiveness, fact.Startup: ClassStartup}[p.Type]
		return x.say(class, p.Certainty, p.Type.String()+" kills "+Called(p.Container)+because(x.d.Reason), x.follows(p))
	}
	count := ""
	if p.Failures.Run > 0 {
		count = ", " + ofThreshold(p)
	}
	return x.say(ClassFailing, p.Certainty, p.Type.String()+" of "+Called(p.Container)+because(x.d.Reason)+count, x.follows(p))
}
