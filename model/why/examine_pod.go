package why

import (
	"cmp"
	"strings"
	"time"

	"github.com/probetop/probetop/model/fact"
	"github.com/probetop/probetop/model/infer"
)

// This file has the causes that concern the pod as a whole, before any container of it runs or after all have ended.

// endReasons are the status.reason words of pods that the kubelet or a controller ended (pkg/kubelet/eviction,
// nodeshutdown, preemption, active_deadline.go); every other one is a refusal to admit the pod (pkg/kubelet/lifecycle).
var endReasons = map[string]CauseClass{
	"Evicted": ClassEvicted, "DeadlineExceeded": ClassDeadline, "Preempting": ClassPreempted,
	"Terminated": ClassShutdown, "NodeShutdown": ClassShutdown, "Shutdown": ClassShutdown, "NodeLost": ClassLost,
}

// endedByOthers is a pod that did not fail by itself.
func (x *examiner) endedByOthers() bool {
	p := x.Pod
	if p.Phase != "Failed" && (p.Reason == "" || !p.Failing()) {
		return false
	}
	if p.Reason == "" {
		c := p.Condition("DisruptionTarget")
		if c == nil || c.Status != fact.True {
			return false
		}
		x.d.Since, x.d.Reason = c.Since, c.Message
		return x.say(ClassLost, infer.Certain, disruptor(c.Reason), because(lowered(c.Message)))
	}
	class, known := endReasons[p.Reason]
	if !known {
		class = ClassAdmission
	}
	if c := p.Condition("DisruptionTarget"); c != nil {
		x.d.Since = c.Since
	} else if c := p.Condition("Ready"); c != nil {
		x.d.Since = c.Since
	}
	x.d.Reason = endMessage(p.Message)
	what := p.Reason
	if class == ClassAdmission {
		what = "not admitted: " + what
	}
	return x.say(class, infer.Certain, what, because(lowered(x.d.Reason)))
}

// endMessage leaves the numbers of a threshold out of an eviction's message, and ends it without a full stop.
func endMessage(message string) string {
	var kept []string
	message = strings.TrimPrefix(message, "Pod was rejected: ")
	if _, why, ok := strings.Cut(message, " failed: "); ok && strings.HasPrefix(message, "Predicate ") {
		message = why
	}
	message = strings.Replace(message, "Node didn't have enough resource: ", "the node has too little ", 1)
	for sentence := range strings.SplitSeq(message, ". ") {
		sentence = strings.TrimSuffix(strings.TrimSpace(sentence), ".")
		if sentence != "" && !strings.HasPrefix(sentence, "Threshold quantity") {
			kept = append(kept, strings.TrimSuffix(sentence, ", has larger consumption of memory"))
		}
	}
	return strings.Join(kept, "; ")
}

// disruptor says what ends a pod, from the reason of its DisruptionTarget condition.
func disruptor(reason string) string {
	switch reason {
	case "EvictionByEvictionAPI":
		return "evicted through the API"
	case "DeletionByTaintManager":
		return "evicted by a taint of the node"
	case "PreemptionByScheduler":
		return "preempted by the scheduler"
	case "TerminationByKubelet":
		return "ended by the kubelet"
	case "DeletionByPodGC":
		return "removed by the pod garbage collector"
	}
	return reason
}

// onLostNode is a pod that is not ready while its node is not.
func (x *examiner) onLostNode() bool {
	if x.Pod.Node == "" || x.Pod.Ready() || x.Pod.Deleting() || x.Pod.Terminal() {
		return false
	}
	what, since := x.nodeTrouble()
	if what == "" {
		return false
	}
	x.d.Since = since
	return x.say(ClassNode, infer.Certain, what, before(x.worded(x.started()), x.worded(x.readiness())))
}

// before says what was wrong already when the node was lost.
func before(links ...link) string {
	for _, l := range links {
		if !l.OK && !l.beginning && l.probe >= 0 {
			return "before that, " + l.Text
		}
	}
	return ""
}

// nodeTrouble says what is wrong with the pod's node; nothing when nothing is.
func (x *examiner) nodeTrouble() (what string, since time.Time) {
	n, name := x.Node, fact.Shorten(x.Pod.Node, 40)
	switch {
	case x.Facts.NodeGone:
		return "node is gone: there is no Node object " + name, time.Time{}
	case n == nil || n.Ready == fact.True:
		return "", time.Time{}
	case n.Reason == "NodeStatusNeverUpdated":
		return "node never reported: no kubelet speaks for " + name, n.Since
	case n.Ready == fact.Unknown:
		return "node is lost: the kubelet of " + name + " stopped reporting" + x.ago(n.Since), n.Since
	}
	reason, ok := afterLast(n.Message, "message:")
	if !ok {
		reason = n.Message
	}
	return "node is not ready: " + name + because(fact.Shorten(PlainError(reason), reasonRoom)), n.Since
}

// ago is how long ago something was, as in " 4m ago"; nothing when that is not known.
func (x *examiner) ago(t time.Time) string {
	if t.IsZero() || t.After(x.now) {
		return ""
	}
	return " " + Lasting(x.now.Sub(t)) + " ago"
}

