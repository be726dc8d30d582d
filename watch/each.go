package watch

import (
	"time"

	"github.com/probetop/probetop/model"
)

// Each folds the whole recording and calls f for every row that changes, with the moment at which it was looked at.
func (t *Tape) Each(f func(at time.Time, ch model.RowChange)) {
	c := t.checkpoints[0].cluster.Clone()
	now := t.Start()
	c.Observe(func(ch model.RowChange) { f(now, ch) })
	for _, ch := range t.changes {
		for due, ok := c.NextDue(); ok && due.Before(ch.At); due, ok = c.NextDue() {
			now = due
			c.Apply(model.Change{At: due})
			c.Settle()
		}
		now = ch.At
		c.Apply(ch)
		c.Settle()
	}
}
