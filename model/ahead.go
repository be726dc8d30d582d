package model

import "time"

// clockSlack is how far a start may lie after the moment we heard of it without saying anything of the node's clock: the
// statuses are of whole seconds.
const clockSlack = 2 * time.Second

// heardAhead remembers how far the clock of a pod's node is ahead, at least: a status that says that a container started
// after we heard of it shows that.
func (c *Cluster) heardAhead(p *Pod, at time.Time) {
	if p.Node == "" {
		return
	}
	for i := range p.Containers {
		k := &p.Containers[i]
		if by := k.StartedAt.Sub(at); k.State == Running && by > clockSlack && by > c.aheads[p.Node] {
			c.aheads[p.Node] = by
			c.dirtyNodes[p.Node] = struct{}{}
		}
	}
}

// begun is when the running instance of a container started, by the clock of the API server.
func (j *judge) begun(c *Container) time.Time { return c.StartedAt.Add(-j.ahead) }
