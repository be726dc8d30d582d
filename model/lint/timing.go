package lint

import (
	"fmt"
	"time"

	"github.com/probetop/probetop/model"
)

const (
	// longDelay is the initial delay from which on it is taken for a guess at how long a container takes to start.
	longDelay = 30 * time.Second
	// tightPercent is the share of a timeout, or of a startup budget, that should not be needed.
	tightPercent = 80
)

// round leaves out of a duration what does not matter.
func round(d time.Duration) time.Duration { return d.Round(time.Millisecond) }

// tightly reports whether what took so long leaves too little of a limit.
func tightly(took, limit time.Duration) bool { return took > 0 && 100*took >= tightPercent*limit }

func (l *linter) withoutStartup() {
	live := l.container.Probes[model.Liveness]
	if live == nil || l.container.Probes[model.Startup] != nil {
		return
	}
	const advice = "a startup probe gives a start all the time it needs, and liveness can be strict from then on"
	fields := []string{"startupProbe", probeField(model.Liveness, "initialDelaySeconds")}
	switch took, killed := l.start(func(r *model.Restart) time.Duration { return r.ToReady }), l.killedEarly(live); {
	case killed > 1:
		l.find(LivenessWithoutStartup, Error,
			fmt.Sprintf("liveness has restarted %s %d times within %v of its start, and there is no startup probe", l.container.Name, killed, early(live)),
			"a start that takes longer never comes to its end: "+advice, fields...)
	case tightly(took, patience(live)) && took <= early(live): // later, liveness had passed before it was ready
		l.find(LivenessWithoutStartup, Warning,
			fmt.Sprintf("%s took up to %v to start, liveness restarts it after %v, and there is no startup probe", l.container.Name, took, patience(live)),
			"a start that is a little slower ends in a restart, and so does the next: "+advice, fields...)
	case took == 0 && live.InitialDelay >= longDelay:
		l.find(LivenessWithoutStartup, Advice,
			fmt.Sprintf("liveness of %s waits %v after each start, and there is no startup probe", l.container.Name, live.InitialDelay),
			"a hang goes unnoticed in that time, and a start that takes longer ends in a restart: "+advice, fields...)
	}
}

// early is the time after a start in which liveness restarts a container that never answered.
func early(live *model.ProbeSpec) time.Duration {
	return live.InitialDelay + detection(live) + live.Period + live.Timeout
}

// killedEarly counts the restarts by liveness of instances that hardly can have answered once.
func (l *linter) killedEarly(live *model.ProbeSpec) int {
	n := 0
	for i := range l.row.Restarts {
		r := &l.row.Restarts[i]
		if r.Container == l.container.Name && r.Cause == model.CauseLiveness && r.Lived > 0 && r.Lived <= early(live)+l.row.Pod.GracePeriod {
			n++
		}
	}
	return n
}

func (l *linter) faster() {
	live, ready := l.container.Probes[model.Liveness], l.container.Probes[model.Readiness]
	if live == nil || ready == nil || detection(live) >= detection(ready) {
		return
	}
	l.find(LivenessFaster, Warning,
		fmt.Sprintf("liveness gives up after %v (%d × %v), readiness after %v (%d × %v)", detection(live), live.FailureThreshold, live.Period,
			detection(ready), ready.FailureThreshold, ready.Period),
		"the container is restarted while it still takes traffic, instead of being left alone first",
		probeField(model.Liveness, "failureThreshold"), probeField(model.Liveness, "periodSeconds"))
}

func (l *linter) tight() {
	for _, typ := range model.ProbeTypes {
		p := l.container.Probes[typ]
		if p == nil {
			continue
		}
		took := l.measures.Duration[model.Key{Pod: l.row.Pod.UID, Container: l.container.Name, Type: typ}]
		if !tightly(took, p.Timeout) {
			continue
		}
		l.find(TimeoutTight, Warning, fmt.Sprintf("%s of %s took up to %v of the %v it may take", typ, l.container.Name, round(took), p.Timeout),
			"a busy node, or a slow minute, is taken for a failure", probeField(typ, "timeoutSeconds"))
	}
}

func (l *linter) overPeriod() {
	for _, typ := range model.ProbeTypes {
		p := l.container.Probes[typ]
		if p == nil || p.Timeout < p.Period {
			continue
		}
		consequence := "a probe that times out leaves no pause before the next: the server never gets a moment's rest"
		if p.Timeout > p.Period {
			consequence = fmt.Sprintf("probes that time out push the next ones back: %d failures take %v and not %v", p.FailureThreshold,
				p.Timeout*time.Duration(p.FailureThreshold), detection(p))
		}
		l.find(TimeoutOverPeriod, Advice, fmt.Sprintf("%s of %s may take %v and is due every %v", typ, l.container.Name, p.Timeout, p.Period), consequence,
			probeField(typ, "timeoutSeconds"), probeField(typ, "periodSeconds"))
	}
}

func (l *linter) budget() {
	p := l.container.Probes[model.Startup]
	if p == nil {
		return
	}
	fields := []string{probeField(model.Startup, "failureThreshold"), probeField(model.Startup, "periodSeconds")}
	killed := 0
	for i := range l.row.Restarts {
		if r := &l.row.Restarts[i]; r.Container == l.container.Name && r.Cause == model.CauseStartup {
			killed++
		}
	}
	switch took := l.start(func(r *model.Restart) time.Duration { return r.ToStarted }); {
	case killed > 1:
		l.find(StartupBudget, Error,
			fmt.Sprintf("the startup probe has restarted %s %d times: it allows %v", l.container.Name, killed, patience(p)),
			"if it needs longer it never comes up, however often it is tried", fields...)
	case tightly(took, patience(p)):
		l.find(StartupBudget, Warning,
			fmt.Sprintf("%s took up to %v to start, and the startup probe allows %v", l.container.Name, took, patience(p)),
			"a start that is a little slower ends in a restart, and so does the next", fields...)
	}
}

func (l *linter) grace() {
	c, pod := l.container, l.row.Pod
	if c.Spec == nil || c.Spec.PreStop == 0 {
		return
	}
	sleeps := fmt.Sprintf("the preStop hook of %s sleeps %v", c.Name, c.Spec.PreStop)
	const consequence = "the container gets the signal to stop when its time is over, and is killed two seconds later"
	if !pod.Deleting() && c.Spec.PreStop >= pod.GracePeriod { // the grace period of a deleted pod is not the spec's
		l.find(GraceBelowPreStop, Error, fmt.Sprintf("%s, and the pod has %v to stop", sleeps, pod.GracePeriod), consequence)
		f := &l.findings[len(l.findings)-1]
		f.Fields = []string{"spec.terminationGracePeriodSeconds", containerField(c, "lifecycle.preStop")}
	}
	for _, typ := range model.ProbeTypes {
		p := c.Probes[typ]
		if p == nil || p.TerminationGracePeriod == nil || c.Spec.PreStop < *p.TerminationGracePeriod {
			continue
		}
		l.find(GraceBelowPreStop, Warning,
			fmt.Sprintf("%s, and the container has %v to stop when %s restarts it", sleeps, *p.TerminationGracePeriod, typ),
			consequence, probeField(typ, "terminationGracePeriodSeconds"), "lifecycle.preStop")
	}
}
