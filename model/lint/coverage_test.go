package lint_test

import (
	"testing"
	"time"

	. "github.com/probetop/probetop/model"
	"github.com/probetop/probetop/model/lint"
)

// Replicas count once, and so does what was seen of their starts.
func TestCoverage(t *testing.T) {
	replica := func(uid string, edit ...func(*Pod)) *Pod {
		p := web(append([]func(*Pod){with(Startup, probe(every(10, 7))), with(Readiness, probe(every(5, 2), timeout(3))), func(p *Pod) {
			p.Owner = Owner{Kind: "Deployment", Name: "web"}
		}}, edit...)...)
		p.UID, p.Name = uid, uid
		return p
	}
	slow := web(with(Readiness, probe(every(30, 3))), func(p *Pod) {
		p.UID, p.Name = "slow", "slow"
		p.Containers = append(p.Containers, Container{Name: "bare"}, Container{Name: "init", Kind: Init})
	})
	rows := seen(replica("a"), replica("b"), slow, web(func(p *Pod) { p.UID, p.Phase = "done", "Succeeded" }))
	for _, row := range rows {
		if row.Pod.UID == "b" {
			row.Restarts = restarts(CauseExited, 1, func(r *Restart) { r.ToStarted = 50 * time.Second })
		}
	}
	c := lint.Cover(rows, true)
	if c.Containers != 3 || c.With != [3]int{1, 2, 0} || len(c.Bare) != 1 || c.Bare[0].Container != "bare" {
		t.Errorf("got %+v", c)
	}
	ready := c.Acts[Readiness]
	if ready.Worst != 91*time.Second || ready.Median != 13*time.Second || ready.Slowest != (lint.Subject{Namespace: "shop", Workload: "Pod/slow", Container: "web"}) {
		t.Errorf("readiness acts %+v", ready)
	}
	want := lint.Start{Subject: lint.Subject{Namespace: "shop", Workload: "Deployment/web", Container: "web"}, Probe: Startup, Budget: time.Minute, Seen: 50 * time.Second}
	if len(c.Starts) != 1 || c.Starts[0] != want {
		t.Errorf("starts %+v, want %+v", c.Starts, want)
	}
	if apart := lint.Cover(rows, false); apart.Containers != 4 {
		t.Errorf("%d containers that are no replicas, want 4", apart.Containers)
	}
}

func TestDeadline(t *testing.T) {
	row := seen(web(with(Startup, probe(every(10, 61)))))[0]
	for deadline, want := range map[time.Duration]int{0: 0, 599 * time.Second: 1, 600 * time.Second: 1, 601 * time.Second: 0} {
		n := 0
		for _, f := range lint.Pod(row, lint.Measures{ProgressDeadline: deadline}) {
			if f.Rule == lint.DeadlineBelowStartup {
				n++
			}
		}
		if n != want {
			t.Errorf("%d findings with a deadline of %v, want %d", n, deadline, want)
		}
	}
}
