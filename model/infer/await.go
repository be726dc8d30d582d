package infer

import (
	"strings"
	"time"

	"github.com/probetop/probetop/model/fact"
)

// What the kubelet adds to the delay between two starts, because it looks again only then: the retry of a failed sync,
// or, since it knows when the delay ends, a jitter of half of what is left, which is at most half a resync interval
// (pkg/kubelet/pod_workers.go, completeWork).
const (
	backOffRetry  = 15 * time.Second
	backOffJitter = 30 * time.Second
)

// StartsAgain returns when the kubelet starts a container in CrashLoopBackOff again; the zero Window for a container
// that is not, or that does not say how long the delay is. It mirrors pkg/kubelet/kuberuntime/kuberuntime_manager.go,
// doBackOff: the delay begins when the instance before ended. A window that is over says that it is late.
func (r *Case) StartsAgain(c *fact.Container) fact.Window {
	if c.State != fact.Waiting || c.Reason != fact.ReasonCrashLoop || c.Last == nil || c.Last.FinishedAt.IsZero() || r.Pod.Deleting() {
		return fact.Window{}
	}
	rest, ok := strings.CutPrefix(c.Message, "back-off ")
	word, _, _ := strings.Cut(rest, " ")
	delay, err := time.ParseDuration(word)
	if !ok || err != nil {
		return fact.Window{}
	}
	late := max(backOffRetry, min(delay/2, backOffJitter))
	begin := c.Last.FinishedAt.Add(delay)
	return fact.Window{Earliest: begin, Latest: begin.Add(time.Second + late + killLag)}
}

// GraceEnds returns when the kubelet kills what still runs of a pod that was deleted; the zero Window when nothing is
// left to be killed. A preStop hook, and the ends of sidecars, share the same grace period.
func (r *Case) GraceEnds() fact.Window {
	if !r.Pod.Deleting() || r.Pod.Terminal() {
		return fact.Window{}
	}
	for i := range r.Pod.Containers {
		if r.Pod.Containers[i].State == fact.Running {
			return fact.Window{Earliest: r.Pod.Deleted, Latest: r.Pod.Deleted.Add(time.Second + statusLag + leastGrace)}
		}
	}
	return fact.Window{}
}
