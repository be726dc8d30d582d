package cmd

import (
	"context"

	"github.com/probetop/probetop/model"
	"github.com/probetop/probetop/simcluster"
	"github.com/probetop/probetop/watch"
)

// clocked is a source of runs of probes, which happen in real time, as they are in a cluster with a time of its own.
type clocked struct {
	source watch.Source
	clock  *simcluster.Clock
}

var _ watch.Source = clocked{}

// Run emits what the source emits.
func (c clocked) Run(ctx context.Context, emit func(model.Change)) error {
	return c.source.Run(ctx, func(ch model.Change) {
		ch.At = c.clock.At(ch.At).UTC()
		if run, ok := ch.Fact.(*model.Shadow); ok {
			moved := *run
			moved.At = c.clock.At(run.At).UTC()
			ch.Fact = &moved
		}
		emit(ch)
	})
}
