package why

import (
	"cmp"
	"fmt"
	"time"

	"github.com/probetop/probetop/model/fact"
	"github.com/probetop/probetop/model/infer"
)

// This file decides the links up to Ready. Each says what its own facts say; that an earlier link breaks a later
// one is for the reader to see.

func (r subject) scheduled() link {
	c := r.Pod.Condition("PodScheduled")
	switch {
	case c != nil && c.Status == fact.False && c.Reason == "SchedulingGated":
		return breaks(StepScheduled, c.Since, "not scheduled: "+cmp.Or(c.Message, c.Reason))
	case c != nil && c.Status == fact.False:
		return breaks(StepScheduled, c.Since, "not scheduled: "+cmp.Or(c.Message, c.Reason))
	case r.Pod.Node == "":
		return begins(StepScheduled, r.Pod.Created, "not scheduled yet")
	}
	return intact(StepScheduled, since(c), "on node "+r.Pod.Node)
}

// since is when a condition changed; zero for none.
func since(c *fact.Condition) time.Time {
	if c == nil {
		return time.Time{}
	}
	return c.Since
}

func (r subject) sandbox() link {
	c := r.Pod.Condition("PodReadyToStartContainers")
	ran := r.Pod.Ran()
	switch {
	case c != nil && c.Status == fact.True, r.Pod.InSandbox() && (c == nil || !ran):
		return intact(StepSandbox, since(c), "the sandbox is ready")
	case r.Pod.Deleting():
		return breaks(StepSandbox, since(c), "the sandbox is stopped, because the pod was deleted")
	case ran:
		return breaks(StepSandbox, since(c), "the sandbox is gone, a new one is being made")
	}
	if e := r.trouble(); e != nil {
		return breaks(StepSandbox, e.First, "no sandbox: "+PlainError(e.Message))
	}
	return begins(StepSandbox, cmp.Or(since(c), r.Pod.Created), "containers are being created")
}

// trouble returns the newest event that says why there is no sandbox; nil for none.
func (r subject) trouble() *fact.Event {
	for i := len(r.Events) - 1; i >= 0; i-- {
		if fact.TellsOfSandbox(r.Events[i].Reason) {
			return r.Events[i]
		}
	}
	return nil
}

func (r subject) initialized() link {
	cond := r.Pod.Condition("Initialized")
	if cond != nil && cond.Status == fact.True {
		return intact(StepInitialized, cond.Since, "every init container is done")
	}
	mains := false
	for i := range r.Pod.Containers {
		c := &r.Pod.Containers[i]
		if c.Kind == fact.Main {
			mains = mains || c.ID != ""
		} else if l := r.begun(StepInitialized, c); !l.OK && !mains {
			return l
		}
	}
	switch {
	case cond != nil && !mains:
		return begins(StepInitialized, cond.Since, "the kubelet has not said that the init containers are done")
	case r.Pod.Count(fact.Init)+r.Pod.Count(fact.Sidecar) == 0:
		return intact(StepInitialized, since(cond), "no init containers")
	}
	return intact(StepInitialized, since(cond), "every init container is done")
}

func (r subject) started() link {
	worst := intact(StepStarted, time.Time{}, "every container has started")
	for i := range r.Pod.Containers {
		c := &r.Pod.Containers[i]
		if c.Kind == fact.Init {
			continue
		}
		l := r.begun(StepStarted, c)
		if c.StartedAt.After(worst.Since) && l.OK && worst.OK {
			worst.Since = c.StartedAt
		}
		if !l.OK && (worst.OK || worst.beginning && (!l.beginning || worst.probe < 0 && l.probe >= 0)) {
			worst = l
		}
	}
	return worst
}

// begun says whether a container has come as far as the next one may start: an init container has to be done,
// the others started.
func (r subject) begun(name StepName, c *fact.Container) link {
	switch {
	case c.State == fact.Terminated && (c.Kind != fact.Init || c.ExitCode != 0):
		return breaks(name, c.FinishedAt, fmt.Sprintf("%s ended: %s, exit code %d", c.Name, c.EndStatus(), c.ExitCode))
	case c.State == fact.Terminated:
		return intact(name, c.FinishedAt, "")
	case c.State == fact.Running && c.Kind == fact.Init:
		return begins(name, c.StartedAt, "init container "+c.Name+" is running")
	case c.State == fact.Running && c.Probes[fact.Startup] != nil && !c.HasStarted():
		return r.startup(name, c)
	case c.State == fact.Running:
		return intact(name, c.StartedAt, "")
	case !fact.Beginning[c.Reason]:
		return stuck(c, name, r.readySince())
	}
	return begins(name, time.Time{}, "containers are being created")
}

// stuck is the link of a container that cannot be made, or not yet again.
func stuck(c *fact.Container, name StepName, since time.Time) link {
	text := c.Name + ": " + c.Reason
	switch {
	case c.Reason == fact.ReasonCrashLoop:
		text += ", it waits to be started again"
	case c.Message != "":
		text += ": " + PlainError(c.Message)
	}
	return breaks(name, since, text)
}

