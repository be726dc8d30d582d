package why

import (
	"time"

	"github.com/probetop/probetop/model/fact"
	"github.com/probetop/probetop/model/infer"
)

// This file has the causes of pods whose containers are done, or would have to be started again and are not.

// wedgePatience is how long the kubelet takes at most to act on a container that has ended: it looks at every pod again
// within a minute and a half.
const wedgePatience = 2 * time.Minute

// wedged is a pod whose container ended and would have to be started again, while its kubelet does nothing any more. The
// status of one that waits for its back-off is waiting, not terminated.
func (x *examiner) wedged() bool {
	if x.Pod.Terminal() || x.Pod.Deleting() || x.Node != nil && x.Node.Ready != fact.True {
		return false
	}
	for i := range x.Pod.Containers {
		c := &x.Pod.Containers[i]
		if c.State == fact.Running || c.State == fact.Waiting {
			return false
		}
	}
	for i := range x.Pod.Containers {
		c := &x.Pod.Containers[i]
		if c.State != fact.Terminated || !x.Pod.Restarts(c, c.ExitCode) || c.FinishedAt.IsZero() || x.now.Sub(c.FinishedAt) < wedgePatience {
			continue
		}
		x.about(c, nil)
		x.d.Since = c.FinishedAt
		words, _ := ending(fact.Termination{Reason: c.Reason, ExitCode: c.ExitCode, Signal: c.Signal})
		if s := x.story(c); s != nil {
			if typ, probed := s.end.Cause.Probe(); probed {
				words = typ.String() + "'s kill (" + words + ")"
				if k := x.index(c, typ); k >= 0 {
					x.about(c, &x.Probes[k])
				}
			}
		}
		x.d.Reason = words + " ended " + Called(c)
		return x.say(ClassWedged, infer.CertaintyHigh, "wedged"+x.lasted(c.FinishedAt)+because(x.d.Reason), "the kubelet does not start it again")
	}
	return false
}

// workDone is a pod with a container that has done its work, while others that are well hold the pod.
func (x *examiner) workDone() bool {
	done, holds := x.Pod.WorkDone()
	if done == nil {
		return false
	}
	if holds == nil {
		return false
	}
	x.about(done, nil)
	x.d.Since, x.d.Reason = done.FinishedAt, "it ended with exit code 0"
	what := "work is done: " + Called(done) + " ended with exit code 0" + x.ago(done.FinishedAt)
	if holds.Kind == fact.Sidecar {
		return x.say(ClassJobDone, infer.Certain, what, Called(holds)+" is being stopped")
	}
	return x.say(ClassJobDone, infer.Certain, what, Called(holds)+" still runs and holds the pod")
}
