package model_test

import (
	"fmt"
	"testing"
	"time"

	. "github.com/probetop/probetop/model"
)

// Seen on kubelet 1.37.1: the status that tells of a new instance tells, as the last one that ended, of that before the one
// that the kubelet has just killed.
func TestRestartWhoseEndTheStatusDoesNotTell(t *testing.T) {
	instance := func(restarts int32, started int, last *Termination) *Pod {
		return web(livenessOf(), func(p *Pod) {
			c := &p.Containers[0]
			c.Restarts, c.StartedAt, c.Last, c.ID = restarts, at(started), last, fmt.Sprint("c", restarts)
		})
	}
	first := &Termination{Reason: "Completed", StartedAt: epoch, FinishedAt: at(30)}
	w := newWorld(t).hears(instance(0, 0, nil))
	w.after(31).hears(instance(1, 31, first))
	w.after(60).hears(said(ReasonKilling, "Container web failed liveness probe, will be restarted", 1, 60, 60))
	w.after(61).hears(instance(2, 60, first))
	if l := w.after(70).row(t, "u-web").Restarts[0]; l.Cause != CauseLiveness || l.Certainty != CertaintyMedium {
		t.Errorf("got %+v, want liveness (medium): the kill may be that of the new instance", l)
	}
	lines := w.after(100).row(t, "u-web").Restarts
	if len(lines) != 2 || lines[1].Count != 1 || lines[1].Cause != CauseExited {
		t.Fatalf("got %+v, want the first end as it was", lines)
	}
	want := Restart{Container: "web", At: at(60), Cause: CauseLiveness, Certainty: Certain, Untold: true, Count: 2, Lived: 29 * time.Second, ToReady: time.Second, ToStarted: time.Second}
	if lines[0] != want {
		t.Errorf("got  %+v\nwant %+v", lines[0], want)
	}
	probe := w.row(t, "u-web").Probes[0]
	if probe.State == StateFailed && probe.Certainty >= CertaintyHigh {
		t.Errorf("the new instance is called %s (%s) because of the kill of the old one", probe.State, probe.Certainty)
	}

	last := &Termination{Reason: "Error", ExitCode: 137, StartedAt: at(31), FinishedAt: at(60)}
	lines = w.after(105).hears(instance(2, 60, last)).row(t, "u-web").Restarts
	if len(lines) != 2 || lines[0].Untold || lines[0].ExitCode != 137 || lines[0].Cause != CauseLiveness || lines[0].ToReady != time.Second {
		t.Errorf("got %+v, want what the status told at last, and what came after it as it was", lines)
	}
}

// A container that is killed in the second in which it started is told from the one that was killed before it by what comes.
func TestKillInTheSecondOfAStart(t *testing.T) {
	play(t, map[string]scenario{
		"the new instance lives on": {pod: []func(*Pod){livenessOf(threshold(1))}, plot: plot{
			{30.1, fails(Liveness, "x")},
			{30.2, kills(Liveness)},
			{30.5, edits(func(p *Pod) {
				c := &p.Containers[0]
				c.Restarts, c.StartedAt, c.ID = 1, at(30), "c2"
			})},
			{31, shows("liveness failed medium")},
			{31, ledger("liveness medium")},
			{80, shows("liveness passing high")},
			{80, ledger("liveness certain")},
		}},
	})
}

// A readiness probe that failed and succeeded in one second left the order to be heard.
func TestFailureInTheSecondOfASuccess(t *testing.T) {
	play(t, map[string]scenario{
		"it failed first": {pod: []func(*Pod){readinessOf(threshold(1)), fresh}, plot: plot{
			{20.1, fails(Readiness, "x")}, {20.5, readies(true)}, {20.6, shows("readiness passing medium")}, {40, shows("readiness passing high")},
		}},
		"it succeeded first": {pod: []func(*Pod){readinessOf(threshold(3)), fresh}, plot: plot{
			{20.1, readies(true)},
			{20.9, fails(Readiness, "x")},
			{21, shows("readiness failing medium 0/3 atLeast")},
			{30.9, fails(Readiness, "x")},
			{31, shows("readiness failing high 1/3 atLeast")},
		}},
		"a kubelet that is late with everything": {pod: []func(*Pod){readinessOf(threshold(3)), fresh}, plot: plot{
			{18.5, fails(Readiness, "x")},
			{22, edits(func(p *Pod) {
				p.Containers[0].Ready = true
				for i := range p.Conditions {
					p.Conditions[i].Status, p.Conditions[i].Since = True, at(20)
				}
			})},
			{22.1, shows("readiness passing medium")},
			{40, shows("readiness passing high")},
		}},
	})
}
