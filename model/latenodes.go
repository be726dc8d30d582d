package model

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/probetop/probetop/model/fact"
	"github.com/probetop/probetop/model/infer"
)

// heardLate remembers how late the newest of the events of the pod's node is, at what moment it was known. One that a list tells
// may be of any age, and was known when the API server wrote it.
func (c *Cluster) heardLate(p *fact.Pod, e *fact.Event, at time.Time) {
	if p == nil || p.Node == "" || e.Container == "" {
		return // it need not be the kubelet's
	}
	by := e.Lateness(at) + c.aheads[p.Node]
	if by > infer.MostLate || e.Combined {
		return // it waited somewhere else, or its time is when it was sent
	}
	was, known := c.lates[p.Node]
	next := was
	if by > infer.EventLag {
		next = was.Waited(fact.Window{Earliest: at.Add(-by), Latest: at})
	}
	if !at.Before(was.Heard) {
		next.By, next.Heard = 0, at
		if by > infer.EventLag {
			next.By = by
		}
	}
	if !known && next.Deaf == nil {
		return
	}
	c.lates[p.Node] = next
	if (next.By > 0) != (was.By > 0) || next.By > 0 && !at.Before(was.Until()) || len(next.Deaf) != len(was.Deaf) {
		c.dirtyNodes[p.Node] = struct{}{}
	}
}

// LateNode is a node whose events reach us late.
type LateNode struct {
	Name string
	// By is how late the newest was, at least.
	By time.Duration
	// Until is when its events may be believed to come in time again, if no other comes.
	Until time.Time
}

// lateNodes are the nodes whose events come late, the latest first.
func (c *Cluster) lateNodes() []LateNode {
	var nodes []LateNode
	for name, l := range c.lates {
		if l.By > 0 && c.now.Before(l.Until()) {
			nodes = append(nodes, LateNode{name, l.By, l.Until()})
		}
	}
	slices.SortFunc(nodes, func(a, b LateNode) int { return cmp.Or(cmp.Compare(b.By, a.By), strings.Compare(a.Name, b.Name)) })
	return nodes
}

// heardSlow remembers how late a status was that has ContainersReady change: its kubelet wrote down when that was.
func (c *Cluster) heardSlow(old, p *fact.Pod, at time.Time) {
	if old == nil || p.Node == "" {
		return
	}
	was, is := old.Condition("ContainersReady"), p.Condition("ContainersReady")
	if was == nil || is == nil || was.Status == is.Status || !is.Since.After(was.Since) {
		return
	}
	if is.Since.Before(c.heardAgain(p.Namespace)) {
		return // it waited for the API server, as we did
	}
	by := at.Sub(is.Since) - time.Second + c.aheads[p.Node]
	known, ok := c.lates[p.Node]
	if by > infer.MostLate || by <= infer.SlowLag && !ok {
		return
	}
	next := known
	if next.Slow, next.SlowHeard = 0, at; by > infer.SlowLag {
		next.Slow = by
	}
	c.lates[p.Node] = next
	if (next.Slow > 0) != (known.Slow > 0) || next.Slow > 0 && !at.Before(known.SlowUntil()) {
		c.dirtyNodes[p.Node] = struct{}{}
	}
}
