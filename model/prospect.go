package model

import (
	"time"

	"github.com/probetop/probetop/model/fact"
	"github.com/probetop/probetop/model/why"
)

// Aims lists the aims.
var Aims = [...]Aim{AimReady, AimStarted, AimGone, AimHealthy}

// Goal is what pods are waited for to be, and for how long without a break; zero for a moment.
type Goal struct {
	Aim    Aim
	Stable time.Duration
}

// Prospect is how a pod stands to a goal.
type Prospect struct {
	// Met is set when the pod is what it is waited for to be.
	Met bool
	// Hopeless is why it cannot become so unless something is changed; nil when it may.
	Hopeless *Hopeless
}

// Prospect returns how the pod stands to a goal, as seen at a moment.
func (r *Row) Prospect(g Goal, now time.Time) Prospect {
	if g.Aim == AimGone {
		return Prospect{} // it is there, and whatever holds it may let go
	}
	if r.met(g.Aim) {
		return Prospect{Met: true, Hopeless: why.ShortLived(&r.Case, g.Stable, now)}
	}
	return Prospect{Hopeless: why.HopelessOf(&r.Case, g.Aim, now)}
}

// met reports whether the pod is what it is waited for to be.
func (r *Row) met(aim Aim) bool {
	p := r.Pod
	if p.Phase == "Succeeded" {
		return true
	}
	if p.Terminal() || p.Deleting() {
		return false
	}
	if done, _ := p.WorkDone(); done != nil {
		return true
	}
	switch aim {
	case AimStarted:
		return started(p)
	case AimHealthy:
		return p.Ready() && !r.Severity.Fault() && !r.failsAny() && r.Broken() == nil
	}
	return p.Ready()
}

// started reports whether every container that goes on running does, and has started.
func started(p *fact.Pod) bool {
	for i := range p.Containers {
		if c := &p.Containers[i]; c.Kind != fact.Init && (c.State != fact.Running || !c.HasStarted()) {
			return false
		}
	}
	return len(p.Containers) > 0
}

// failsAny reports whether a probe fails or cannot be carried out.
func (r *Row) failsAny() bool {
	for i := range r.Probes {
		if r.Probes[i].Fails() {
			return true
		}
	}
	return false
}

// Faulty reports whether something is wrong with the pod that is not an ordinary part of its life: a start, an end or a
// restart that is over are.
func (r *Row) Faulty(now time.Time) bool {
	switch {
	case r.Pod.Deleting():
		return now.Sub(r.Pod.Deleted) > overdue
	case r.Pod.Phase == "Failed", r.Severity.Fault():
		return true
	}
	d := why.Brief(&r.Case, now)
	return d != nil && (d.Cause == why.ClassEndpoints || d.Cause == why.ClassNode && !r.Pod.Ready())
}

// overdue is how long after its grace period a deleted pod may be there before that is a fault.
const overdue = 30 * time.Second

// Soonest is when the pod may next become what it is waited for to be: when the probe is run that holds it back, or its
// container starts again. It is the zero Window when that is not known.
func (r *Row) Soonest(now time.Time) fact.Window {
	for i := range r.Probes {
		p := &r.Probes[i]
		switch c := p.Container; {
		case c.State != fact.Running, p.Type == fact.Liveness, p.Type == fact.Readiness && (c.Ready || !c.HasStarted()), p.Type == fact.Startup && c.HasStarted():
			continue
		}
		if next := r.Forecast(p, now).Next; !next.IsZero() {
			return next
		}
	}
	for i := range r.Pod.Containers {
		if w := r.StartsAgain(&r.Pod.Containers[i]); !w.IsZero() {
			return w
		}
	}
	return fact.Window{}
}
