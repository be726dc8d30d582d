package model

import (
	"time"

	"github.com/probetop/probetop/model/fact"
	"github.com/probetop/probetop/model/infer"
)

// heardAhead remembers how far the clock of a pod's node is ahead, at least: a status that says that a container started
// after we heard of it shows that.
func (c *Cluster) heardAhead(p *fact.Pod, at time.Time) {
	if p.Node == "" {
		return
	}
	for i := range p.Containers {
		k := &p.Containers[i]
		if by := k.StartedAt.Sub(at); k.State == fact.Running && by > infer.ClockSlack && by > c.aheads[p.Node] {
			c.aheads[p.Node] = by
			c.dirtyNodes[p.Node] = struct{}{}
		}
	}
}
