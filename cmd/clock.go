package cmd

import (
	"fmt"
	"io"
	"time"

	"k8s.io/apimachinery/pkg/util/duration"

	"github.com/probetop/probetop/watch"
)

// clock is that of a cluster, which need not agree with the one of this machine.
type clock interface {
	Now() time.Time
	// At returns what time it was in the cluster when time.Now returned t.
	At(t time.Time) time.Time
}

// worthTelling is how far two clocks must be apart for somebody to be told.
const worthTelling = 2 * time.Second

// disagreement says how the clock of this machine differs from the cluster's; empty when it does not.
func disagreement(c clock) string {
	server, heard := c.(*watch.ServerClock)
	if !heard || server.Ahead().Abs() < worthTelling {
		return ""
	}
	direction := "behind"
	if server.Ahead() < 0 {
		direction = "ahead of"
	}
	return fmt.Sprintf("this clock is %s %s the server's", duration.HumanDuration(server.Ahead().Abs()), direction)
}

// remarkOnClock tells that times are not by the clock of this machine.
func remarkOnClock(w io.Writer, c clock) {
	if words := disagreement(c); words != "" {
		fmt.Fprintf(w, "%s; times are the server's.\n", sentence(words))
	}
}