// takenOutOfTraffic is a pod whose node was lost for a time.
func (x *examiner) takenOutOfTraffic() bool {
	c := x.Pod.Condition("Ready")
	if c == nil || c.Status == fact.True || c.Reason != "" || x.Pod.ConditionStatus("ContainersReady") != fact.True || x.Pod.Node == "" {
		return false
	}
	x.d.Since = c.Since
	if x.Node == nil {
		return x.say(ClassNode, infer.CertaintyHigh, "node was lost: "+fact.Shorten(x.Pod.Node, 40), "its pods were taken out of traffic, whatever their probes say")
	}
	return x.say(ClassNode, infer.CertaintyHigh, "node was lost for a time: "+fact.Shorten(x.Node.Name, 40), "its kubelet has not set the pod ready again")
}

// notScheduled is a pod without a node.
func (x *examiner) notScheduled() bool {
	c := x.Pod.Condition("PodScheduled")
	switch {
	case x.Pod.Terminal() || c == nil || c.Status != fact.False:
		return false
	case c.Reason == "SchedulingGated":
		x.d.Since = c.Since
		x.object = x.schedulingGates()
		return x.say(ClassGated, infer.Certain, "held by a scheduling gate"+because(x.object)+x.lasted(c.Since))
	}
	x.d.Since, x.d.Reason = c.Since, c.Message
	return x.say(ClassUnscheduled, infer.Certain, "not scheduled"+because(unschedulable(c.Message)))
}

// schedulingGates names the gates of a pod that is not scheduled.
func (x *examiner) schedulingGates() string {
	if s := x.Pod.Setting; s != nil {
		return s.SchedulingGates
	}
	return ""
}

// unschedulable words the scheduler's message: the reasons first, then of how many nodes, and nothing of preemption.
func unschedulable(message string) string {
	message, _, _ = strings.Cut(message, " preemption: ")
	message, _, _ = strings.Cut(message, " no new claims to deallocate")
	message, _, _ = strings.Cut(message, ". ")
	message = strings.TrimRight(strings.TrimSpace(message), ".,")
	message = strings.NewReplacer("node(s) ", "", " for the requested pod ports", "").Replace(message)
	nodes, reasons, ok := strings.Cut(message, " nodes are available: ")
	if !ok {
		return message
	}
	fit, all, _ := strings.Cut(nodes, "/")
	return strings.TrimRight(reasons, ".") + " (" + fit + " of " + all + " nodes fit)"
}

// noSandbox is a pod without a sandbox, or whose volumes are not mounted.
func (x *examiner) noSandbox() bool {
	l := x.sandbox()
	if l.OK || x.Pod.Terminal() {
		return false
	}
	if x.Pod.Ran() {
		if s := x.worst(x.stands); s != nil && s.blames() {
			return false // the sandbox went with the containers
		}
		x.d.Since = l.Since
		return x.say(ClassSandbox, infer.CertaintyHigh, "the sandbox is gone"+x.lasted(l.Since), "the kubelet makes a new one and starts every container again")
	}
	e := x.trouble()
	if e == nil {
		return false
	}
	x.event, x.d.Since, x.d.Times = e, e.First, e.Count
	if e.Reason == "FailedCreatePodSandBox" || e.Reason == "NetworkNotReady" {
		text := e.Message
		if inner, ok := afterLast(text, "message:"); ok {
			text = inner
		}
		x.d.Reason = fact.Shorten(PlainError(text), 2*reasonRoom)
		return x.say(ClassSandbox, infer.CertaintyHigh, "no sandbox: "+x.d.Reason+x.lasted(e.First))
	}
	volume, reason := mountTrouble(e.Message)
	x.object, x.d.Reason = reason, reason
	what := "volumes cannot be mounted: "
	if volume != "" {
		what = "volume " + fact.Shorten(volume, 30) + " cannot be mounted: "
	}
	return x.say(ClassVolume, infer.CertaintyHigh, what+fact.Shorten(reason, reasonRoom)+x.lasted(e.First))
}

// mountTrouble names the volume that an event is about, and says what is wrong with it (pkg/volume/util/operationexecutor,
// pkg/kubelet/volumemanager).
func mountTrouble(message string) (volume, reason string) {
	if _, rest, ok := strings.Cut(message, " for volume \""); ok {
		if name, why, ok := strings.Cut(rest, "\""); ok {
			return name, PlainError(strings.TrimLeft(why, " :"))
		}
	}
	if _, rest, ok := strings.Cut(message, "unmounted volumes=["); ok {
		if names, why, ok := strings.Cut(rest, "]"); ok {
			why, _ = afterLast(why, "]: ")
			return names, PlainError(why)
		}
	}
	return "", PlainError(message)
}

// gated is a pod whose readiness gates hold it back.
func (x *examiner) gated() bool {
	l := x.gates()
	if l.OK || x.Pod.Ready() || x.Pod.Terminal() || x.Pod.ConditionStatus("ContainersReady") != fact.True {
		return false
	}
	for _, g := range x.Pod.GateStatuses() {
		if g.Status == fact.True {
			continue
		}
		x.object, x.d.Since = g.Type, g.Since
		setter := cmp.Or(fact.GateOwner(g.Type), "its controller")
		name := fact.Shorten(g.Type, 44)
		if g.Missing {
			x.d.Reason = setter + " has to set it"
			return x.say(ClassGate, infer.Certain, "readiness gate never set: "+name+x.lasted(g.Since), x.d.Reason)
		}
		c := x.Pod.Condition(g.Type)
		x.d.Reason = fact.Shorten(strings.TrimPrefix(c.Reason+": "+c.Message, ": "), reasonRoom)
		x.d.Reason = strings.TrimSuffix(x.d.Reason, ": ")
		return x.say(ClassGate, infer.Certain, "readiness gate "+g.Word()+": "+name+x.lasted(g.Since), x.d.Reason)
	}
	return false
}
