package lint

import (
	"fmt"
	"time"

	"github.com/probetop/probetop/model"
)

const (
	// hasty is the time to a restart below which a short stall is taken for a hang.
	hasty = 10 * time.Second
	// slowly is the time from which on too much traffic goes to a container that cannot answer.
	slowly = 60 * time.Second
	// often is the period of an exec probe below which it costs more than it tells.
	often = 5 * time.Second
	// longGrace is the grace period from which on a hang is long over before a restart.
	longGrace = 2 * time.Minute
)

func (l *linter) hastyLiveness() {
	p := l.container.Probes[model.Liveness]
	if p == nil || p.FailureThreshold > 1 && detection(p) >= hasty {
		return
	}
	evidence := fmt.Sprintf("liveness of %s restarts it after %v of failures (%d × %v)", l.container.Name, detection(p), p.FailureThreshold, p.Period)
	if p.FailureThreshold == 1 {
		evidence = fmt.Sprintf("liveness of %s restarts it after a single failure", l.container.Name)
	}
	l.find(LivenessHasty, Warning, evidence, "one pause of the process, of its node or of the network ends in a restart",
		probeField(model.Liveness, "failureThreshold"), probeField(model.Liveness, "periodSeconds"))
}

func (l *linter) slowReadiness() {
	p := l.container.Probes[model.Readiness]
	if p == nil {
		return
	}
	if d := detection(p); d > slowly {
		l.find(ReadinessSlow, Advice, fmt.Sprintf("readiness of %s takes up to %v to notice a failure (%d × %v)", l.container.Name, d, p.FailureThreshold, p.Period),
			"until then the container gets requests that it cannot answer",
			probeField(model.Readiness, "periodSeconds"), probeField(model.Readiness, "failureThreshold"))
	}
	if d := p.Period * time.Duration(p.SuccessThreshold); p.SuccessThreshold > 1 && d > slowly {
		l.find(ReadinessSlow, Advice, fmt.Sprintf("readiness of %s takes %v to notice that it is well again (%d × %v)", l.container.Name, d, p.SuccessThreshold, p.Period),
			"until then the other replicas have its share, and a start takes as much longer",
			probeField(model.Readiness, "successThreshold"), probeField(model.Readiness, "periodSeconds"))
	}
	if l.container.Probes[model.Startup] == nil && p.InitialDelay >= longDelay {
		l.find(ReadinessDelay, Advice, fmt.Sprintf("readiness of %s waits %v after each start", l.container.Name, p.InitialDelay),
			"a container that is ready sooner gets no traffic; one that fails readiness loses nothing by being asked",
			probeField(model.Readiness, "initialDelaySeconds"))
	}
}

func (l *linter) delayBesideStartup() {
	if l.container.Probes[model.Startup] == nil {
		return
	}
	for _, typ := range [...]model.ProbeType{model.Readiness, model.Liveness} {
		p := l.container.Probes[typ]
		if p == nil || p.InitialDelay == 0 {
			continue
		}
		l.find(DelayBesideStartup, Advice, fmt.Sprintf("%s of %s waits %v, and there is a startup probe", typ, l.container.Name, p.InitialDelay),
			"the delay counts from the start of the container and not from the success of the startup probe: it does nothing for a slow start, and holds up a quick one",
			probeField(typ, "initialDelaySeconds"))
	}
}

func (l *linter) execPace() {
	l.each(func(typ model.ProbeType, _ []string) {
		p := l.container.Probes[typ]
		if p.Period < often {
			l.find(ExecOften, Advice, fmt.Sprintf("%s of %s starts a process every %v", typ, l.container.Name, p.Period),
				"that costs the node more than what it tells, with every replica on it", probeField(typ, "periodSeconds"))
		}
		if p.Timeout <= time.Second {
			level := Advice
			if typ == model.Liveness {
				level = Warning
			}
			l.find(ExecTimeout, level, fmt.Sprintf("%s of %s has %v to start a process and to hear of its end", typ, l.container.Name, p.Timeout),
				"a busy node takes longer than that, and it counts as a failure", probeField(typ, "timeoutSeconds"))
		}
	})
}
