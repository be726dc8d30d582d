package infer

import (
	"time"

	"github.com/probetop/probetop/model/fact"
)

// ClockSlack is how far a start may lie after the moment we heard of it without saying anything of the node's clock: the
// statuses are of whole seconds.
const ClockSlack = 2 * time.Second

// begun is when the running instance of a container started, by the clock of the API server.
func (j *Facts) begun(c *fact.Container) time.Time { return c.StartedAt.Add(-j.Ahead) }
