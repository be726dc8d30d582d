package why

import (
	"slices"
	"strings"

	"github.com/probetop/probetop/model/fact"
)

// maxEvidence is how many remarks go with a diagnosis.
const maxEvidence = 6

// evidence returns what the cluster said that the sentence rests on, newest first, in its own words.
func (x *examiner) evidence() []Remark {
	var all []Remark
	add := func(r Remark) {
		if r.Text != "" && len(all) < maxEvidence && !slices.ContainsFunc(all, func(o Remark) bool { return o.Text == r.Text }) {
			all = append(all, r)
		}
	}
	if x.event != nil {
		add(remarkOf(x.event))
	}
	if c := x.Pod.Container(x.d.Container); c != nil {
		x.containerEvidence(c, add)
	}
	switch x.d.Cause {
	case ClassNode, ClassTerminating:
		if n := x.Node; n != nil && n.Ready != fact.True {
			add(Remark{n.Since, "node", strings.TrimSuffix("Ready is "+n.Ready.String()+": "+n.Reason+": "+n.Message, ": ")})
		}
	}
	if x.Pod.Message != "" {
		add(Remark{x.d.Since, "status", x.Pod.Reason + ": " + x.Pod.Message})
	}
	for i := range x.Pod.Conditions {
		if c := &x.Pod.Conditions[i]; c.Message != "" && (c.Status != fact.True || c.Type == "DisruptionTarget") {
			add(Remark{c.Since, "condition", c.Type + " is " + c.Status.String() + ": " + c.Message})
		}
	}
	slices.SortStableFunc(all, func(a, b Remark) int { return b.At.Compare(a.At) })
	return all
}

// containerEvidence adds what was said of a container: its state, its last end, and the newest events about it.
func (x *examiner) containerEvidence(c *fact.Container, add func(Remark)) {
	for i := len(x.Events) - 1; i >= 0; i-- {
		if e := x.Events[i]; e.Container == c.Name && (e.Kill != fact.NotKilled || x.d.Probed && e.Probe == x.d.Probe && e.Outcome != fact.NoOutcome) {
			add(remarkOf(e))
		}
	}
	if how, ok := c.Ended(); ok {
		words, _ := ending(how)
		add(Remark{how.FinishedAt, "status", c.Name + " ended: " + strings.TrimSuffix(how.Reason+", "+words+": "+how.Message, ": ")})
	}
	if c.State == fact.Waiting && c.Message != "" {
		add(Remark{Source: "status", Text: c.Name + " waits: " + c.Reason + ": " + c.Message})
	}
	if e := x.newest(c.Name, fact.ReasonFailed); e != nil {
		add(remarkOf(e))
	}
}

// remarkOf is an event as evidence.
func remarkOf(e *fact.Event) Remark {
	text := e.Reason + ": " + e.Message
	if e.Count > 1 {
		text = e.Reason + " (" + times(e.Count) + "): " + e.Message
	}
	return Remark{e.Last, "event", text}
}
