package infer

import (
	"time"

	"github.com/probetop/probetop/model/fact"
)

// Occurrence is a moment at which an event about a probe is known to have occurred. Count is how often it had, after the
// occurrence before.
type Occurrence struct {
	At    time.Time
	Count int32
}

// Occurrences lists when an event about a probe of the case occurred, as far as that is remembered.
func (c *Case) Occurrences(e *fact.Event) []Occurrence {
	var list []Occurrence
	if h := c.Facts.History; h != nil {
		for _, f := range h.Failures {
			if o := f.Event; o.Name != e.Name || o.Probe != e.Probe || o.Container != e.Container || o.Outcome != e.Outcome {
				continue
			}
			n := f.N
			if f.initial && n > 1 && f.from.Before(f.To()) {
				list = append(list, Occurrence{f.from, 1})
				n--
			}
			list = append(list, Occurrence{f.To(), n})
		}
	}
	if list == nil {
		list = append(list, Occurrence{e.Last, e.Count})
	}
	return list
}

// Kill is a Killing event of a container, with the cause that it names; empty for none.
type Kill struct {
	At    time.Time
	Cause RestartCause
}

// Kills lists the Killing events of a container that are remembered, oldest first.
func (c *Case) Kills(container string) []Kill {
	var list []Kill
	if h := c.Facts.History; h != nil {
		for _, k := range h.kills {
			if k.Container == container {
				list = append(list, Kill{k.At, toldCauses[k.cause]})
			}
		}
	}
	return list
}
