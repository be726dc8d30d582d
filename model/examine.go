package model

import (
	"strings"
	"time"
)

// examiner finds the root cause of what is wrong with the pod of a row.
type examiner struct {
	*Row
	now time.Time
	d   Diagnosis
	// event is the one that the sentence rests on; nil for none.
	event *Event
	// object names what an action is about: a Secret, a volume, a finalizer; empty for none.
	object string
}

// causes finds the root cause: the first that applies is the answer. docs/causes.md lists them in this order, with the
// reasons for it.
var causes = [...]func(*examiner) bool{
	(*examiner).endedByOthers,
	(*examiner).onLostNode,
	(*examiner).terminates,
	(*examiner).notScheduled,
	(*examiner).wedged,
	(*examiner).noSandbox,
	(*examiner).noImage,
	(*examiner).badConfig,
	(*examiner).initHolds,
	(*examiner).sidecarHolds,
	(*examiner).postStartHolds,
	(*examiner).workDone,
	(*examiner).ended,
	(*examiner).cannotProbe,
	(*examiner).notStarted,
	(*examiner).notReady,
	(*examiner).gated,
	(*examiner).takenOutOfTraffic,
	(*examiner).failing,
	(*examiner).noTraffic,
	(*examiner).restartedLately,
	(*examiner).resizes,
	(*examiner).begins,
}

// examine looks for the first cause that applies; nil when none does.
func (r *Row) examine(now time.Time) *examiner {
	x := &examiner{Row: r, now: now}
	if r.Pod.Phase == "Succeeded" && !r.Pod.Deleting() {
		if x.succeededByKill() {
			return x
		}
		return nil
	}
	for _, applies := range causes {
		if applies(x) {
			return x
		}
	}
	return nil
}

// say makes the sentence of the parts that are not empty, and reports true. A part that does not begin with a colon, a comma
// or a space comes after a semicolon.
func (x *examiner) say(cause CauseClass, certainty Certainty, what string, rest ...string) bool {
	var b strings.Builder
	b.WriteString(what)
	for _, part := range rest {
		if part != "" && !strings.ContainsRune(":, ", rune(part[0])) {
			b.WriteString("; ")
		}
		b.WriteString(part)
	}
	x.d.Cause, x.d.Certainty, x.d.Headline = cause, certainty, Printable(b.String())
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
func (x *examiner) about(c *Container, p *Probe) {
	if c != nil {
		x.d.Container = c.Name
	}
	if p != nil {
		x.d.Container, x.d.Probe, x.d.Probed = p.Container.Name, p.Type, true
		x.event = p.LastFailure()
	}
}

// for how long something has been so, as in ", for 3m"; nothing when that is not known.
func (x *examiner) lasted(since time.Time) string {
	if since.IsZero() || !since.Before(x.now) {
		return ""
	}
	return ", for " + lasting(x.now.Sub(since))
}

// called names a container with its kind, where that is not main.
func (c *Container) called() string {
	name := shorten(c.Name, 30)
	switch c.Kind {
	case Init:
		return "init container " + name
	case Sidecar:
		return "sidecar " + name
	}
	return name
}

// lowered begins a sentence of somebody else's in the middle of ours: an acronym keeps its capitals.
func lowered(s string) string {
	if len(s) > 1 && s[0] >= 'A' && s[0] <= 'Z' && s[1] >= 'a' && s[1] <= 'z' {
		return string(s[0]+'a'-'A') + s[1:]
	}
	return s
}
