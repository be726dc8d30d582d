package cmd

import (
	"io"
	"testing"
	"time"

	"github.com/probetop/probetop/model"
)

// BenchmarkFollow is one change of a pod, which has been restarted often, from its rows to a line.
func BenchmarkFollow(b *testing.B) {
	log := followed(32)
	for _, as := range []format{formatLines, formatTable} {
		b.Run(string(as), func(b *testing.B) {
			p := &printer{out: io.Discard, format: as, now: time.Now, table: newTable(false, true, true, nil)}
			shown := map[model.UID]written{}
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				if err := p.change(shown, log[i%len(log)]); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// followed returns the changes of a pod whose container restarts so often, and which has probes.
func followed(times int32) []model.RowChange {
	var changes []model.RowChange
	cluster := model.NewCluster()
	cluster.Observe(func(ch model.RowChange) { changes = append(changes, ch) })
	now := time.Now()
	probe := &model.ProbeSpec{Handler: model.HTTP, Scheme: "HTTP", Path: "/livez", Port: "8080", Timeout: time.Second, Period: 10 * time.Second, SuccessThreshold: 1, FailureThreshold: 3}
	for n := range 2 * times {
		now = now.Add(time.Second)
		c := model.Container{Name: "app", Restarts: n, State: model.Running, ID: "c1", StartedAt: now, Ready: n%2 == 0}
		c.Probes[model.Liveness], c.Probes[model.Readiness] = probe, probe
		if n > 0 {
			c.Last = &model.Termination{Reason: "Error", ExitCode: 137, StartedAt: now.Add(-time.Second), FinishedAt: now}
		}
		ready := model.Condition{Type: "Ready", Status: model.True, Since: now}
		cluster.Apply(model.Change{At: now, Fact: &model.Pod{UID: "u", Namespace: "shop", Name: "web-0", Node: "n1", Phase: "Running", Containers: []model.Container{c}, Conditions: []model.Condition{ready}}})
		cluster.Settle()
	}
	return changes[len(changes)-int(times):]
}
