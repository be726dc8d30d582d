package model

import "time"

// clockSlack is how far a start may lie after the moment we heard of it without saying anything of the node's clock: the
// statuses are of whole seconds.
const clockSlack = 2 * time.Second

// ahead is how far the clock of the pod's node is ahead, at least: a container is said to have started after the moment at
// which we heard that it runs. It is zero for a start that lies before.
func (j *judge) ahead(c *Container) time.Duration {
	if c.State != Running {
		return 0
	}
	heard := j.seen
	if t := j.lastFlip(c, flipRunning, true); t.After(heard) {
		heard = t
	}
	if by := c.StartedAt.Sub(heard); by > clockSlack {
		return by
	}
	return 0
}

// begun is when the running instance started, by the clock of the API server.
func (j *judge) begun(c *Container) time.Time { return c.StartedAt.Add(-j.ahead(c)) }
