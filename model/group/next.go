package group

import (
	"time"

	"github.com/probetop/probetop/model"
)

// Next returns what comes next for any of the pods, and for which; its kind is empty when nothing is known to come.
func (i *Incident) Next(now time.Time) (model.Next, *model.Row) {
	var first model.Next
	var of *model.Row
	asked := 0
	for k, next := range i.nexts {
		if next.Kind != "" && next.Latest.Before(now) && asked < maxAsked {
			asked++
			next = nextOf(i.Rows[k], &i.Diagnosis, now)
		}
		if next.Kind == "" || next.Latest.Before(now) {
			continue
		}
		if of == nil || next.Latest.Before(first.Latest) {
			first, of = next, i.Rows[k]
		}
	}
	if first.Kind != "" && first.Earliest.Before(now) {
		first.Earliest = now
	}
	return first, of
}

// maxAsked bounds how many pods whose forecast is over are asked for another.
const maxAsked = 16

// nextOf returns what comes next for a pod.
func nextOf(r *model.Row, d *model.Diagnosis, now time.Time) model.Next {
	var next model.Next
	add := func(kind model.NextKind, w model.Window) {
		if kind != "" && !w.IsZero() && (next.Kind == "" || w.Latest.Before(next.Latest)) {
			next = model.Next{Kind: kind, Window: w}
		}
	}
	add(d.Next.Kind, d.Next.Window)
	if next.Latest.Before(now) {
		next = model.Next{}
	}
	for k := range r.Probes {
		q := r.Forecast(&r.Probes[k], now).Consequence
		add(model.NextKind(q.Kind), q.Window)
	}
	for k := range r.Pod.Containers {
		add(model.NextStart, r.StartsAgain(&r.Pod.Containers[k]))
	}
	return next
}
