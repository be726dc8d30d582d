package model

import (
	"container/heap"
	"time"
)

// dueQueue holds the moments at which time alone changes a row, nearest first. An entry may be in it more
// than once: only its row's own moment counts.
type dueQueue []due

type due struct {
	at    time.Time
	entry *entry
}

func (q dueQueue) Len() int           { return len(q) }
func (q dueQueue) Less(i, j int) bool { return q[i].at.Before(q[j].at) }
func (q dueQueue) Swap(i, j int)      { q[i], q[j] = q[j], q[i] }
func (q *dueQueue) Push(x any)        { *q = append(*q, x.(due)) }
func (q *dueQueue) Pop() any {
	old := *q
	last := old[len(old)-1]
	old[len(old)-1] = due{}
	*q = old[:len(old)-1]
	return last
}

func (q *dueQueue) push(e *entry, at time.Time) { heap.Push(q, due{at, e}) }

// pop returns the entries whose moment has come.
func (q *dueQueue) pop(now time.Time) []*entry {
	var ready []*entry
	for len(*q) > 0 && !(*q)[0].at.After(now) {
		d := heap.Pop(q).(due)
		if d.entry.row != nil && d.entry.row.Due.Equal(d.at) {
			ready = append(ready, d.entry)
		}
	}
	return ready
}
