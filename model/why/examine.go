package why

import (
	"strings"
	"time"

	"github.com/probetop/probetop/model/fact"
	"github.com/probetop/probetop/model/infer"
)

// examiner finds the root cause of what is wrong with the pod of a row.
type examiner struct {
	subject
	now time.Time
	d   Diagnosis
	// event is the one that the sentence rests on; nil for none.
	event *fact.Event
	// object names what an action is about: a Secret, a volume, a finalizer; empty for none.
	object string
}

// causes finds the root cause: the first that applies is the answer. docs/causes.md lists them in this order, with the
// reasons for it. classes are those that it can give.
var causes = [...]struct {
	applies func(*examiner) bool
	classes []CauseClass
}{
	{(*examiner).endedByOthers, []CauseClass{ClassEvicted, ClassDeadline, ClassPreempted, ClassShutdown, ClassAdmission, ClassLost}},
	{(*examiner).onLostNode, []CauseClass{ClassNode}},
	{(*examiner).terminates, []CauseClass{ClassTerminating, ClassEvicted, ClassPreempted, ClassLost}},
	{(*examiner).notScheduled, []CauseClass{ClassGated, ClassUnscheduled}},
	{(*examiner).wedged, []CauseClass{ClassWedged}},
	{(*examiner).noSandbox, []CauseClass{ClassSandbox, ClassVolume}},
	{(*examiner).noImage, []CauseClass{ClassImage}},
	{(*examiner).badConfig, []CauseClass{ClassConfig}},
	{(*examiner).initHolds, []CauseClass{ClassInit}},
	{(*examiner).sidecarHolds, []CauseClass{ClassSidecar}},
	{(*examiner).postStartHolds, []CauseClass{ClassPostStart}},
	{(*examiner).workDone, []CauseClass{ClassJobDone}},
	{(*examiner).ended, []CauseClass{
		ClassLiveness, ClassStartup, ClassPostStart, ClassOOM, ClassExit, ClassSignal, ClassCompleted,
		ClassResize, ClassRestartAll, ClassDefinition, ClassSandbox, ClassNode, ClassUnknown,
	}},
	{(*examiner).cannotProbe, []CauseClass{ClassErroring}},
	{(*examiner).notStarted, []CauseClass{ClassStartup, ClassStarting}},
	{(*examiner).notReady, []CauseClass{ClassReadiness}},
	{(*examiner).gated, []CauseClass{ClassGate}},
	{(*examiner).takenOutOfTraffic, []CauseClass{ClassNode}},
	{(*examiner).failing, []CauseClass{ClassLiveness, ClassStartup, ClassFailing, ClassErroring}},
	{(*examiner).noTraffic, []CauseClass{ClassEndpoints}},
	{(*examiner).restartedLately, []CauseClass{
		ClassLiveness, ClassStartup, ClassPostStart, ClassOOM, ClassExit, ClassSignal, ClassCompleted,
		ClassResize, ClassRestartAll, ClassSandbox, ClassNode, ClassUnknown,
	}},
	{(*examiner).resizes, []CauseClass{ClassResize}},
	{(*examiner).begins, []CauseClass{ClassUnscheduled, ClassStarting, ClassUnknown}},
}

// CauseOrder returns the classes that each step of the search for a cause can give, in the order of the steps.
func CauseOrder() [][]CauseClass {
	order := make([][]CauseClass, len(causes))
	for i, c := range causes {
		order[i] = c.classes
	}
	return order
}

// examine looks for the first cause that applies; nil when none does.
func (r subject) examine(now time.Time) *examiner {
	x := &examiner{subject: r, now: now}
	if r.Pod.Phase == "Succeeded" && !r.Pod.Deleting() {
		if x.succeededByKill() {
			return x
		}
		return nil
	}
	for _, c := range causes {
		if c.applies(x) {
			return x
		}
	}
	return nil
}

// say makes the sentence of the parts that are not empty, and reports true. A part that does not begin with a colon, a comma
// or a space comes after a semicolon.
func (x *examiner) say(cause CauseClass, certainty infer.Certainty, what string, rest ...string) bool {
	var b strings.Builder
	b.WriteString(what)
	for _, part := range rest {
		if part != "" && !strings.ContainsRune(":, ", rune(part[0])) {
			b.WriteString("; ")
		}
		b.WriteString(part)
	}
	if _, late := x.KubeletsLate(x.now); late || x.Facts.PodsUnread {
		certainty = min(certainty, infer.CertaintyMedium) // it may be over
	}
	x.d.Cause, x.d.Certainty, x.d.Headline = cause, certainty, fact.Printable(b.String())
	return true
}

// because is a reason after what it explains.
func because(reason string) string {
	if reason == "" {
		return ""
	}
	return ": " + reason
}

// about sets the container, and the probe, that the sentence is about.
func (x *examiner) about(c *fact.Container, p *infer.Probe) {
	if c != nil {
		x.d.Container = c.Name
	}
	if p != nil {
		x.d.Container, x.d.Probe, x.d.Probed = p.Container.Name, p.Type, true
		x.event = p.LastFailure()
	}
}

// lasted says for how long something has been so, as in ", for 3m"; nothing when that is not known.
func (x *examiner) lasted(since time.Time) string {
	if since.IsZero() || !since.Before(x.now) {
		return ""
	}
	return ", for " + Lasting(x.now.Sub(since))
}

// Called names a container with its kind, where that is not main.
func Called(c *fact.Container) string {
	name := fact.Shorten(c.Name, 30)
	switch c.Kind {
	case fact.Init:
		return "init container " + name
	case fact.Sidecar:
		return "sidecar " + name
	}
	return name
}

// lowered returns a quoted sentence with a small first letter, to go on after a colon. An acronym keeps its capitals.
func lowered(s string) string {
	if len(s) > 1 && s[0] >= 'A' && s[0] <= 'Z' && s[1] >= 'a' && s[1] <= 'z' {
		return string(s[0]+'a'-'A') + s[1:]
	}
	return s
}
