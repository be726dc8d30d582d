package model

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/probetop/probetop/model/fact"
)

// heardLate remembers how late the newest of the events of the pod's node is, at what moment it was known. One that a list tells
// may be of any age, and was known when the API server wrote it.
func (c *Cluster) heardLate(p *fact.Pod, e *fact.Event, at time.Time) {
	if p == nil || p.Node == "" || e.Container == "" {
		return // it need not be the kubelet's
	}
	by := e.Lateness(at) + c.aheads[p.Node]
	if by > mostLate || e.Combined {
		return // it waited somewhere else, or its time is when it was sent
	}
	was, known := c.lates[p.Node]
	next := was
	if by > eventLag {
		next = was.waited(fact.Window{Earliest: at.Add(-by), Latest: at})
	}
	if !at.Before(was.heard) {
		next.by, next.heard = 0, at
		if by > eventLag {
			next.by = by
		}
	}
	if !known && next.deaf == nil {
		return
	}
	c.lates[p.Node] = next
	if (next.by > 0) != (was.by > 0) || next.by > 0 && !at.Before(was.until()) || len(next.deaf) != len(was.deaf) {
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
		if l.by > 0 && c.now.Before(l.until()) {
			nodes = append(nodes, LateNode{name, l.by, l.until()})
		}
	}
	slices.SortFunc(nodes, func(a, b LateNode) int { return cmp.Or(cmp.Compare(b.By, a.By), strings.Compare(a.Name, b.Name)) })
	return nodes
}
