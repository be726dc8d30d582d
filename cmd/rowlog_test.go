package cmd

import (
	"context"
	"runtime"
	"testing"
	"time"
	"weak"

	"github.com/probetop/probetop/model"
)

// burst is a row log in which one pod has changed so often, and the first of its rows.
func burst(times int32) (*rowLog, weak.Pointer[model.Row]) {
	log, first := newRowLog(), weak.Pointer[model.Row]{}
	cluster := model.NewCluster()
	cluster.Observe(func(ch model.RowChange) {
		if ch.Was == nil {
			first = weak.Make(ch.Is)
		}
		log.add(ch)
	})
	for n := range times {
		cluster.Apply(model.Change{Fact: &model.Pod{UID: "u", Name: "web", Containers: []model.Container{{Name: "web", Restarts: n}}}})
		cluster.Settle()
	}
	return log, first
}

// writerFunc is a writer that is a function.
type writerFunc func([]byte) (int, error)

// Write implements io.Writer.
func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

// A burst is let go of while it is written: a row that others have followed is garbage before the last of them is a line.
func TestABurstIsLetGo(t *testing.T) {
	const times = 10
	log, first := burst(times)
	ctx, stop := context.WithCancel(t.Context())
	lines := 0
	out := writerFunc(func(p []byte) (int, error) {
		if lines++; lines == times {
			runtime.GC()
			if first.Value() != nil {
				t.Error("the first row of the burst is still in memory")
			}
			stop()
		}
		return len(p), nil
	})
	p := &printer{out: out, format: formatLines, now: time.Now}
	if err := p.follow(ctx, log, &model.Snapshot{}); err != nil || lines != times {
		t.Errorf("%d lines, %v", lines, err)
	}
}
