package why

import (
	"time"

	"github.com/probetop/probetop/model/fact"
	"github.com/probetop/probetop/model/infer"
)

// Grade is how urgently a pod needs attention, and since when.
type Grade struct {
	Severity Severity
	// Worst is the index in Probes of the probe that gives the pod its severity; -1 for another reason.
	Worst int
	// Since is when what gives the pod its severity began; zero when that is not known.
	Since time.Time
}

// flapWindow is how long after its last restart a container that restarts again and again counts as flapping.
const flapWindow = 10 * time.Minute

// grader finds the grade of a pod at a moment.
type grader struct {
	subject
	now   time.Time
	grade Grade
	// due is when the grade changes by time alone.
	due infer.Soonest
}

// GradeOf returns how urgently a pod needs attention at a moment, and when that changes by time alone; zero for never. Why it has its
// severity is for the Diagnosis to say.
func GradeOf(c *infer.Case, now time.Time) (Grade, time.Time) {
	g := grader{subject: subject{c}, now: now, grade: Grade{Worst: -1}}
	g.grade.Severity = g.severity()
	return g.grade, g.due.At
}

func (g *grader) severity() Severity {
	switch {
	case g.Pod.Terminal():
		return Finished
	case g.Pod.Deleting():
		g.grade.Since = g.Pod.Deleted.Add(-g.Pod.GracePeriod)
		g.blame(infer.StateFailed, fact.Readiness)
		return Terminating
	case g.blame(infer.StateFailed, fact.Liveness, fact.Startup):
		return RestartDue
	case !g.Pod.Ready():
		return g.unready()
	case g.blame(infer.StateFailing, fact.Liveness, fact.Readiness):
		return BelowThreshold
	case g.blame(infer.StateErroring, fact.Liveness, fact.Readiness, fact.Startup):
		return Unprobeable
	case g.flapping():
		return Flapping
	case len(g.Probes) == 0:
		return Unprobed
	}
	return Healthy
}

// blame makes the grade about the first probe of one of the types, in the order given, that is in state s.
func (g *grader) blame(s infer.State, types ...fact.ProbeType) bool {
	for _, typ := range types {
		for i := range g.Probes {
			if p := &g.Probes[i]; p.Type == typ && p.State == s {
				g.grade.Worst = i
				if g.grade.Since = g.Spell(p).First; g.grade.Since.IsZero() {
					g.grade.Since = p.FirstLike(p.LastFailure())
				}
				return true
			}
		}
	}
	return false
}

// unready grades a pod that is not ready by the first broken link of its chain: something is wrong, the pod has just
// begun, or it has done its work and waits for containers that run on.
func (g *grader) unready() Severity {
	g.patience()
	if done, _ := g.Pod.WorkDone(); done != nil {
		g.grade.Since = done.FinishedAt
		return Healthy
	}
	l := g.broken()
	if l.beginning && g.flapping() {
		return Flapping
	}
	g.grade.Worst, g.grade.Since = l.probe, l.Since
	if g.grade.Since.IsZero() {
		g.grade.Since = since(g.Pod.Condition("Ready"))
	}
	if l.beginning {
		return Starting
	}
	return Unready
}

// patience makes the grade due when a state that is ordinary for a while has lasted so long that the diagnosis names it.
func (g *grader) patience() {
	due := func(since time.Time, patience time.Duration) {
		if at := since.Add(patience); !since.IsZero() && at.After(g.now) {
			g.due.Add(at)
		}
	}
	if g.Pod.Node == "" {
		due(g.Pod.Created, schedulePatience)
		return
	}
	for i := range g.Pod.Containers {
		switch c := &g.Pod.Containers[i]; {
		case c.State == fact.Terminated && g.Pod.Restarts(c, c.ExitCode):
			due(c.FinishedAt, wedgePatience)
		case c.State == fact.Waiting && c.Spec != nil && c.Spec.PostStartHook != "":
			due(g.Pod.MadeSince(c), hookPatience)
		}
	}
}

// flapping reports whether a container is restarted again and again.
func (g *grader) flapping() bool {
	for i := range g.Pod.Containers {
		c := &g.Pod.Containers[i]
		if c.Kind == fact.Init || c.Restarts < 2 || c.Last == nil {
			continue
		}
		if calm := c.Last.FinishedAt.Add(flapWindow); g.now.Before(calm) {
			g.grade.Since = c.Last.FinishedAt
			g.due.Add(calm)
			return true
		}
	}
	return false
}
