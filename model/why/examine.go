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
