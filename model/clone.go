package model

import (
	"maps"
	"slices"

	"github.com/probetop/probetop/model/fact"
)

// Len returns how many pods the cluster has heard of and not forgotten.
func (c *Cluster) Len() int { return len(c.pods) }

// Size returns how many objects a clone copies.
func (c *Cluster) Size() int {
	return len(c.pods) + len(c.mirrors) + len(c.slices) + len(c.services) + len(c.nodes) + len(c.counters)
}

// Clone returns a cluster that knows what c knows and goes its own way from here. Facts and published rows
// are shared, since they are never written to. Neither cluster may be in the middle of an Apply.
func (c *Cluster) Clone() *Cluster {
	c.refresh()
	n := *c
	n.mirrors = maps.Clone(c.mirrors)
	n.slices = maps.Clone(c.slices)
	n.loose = cloneLoose(c.loose)
	n.services, n.sliced = maps.Clone(c.services), maps.Clone(c.sliced)
	n.nodes = maps.Clone(c.nodes)
	n.counters = maps.Clone(c.counters)
	n.lates, n.aheads = maps.Clone(c.lates), maps.Clone(c.aheads)
	n.starts = maps.Clone(c.starts)
	n.rows = slices.Clone(c.rows)
	n.follow, n.observe = nil, nil
	n.dirty, n.dirtyNodes = nil, map[string]struct{}{}
	n.selections, n.dirtySelections = cloneSelections(c.selections), map[string]struct{}{}
	n.pods = make(map[fact.UID]*entry, len(c.pods))
	for uid, e := range c.pods {
		own := *e
		n.pods[uid] = &own
	}
	n.due = nil
	for _, e := range n.pods {
		if e.row != nil && !e.row.Due.IsZero() {
			n.due.push(e, e.row.Due)
		}
	}
	for i := range n.streams {
		n.streams[i].mentioned = maps.Clone(c.streams[i].mentioned)
	}
	return &n
}
