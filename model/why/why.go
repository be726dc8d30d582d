package why

import (
	"time"

	"github.com/probetop/probetop/model/fact"
	"github.com/probetop/probetop/model/infer"
)

// StepName names a link of the chain from scheduling to traffic.
type StepName string

// The links, in their order.
const (
	StepScheduled       StepName = "scheduled"
	StepSandbox         StepName = "sandbox"
	StepInitialized     StepName = "initialized"
	StepStarted         StepName = "started"
	StepReadiness       StepName = "readiness"
	StepContainersReady StepName = "containersReady"
	StepGates           StepName = "gates"
	StepReady           StepName = "ready"
	StepEndpoints       StepName = "endpoints"
)

// Step is one link. The first that is not OK is why the pod gets no traffic.
type Step struct {
	Name StepName
	OK   bool
	// Unknown is set when nothing is known; the link then counts as OK.
	Unknown bool
	// Text says what is so, or what is wrong.
	Text string
	// Since is when it became so; zero when that is not known.
	Since time.Time
}

// link is a Step with what the grade of a pod needs to know of it.
type link struct {
	Step
	// probe is the index in Row.Probes of the probe that breaks it; -1 when it is something else.
	probe int
	// beginning is set when a pod that has just begun looks like this.
	beginning bool
}

// subject is a case whose chain and causes are looked for.
type subject struct{ *infer.Case }

// chain holds how each link is decided, in their order.
var chain = [...]func(subject) link{
	subject.scheduled, subject.sandbox, subject.initialized, subject.started, subject.readiness,
	subject.containersReady, subject.gates, subject.ready, subject.endpoints,
}

// Chain returns the chain from scheduling to traffic; nil for a pod that has run to its end. It is worked out
// when it is asked for: nine links with their texts would be a fifth of what a pod takes in memory.
func Chain(c *infer.Case) []Step {
	r := subject{c}
	if r.Pod.Terminal() {
		return nil
	}
	steps := make([]Step, len(chain))
	for i, decide := range chain {
		steps[i] = r.worded(r.lost(decide(r))).Step
	}
	return steps
}

// Broken returns the first link that is not OK: why the pod gets no traffic. It is nil when it gets what there
// is to get, and for a pod that has run to its end.
func Broken(c *infer.Case) *Step {
	r := subject{c}
	if r.Pod.Terminal() {
		return nil
	}
	if l := r.worded(r.broken()); !l.OK {
		return &l.Step
	}
	return nil
}

// broken returns the first link that is not OK, or else the last.
func (r subject) broken() (l link) {
	for _, decide := range chain {
		if l = r.lost(decide(r)); !l.OK {
			break
		}
	}
	return l
}

// intact returns a link that is OK.
func intact(name StepName, since time.Time, text string) link {
	return link{Step: Step{Name: name, OK: true, Text: text, Since: since}, probe: -1}
}

// breaks returns a link that is not.
func breaks(name StepName, since time.Time, text string) link {
	return link{Step: Step{Name: name, Text: text, Since: since}, probe: -1}
}

// begins returns a link that is not OK because the pod has just begun.
func begins(name StepName, since time.Time, text string) link {
	l := breaks(name, since, text)
	l.beginning = true
	return l
}

// untold returns a link of which nothing is known.
func untold(name StepName, text string) link {
	l := intact(name, time.Time{}, text)
	l.Unknown = true
	return l
}

// lost lays what is wrong with the node over a broken link that its kubelet speaks of: what it last said may not
// be so any more, and no probe is to blame.
func (r subject) lost(l link) link {
	if l.OK || r.Node == nil || r.Node.Ready == fact.True || r.Pod.Ready() || l.Name == StepScheduled || l.Name == StepEndpoints {
		return l
	}
	text := nodeText(r.Node)
	if l = r.worded(l); l.Text != text {
		text += "; before that, " + l.Text
	}
	return breaks(l.Name, r.Node.Since, text)
}

func nodeText(n *fact.Node) string {
	text := "node " + n.Name + " is not ready"
	if n.Reason != "" {
		text += ": " + n.Reason
	}
	return text
}