// startup is the link of a container whose startup probe has not succeeded.
func (r subject) startup(name StepName, c *fact.Container) link {
	i := r.index(c, fact.Startup)
	if i < 0 {
		return begins(name, c.StartedAt, "startup of "+c.Name+" is starting")
	}
	p := &r.Probes[i]
	l := breaks(name, c.StartedAt, "")
	if p.State != infer.StateFailed && p.State != infer.StateErroring {
		l.beginning = true
	}
	l.probe = i
	return l
}

// worded returns a link with its text. That of a probe is made here, because a grade does without it.
func (r subject) worded(l link) link {
	if l.Text != "" || l.probe < 0 {
		return l
	}
	p := &r.Probes[l.probe]
	l.Text = p.Type.String() + " of " + p.Container.Name
	if l.beginning {
		l.Text += " is " + p.State.String()
		if p.Type != fact.Startup || !p.FailedLate() {
			return l
		}
	}
	reason := r.reason(p)
	switch {
	case reason != "":
		l.Text += ": " + reason
	case !l.beginning:
		l.Text += " has not succeeded"
	}
	return l
}

// index returns the index of a container's probe; -1 when there is none.
func (r subject) index(c *fact.Container, typ fact.ProbeType) int {
	for i := range r.Probes {
		if p := &r.Probes[i]; p.Container == c && p.Type == typ {
			return i
		}
	}
	return -1
}

func (r subject) readiness() link {
	worst := intact(StepReadiness, time.Time{}, "no readiness probes")
	for i := range r.Pod.Containers {
		c := &r.Pod.Containers[i]
		if c.Kind == fact.Init {
			continue
		}
		if l := r.isReady(c); !l.OK && (worst.OK || worst.beginning && !l.beginning) {
			worst = l
		} else if worst.OK && c.Probes[fact.Readiness] != nil {
			worst.Text, worst.Since = "every container is ready", r.readySince()
		}
	}
	return worst
}

// readySince is when the containers became ready, or ceased to be.
func (r subject) readySince() time.Time {
	if c := r.Pod.Condition("ContainersReady"); c != nil {
		return c.Since
	}
	return since(r.Pod.Condition("Ready"))
}

// isReady says whether a container is ready, and else what its readiness probe says.
func (r subject) isReady(c *fact.Container) link {
	i := r.index(c, fact.Readiness)
	switch {
	case c.Ready:
		return intact(StepReadiness, time.Time{}, "")
	case c.State != fact.Running, c.Probes[fact.Startup] != nil && !c.HasStarted():
		return begins(StepReadiness, time.Time{}, c.Name+" has not started")
	case i < 0:
		return begins(StepReadiness, r.readySince(), c.Name+" is not ready, and has no readiness probe: its kubelet has not followed yet")
	}
	p := &r.Probes[i]
	l := breaks(StepReadiness, r.readySince(), "")
	if p.State == infer.StateDelayed || p.State == infer.StatePassing {
		l.beginning = true
	}
	l.probe = i
	return l
}

func (r subject) containersReady() link {
	c := r.Pod.Condition("ContainersReady")
	switch {
	case c == nil:
		return begins(StepContainersReady, time.Time{}, "the kubelet has not said that the containers are ready")
	case c.Status == fact.True:
		return intact(StepContainersReady, c.Since, "every container is ready")
	}
	return breaks(StepContainersReady, c.Since, cmp.Or(c.Message, c.Reason, "the kubelet says no more than that they are not"))
}

func (r subject) gates() link {
	if len(r.Pod.Gates) == 0 {
		return intact(StepGates, time.Time{}, "no readiness gates")
	}
	var newest time.Time
	for _, g := range r.Pod.GateStatuses() {
		switch {
		case g.Missing:
			return breaks(StepGates, g.Since, "gate "+g.Type+": it was never set")
		case g.Status != fact.True:
			text := "gate " + g.Type + " is " + g.Word()
			if c := r.Pod.Condition(g.Type); cmp.Or(c.Message, c.Reason) != "" {
				text += ": " + cmp.Or(c.Message, c.Reason)
			}
			return breaks(StepGates, g.Since, text)
		case g.Since.After(newest):
			newest = g.Since
		}
	}
	return intact(StepGates, newest, "every readiness gate is True")
}

func (r subject) ready() link {
	c := r.Pod.Condition("Ready")
	switch {
	case c == nil:
		return begins(StepReady, time.Time{}, "the kubelet has not said that the pod is ready")
	case c.Status == fact.True:
		return intact(StepReady, c.Since, "the pod is ready")
	case c.Reason == "" && r.Pod.ConditionStatus("ContainersReady") == fact.True:
		return r.takenOut(c)
	}
	return breaks(StepReady, c.Since, cmp.Or(c.Message, c.Reason, "the pod is not ready"))
}

// takenOut is the link of a pod that the node controller took out of traffic: it writes Ready alone, and gives no
// reason (pkg/controller/util/node/controller_utils.go, MarkPodsNotReady). Its containers were ready when its
// kubelet last spoke.
func (r subject) takenOut(c *fact.Condition) link {
	switch {
	case r.Node == nil:
		return breaks(StepReady, c.Since, "node "+r.Pod.Node+" was lost: its pods were taken out of traffic, whatever their probes say")
	case r.Node.Ready != fact.True:
		return breaks(StepReady, r.Node.Since, nodeText(r.Node))
	}
	return breaks(StepReady, c.Since, "node "+r.Node.Name+" was lost for a time: its kubelet has not said yet that the pod is ready")
}
