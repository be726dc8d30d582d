package lint

import (
	"fmt"

	"github.com/probetop/probetop/model"
)

// ends finds probes whose kill is not followed by a restart.
func (l *linter) ends() {
	c := l.container
	if c.RestartPolicy == "Always" || c.Spec != nil && len(c.Spec.RestartRules) > 0 {
		return
	}
	policy := l.row.Pod.RestartPolicy
	if c.RestartPolicy != "" {
		policy = c.RestartPolicy
	}
	for _, typ := range [...]model.ProbeType{model.Startup, model.Liveness} {
		if c.Probes[typ] == nil {
			continue
		}
		switch policy {
		case "Never":
			l.find(KillEnds, Warning, fmt.Sprintf("%s of %s kills it, and nothing restarts it (restartPolicy Never)", typ, c.Name),
				"its pod fails, and what it was at is lost: a Job counts it against its backoffLimit", typ.String()+"Probe")
		case "OnFailure":
			l.find(KillEnds, Advice, fmt.Sprintf("%s of %s kills it, and it is restarted only if it does not exit with 0 (restartPolicy OnFailure)", typ, c.Name),
				"a process that ends in order when it is told to counts as done, although it was stopped in the middle", typ.String()+"Probe")
		}
	}
}

func (l *linter) longGrace() {
	live, grace := l.container.Probes[model.Liveness], l.row.Pod.GracePeriod
	if live == nil || live.TerminationGracePeriod != nil || grace < longGrace || l.row.Pod.Deleting() {
		return
	}
	l.find(GraceDelaysRestart, Advice, fmt.Sprintf("liveness of %s gives it the pod's %v to stop", l.container.Name, grace),
		"a process that hangs does not listen to the signal either: it is restarted only when that time is over", probeField(model.Liveness, "terminationGracePeriodSeconds"))
}

func (l *linter) sidecarStart() {
	c := l.container
	if c.Kind != model.Sidecar || c.Probes[model.Startup] != nil {
		return
	}
	l.find(SidecarUnawaited, Advice, fmt.Sprintf("sidecar %s has no startup probe", c.Name),
		"the containers after it start as soon as its process runs, whether it can serve them or not", "startupProbe")
}

func (l *linter) deadline() {
	p, deadline := l.container.Probes[model.Startup], l.measures.ProgressDeadline
	if p == nil || deadline == 0 || patience(p) < deadline {
		return
	}
	l.find(DeadlineBelowStartup, Warning, fmt.Sprintf("%s may take %v to start, and a rollout counts as failed after %v without progress", l.container.Name, patience(p), deadline),
		"kubectl rollout status and pipelines give up on a container that still has time", probeField(model.Startup, "failureThreshold"))
}
