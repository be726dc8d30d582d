package model

import (
	"time"

	"github.com/probetop/probetop/model/fact"
)

// clockSlack is how far a start may lie after the moment we heard of it without saying anything of the node's clock: the
// statuses are of whole seconds.
const clockSlack = 2 * time.Second

// begun is when the running instance of a container started, by the clock of the API server.
func (j *judge) begun(c *fact.Container) time.Time { return c.StartedAt.Add(-j.ahead) }
