package why

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/probetop/probetop/model/fact"
	"github.com/probetop/probetop/model/infer"
)

// This file has the last causes: the end of a deleted pod, its traffic, and a pod that has just begun.

// endLag is how long the API server and the kubelet may take to tell that a pod has ended.
const endLag = 5 * time.Second

// terminates is a pod that was deleted and is still there.
func (x *examiner) terminates() bool {
	p := x.Pod
	if !p.Deleting() {
		return false
	}
	begun := p.Deleted.Add(-p.GracePeriod)
	x.d.Since = begun
	what, long, class := "terminating", x.lasted(begun), ClassTerminating
	if c := p.Condition("DisruptionTarget"); c != nil && c.Status == fact.True {
		what = disruptor(c.Reason)
		if ended, ok := disruptions[c.Reason]; ok {
			class = ended
		}
	}
	if trouble, _ := x.nodeTrouble(); trouble != "" {
		return x.say(class, infer.Certain, what+": "+trouble+long, "no kubelet ends the pod")
	}
	c := x.runs()
	over := x.now.Sub(p.Deleted)
	switch {
	case c == nil && len(p.Finalizers) > 0:
		x.object, x.d.Reason = p.Finalizers[0], "finalizer "+p.Finalizers[0]+" keeps the pod"
		return x.say(class, infer.Certain, what+because("finalizer "+fact.Shorten(strings.Join(p.Finalizers, ", "), 48)+" keeps the pod")+long, "its containers have ended")
	case c == nil:
		return x.say(class, infer.Certain, what+": its containers have ended, the kubelet cleans up"+long)
	case over > endLag:
		x.about(c, nil)
		x.d.Reason = Called(c) + " still runs, " + Lasting(over) + " after its grace period"
		return x.say(class, infer.Certain, what+because(x.d.Reason))
	}
	x.about(c, nil)
	x.d.Next = Next{NextEnd, x.GraceEnds()}
	return x.say(class, infer.Certain, what+because(x.stops(c, begun))+long, "killed "+within(x.d.Next.Window, x.now))
}

// disruptions are the causes of deletions that their DisruptionTarget condition names.
var disruptions = map[string]CauseClass{
	"EvictionByEvictionAPI": ClassEvicted, "DeletionByTaintManager": ClassEvicted, "PreemptionByScheduler": ClassPreempted,
	"DeletionByPodGC": ClassLost,
}

// runs returns the container of a deleted pod that still runs, one with a preStop hook before others; nil for none.
func (x *examiner) runs() *fact.Container {
	var found *fact.Container
	for i := range x.Pod.Containers {
		c := &x.Pod.Containers[i]
		if c.State == fact.Running && (found == nil || found.Spec.Hookless() && !c.Spec.Hookless()) {
			found = c
		}
	}
	return found
}

// stops says what a container does that is being stopped.
func (x *examiner) stops(c *fact.Container, begun time.Time) string {
	switch {
	case c.Spec.Hookless():
		return Called(c) + " has not ended yet"
	case c.Spec.PreStop > x.now.Sub(begun):
		x.d.Reason = "preStop of " + Called(c) + " runs (" + fact.Shorten(c.Spec.PreStopHook, 30) + ")"
	default:
		x.d.Reason = "preStop of " + Called(c) + " may still run (" + fact.Shorten(c.Spec.PreStopHook, 30) + ")"
	}
	return x.d.Reason
}

// sliceLag is how long an EndpointSlice may take to follow its pods before that is worth a sentence.
const sliceLag = 30 * time.Second

// noTraffic is a pod that is ready, and that a Service selects, without getting traffic from it.
func (x *examiner) noTraffic() bool {
	if !x.Pod.Ready() || len(x.Services) == 0 {
		return false
	}
	l := x.endpoints()
	if l.OK {
		return false
	}
	x.d.Since, x.d.Reason = l.Since, l.Text
	ready := since(x.Pod.Condition("Ready"))
	for _, s := range x.Services {
		if port, missing := x.Pod.MissingPort(s); missing {
			x.object = s.Name
			x.d.Reason = "no container names a port " + strconv.Quote(port)
			return x.say(ClassEndpoints, infer.CertaintyHigh, "no traffic from Service "+fact.Shorten(s.Name, 30)+because(x.d.Reason))
		}
	}
	if x.now.Sub(ready) < sliceLag || x.unsliced() {
		return false
	}
	return x.say(ClassEndpoints, infer.CertaintyMedium, "no traffic though ready"+x.lasted(ready)+because(l.Text))
}

// unsliced reports whether a Service that selects the pod has no EndpointSlice at all, so that no controller writes them.
func (x *examiner) unsliced() bool {
	return slices.ContainsFunc(x.Services, func(s *fact.Service) bool { return !s.Sliced })
}

// schedulePatience is how long a scheduler may take to say something of a pod.
const schedulePatience = 30 * time.Second

// resizes is a pod whose in-place resize waits, or fails.
func (x *examiner) resizes() bool {
	for _, typ := range [...]string{"PodResizePending", "PodResizeInProgress"} {
		c := x.Pod.Condition(typ)
		if c == nil || c.Status != fact.True || c.Reason == "" {
			continue
		}
		x.d.Since, x.d.Reason = c.Since, c.Message
		return x.say(ClassResize, infer.Certain, "resize is "+lowered(c.Reason)+because(fact.Shorten(lowered(c.Message), reasonRoom))+x.lasted(c.Since))
	}
	return false
}

// begins is a pod that is not ready and of which nothing else is known to be wrong.
func (x *examiner) begins() bool {
	if done, _ := x.Pod.WorkDone(); done != nil {
		return false
	}
	if x.Pod.Ready() || x.Pod.Phase == "Failed" {
		return x.Pod.Phase == "Failed" && x.say(ClassUnknown, infer.CertaintyNone, "failed", "the status does not say why")
	}
	l := x.worded(x.broken())
	if l.OK || l.Name == StepEndpoints {
		return false
	}
	x.d.Since = l.Since
	if l.probe >= 0 {
		x.about(nil, &x.Probes[l.probe])
	}
	if l.Name == StepScheduled && x.now.Sub(l.Since) > schedulePatience {
		scheduler := ""
		if s := x.Pod.Setting; s != nil && s.Scheduler != "" {
			scheduler = " (schedulerName " + s.Scheduler + ")"
		}
		return x.say(ClassUnscheduled, infer.CertaintyHigh, "not scheduled, and no scheduler says why"+scheduler+x.lasted(l.Since))
	}
	if l.beginning {
		return x.say(ClassStarting, infer.CertaintyHigh, l.Text)
	}
	return x.say(ClassUnknown, infer.CertaintyMedium, l.Text)
}
