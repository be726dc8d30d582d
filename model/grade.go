package model

import (
	"fmt"
	"strings"
	"time"
)

// flapWindow is how long after its last restart a container that restarts again and again counts as flapping.
const flapWindow = 10 * time.Minute

// grade gives the row its severity and says why.
func (j *judge) grade(r *Row) {
	switch {
	case j.pod.Terminal():
		r.Severity = Finished
	case j.pod.Deleting():
		r.Severity, r.Note, r.Since = Terminating, "deleted", j.pod.Deleted.Add(-j.pod.GracePeriod)
		r.blame(StateFailed, Readiness)
	case r.blame(StateFailed, Liveness, Startup):
		r.Severity = RestartDue
	case !j.pod.Ready():
		j.gradeUnready(r)
	case r.blame(StateFailing, Liveness, Readiness):
		r.Severity = BelowThreshold
	case r.blame(StateErroring, Liveness, Readiness, Startup):
		r.Severity = Unprobeable
	case j.flapping(r):
		r.Severity = Flapping
	case len(r.Probes) == 0:
		r.Severity = Unprobed
	default:
		r.Severity = Healthy
	}
}

// blame makes the row about the first probe of one of the types, in the order given, that is in state s.
func (r *Row) blame(s State, types ...ProbeType) bool {
	for _, typ := range types {
		for i := range r.Probes {
			if p := &r.Probes[i]; p.Type == typ && p.State == s {
				r.Worst, r.Note = i, p.note()
				if e := p.LastFailure(); e != nil {
					r.Since = e.First
				}
				return true
			}
		}
	}
	return false
}

// note names the probe and what it said last.
func (p *Probe) note() string {
	name := p.Type.String() + " of " + p.Container.Name
	if e := p.LastFailure(); e != nil {
		return name + ": " + brief(e.Text())
	}
	return name + " has not succeeded"
}

// brief leaves out of an error what the spec says anyway (the method and the URL of a request) and the layers
// that it came through (those of a command that could not be started).
func brief(text string) string {
	if _, reason, ok := strings.Cut(text, "unable to start container process: "); ok {
		return strings.TrimSuffix(reason, ": unknown")
	}
	if rest, ok := strings.CutPrefix(text, `Get "`); ok {
		if _, reason, ok := strings.Cut(rest, `": `); ok {
			return reason
		}
	}
	return text
}

// gradeUnready finds out whether a pod that is not ready has just begun, and what holds it up.
func (j *judge) gradeUnready(r *Row) {
	if c := j.pod.Condition("Ready"); c != nil {
		r.Since = c.Since
	}
	r.Severity = Unready
	switch {
	case j.lost(r):
	case j.down(r):
	case r.blame(StateFailed, Readiness), r.blame(StateErroring, Startup, Readiness):
	case j.held(r):
	case j.flapping(r):
		r.Severity = Flapping
	default:
		r.Severity = Starting
		j.starting(r)
	}
}

// lost reports whether the node controller took the pod out because its kubelet is silent.
func (j *judge) lost(r *Row) bool {
	if j.node == nil || j.node.Ready == True {
		return false
	}
	r.Note = fmt.Sprintf("node %s is not ready: %s", j.node.Name, j.node.Reason)
	r.Since = j.node.Since
	return true
}

// beginning holds the waiting reasons of a pod that is on its way.
var beginning = map[string]bool{"": true, "ContainerCreating": true, "PodInitializing": true}

// down reports whether a container cannot run, or has ended.
func (j *judge) down(r *Row) bool {
	for i := range j.pod.Containers {
		c := &j.pod.Containers[i]
		switch {
		case c.State == Waiting && !beginning[c.Reason]:
			r.Note = c.Name + ": " + c.Reason
			if c.Message != "" {
				r.Note += ": " + c.Message
			}
		case c.State == Terminated && (c.Kind != Init || c.ExitCode != 0):
			r.Note = fmt.Sprintf("%s ended: %s, exit code %d", c.Name, c.endStatus(), c.ExitCode)
		default:
			continue
		}
		return true
	}
	if s := j.pod.Condition("PodScheduled"); s != nil && s.Status == False {
		r.Note, r.Since = "not scheduled: "+s.Message, s.Since
		return true
	}
	return false
}

// held reports whether a readiness gate keeps a pod out whose containers are ready.
func (j *judge) held(r *Row) bool {
	if j.pod.ConditionStatus("ContainersReady") != True {
		return false
	}
	for _, g := range j.pod.GateStatuses() {
		if g.Status == True {
			continue
		}
		r.Note = fmt.Sprintf("gate %s is %s", g.Type, g.Word())
		if g.Missing {
			r.Note = fmt.Sprintf("gate %s: nobody has set it", g.Type)
		}
		return true
	}
	return false
}

// flapping reports whether a container is restarted again and again.
func (j *judge) flapping(r *Row) bool {
	for i := range j.pod.Containers {
		c := &j.pod.Containers[i]
		if c.Kind == Init || c.Restarts < 2 || c.Last == nil {
			continue
		}
		if calm := c.Last.FinishedAt.Add(flapWindow); j.now.Before(calm) {
			r.Note = fmt.Sprintf("%s was restarted %d times", c.Name, c.Restarts)
			r.Since = c.Last.FinishedAt
			r.due(calm)
			return true
		}
	}
	return false
}

// starting says what a pod that has just begun waits for.
func (j *judge) starting(r *Row) {
	if r.blame(StateStarting, Startup) || r.blame(StateDelayed, Startup, Readiness) {
		r.Note = r.Probes[r.Worst].Type.String() + " of " + r.Probes[r.Worst].Container.Name + " is " +
			r.Probes[r.Worst].State.String()
		return
	}
	for i := range j.pod.Containers {
		if c := &j.pod.Containers[i]; c.State == Running && c.Kind == Init {
			r.Note, r.Since = "init container "+c.Name+" is running", c.StartedAt
			return
		}
	}
	r.Note = "containers are being created"
}
