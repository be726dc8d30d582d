package model_test

import (
	"slices"
	"testing"
	"time"

	. "github.com/probetop/probetop/model"
)

func TestLedgerOfOneRestart(t *testing.T) {
	live := with(Liveness, probe())
	before := web(live)
	dead := web(live, func(p *Pod) {
		c := &p.Containers[0]
		c.State, c.ID, c.StartedAt, c.Ready = Waiting, "", time.Time{}, false
		c.Last = &Termination{Reason: "Error", ExitCode: 137, StartedAt: epoch, FinishedAt: at(62)}
	})
	again := web(live, func(p *Pod) {
		c := &p.Containers[0]
		c.Restarts, c.StartedAt, c.ID, c.Ready = 1, at(64), "c2", false
		c.Last = &Termination{Reason: "Error", ExitCode: 137, StartedAt: epoch, FinishedAt: at(62)}
	})
	ready := web(live, func(p *Pod) {
		p.Containers[0] = again.Containers[0]
		p.Containers[0].Ready = true
	})
	w := newWorld(t).hears(before)
	for i, f := range []Fact{
		unhealthy("Liveness probe failed: boom", 1, 40, 40), unhealthy("Liveness probe failed: boom", 2, 40, 50), unhealthy("Liveness probe failed: boom", 3, 40, 60),
		said(ReasonKilling, "Container web failed liveness probe, will be restarted", 1, 60, 60), dead, again, ready,
	} {
		w.after(62 + i).hears(f)
	}
	lines := w.after(70).row(t, "u-web").Restarts
	if len(lines) != 1 {
		t.Fatalf("%d lines, want 1: %+v", len(lines), lines)
	}
	got := lines[0]
	want := Restart{
		Container: "web", At: at(62), Cause: CauseLiveness, Certainty: Certain, ExitCode: 137, Reason: "Error", Text: "boom", Count: 1,
		Lived: 62 * time.Second, Failing: 20 * time.Second, Down: 2 * time.Second, ToReady: 4 * time.Second, ToStarted: 3 * time.Second,
	}
	if got != want {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestCausesOfRestarts(t *testing.T) {
	ended := func(how Termination) *Pod {
		return web(func(p *Pod) {
			how.StartedAt, how.FinishedAt = epoch, at(60)
			p.Containers[0].Restarts, p.Containers[0].StartedAt, p.Containers[0].Last = 1, at(60), &how
		})
	}
	killing := func(message string) Fact { return said(ReasonKilling, message, 1, 58, 58) }
	cases := map[string]struct {
		how   Termination
		facts []Fact
		cause RestartCause
		sure  Certainty
	}{
		"out of memory":             {Termination{Reason: "OOMKilled", ExitCode: 137}, nil, CauseOOM, Certain},
		"killed, and out of memory": {Termination{Reason: "OOMKilled", ExitCode: 137}, []Fact{killing("Container web failed liveness probe, will be restarted")}, CauseLiveness, CertaintyHigh},
		"exit":                      {Termination{Reason: "Error", ExitCode: 3}, nil, CauseExited, CertaintyHigh},
		"completed":                 {Termination{Reason: "Completed"}, nil, CauseExited, CertaintyHigh},
		"signal":                    {Termination{Reason: "Error", ExitCode: 139}, nil, CauseSignalled, CertaintyHigh},
		"liveness":                  {Termination{Reason: "Error", ExitCode: 137}, []Fact{killing("Container web failed liveness probe, will be restarted")}, CauseLiveness, Certain},
		"liveness, exit 0":          {Termination{Reason: "Completed"}, []Fact{killing("Container web failed liveness probe, will be restarted")}, CauseLiveness, Certain},
		"startup":                   {Termination{Reason: "Error", ExitCode: 143}, []Fact{killing("Container web failed startup probe, will be restarted")}, CauseStartup, Certain},
		"new image":                 {Termination{Reason: "Error", ExitCode: 143}, []Fact{killing("Container web definition changed, will be restarted")}, CauseDefinition, Certain},
		"postStart":                 {Termination{Reason: "Error", ExitCode: 137}, []Fact{killing("FailedPostStartHook")}, CausePostStart, Certain},
		"sandbox":                   {Termination{Reason: "Error", ExitCode: 143}, []Fact{killing("Stopping container web")}, CauseSandbox, CertaintyMedium},
		"node":                      {Termination{Reason: "ContainerStatusUnknown", ExitCode: 137}, nil, CauseNode, CertaintyHigh},
		"node, on containerd":       {Termination{Reason: "Unknown", ExitCode: 255}, nil, CauseNode, CertaintyMedium},
		"resized":                   {Termination{Reason: "Error", ExitCode: 143}, []Fact{killing("Container web resize requires restart")}, CauseResize, Certain},
		"137 without events":        {Termination{Reason: "Error", ExitCode: 137}, []Fact{&Source{Kind: Events, State: SourceForbidden}}, CauseUnknown, CertaintyLow},
		"3 without events":          {Termination{Reason: "Error", ExitCode: 3}, []Fact{&Source{Kind: Events, State: SourceForbidden}}, CauseExited, CertaintyLow},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			lines := newWorld(t).hears(ended(c.how)).hears(c.facts...).after(90).row(t, "u-web").Restarts
			if len(lines) != 1 || lines[0].Cause != c.cause || lines[0].Certainty != c.sure {
				t.Errorf("got %+v, want %s (%s)", lines, c.cause, c.sure)
			}
		})
	}
}

// A kubelet tells of a start in three Normal events and of a kill in one, and its spam filter lets 25 through: when a
// container was restarted again and again, a missing Killing event means nothing.
func TestCauseIsNotKnownOnceKillingEventsMayBeFiltered(t *testing.T) {
	for restarts, want := range map[int32]RestartCause{1: CauseSignalled, 8: CauseUnknown} {
		pod := web(with(Liveness, probe()), func(p *Pod) {
			c := &p.Containers[0]
			c.Restarts, c.StartedAt = restarts, at(60)
			c.Last = &Termination{Reason: "Error", ExitCode: 137, StartedAt: epoch, FinishedAt: at(60)}
		})
		lines := newWorld(t).hears(pod).after(90).row(t, "u-web").Restarts
		if len(lines) != 1 || lines[0].Cause != want || want == CauseUnknown && lines[0].Certainty > CertaintyLow {
			t.Errorf("after %d restarts: %+v, want %s", restarts, lines, want)
		}
	}
}

// TestKillsThatAreAllTheEnds has a Killing event that counts two kills, of which only the second has a time: the first was one, too,
// and not of the startup probe.
func TestKillsThatAreAllTheEnds(t *testing.T) {
	pod := web(with(Liveness, probe()), with(Startup, probe()), func(p *Pod) {
		c := &p.Containers[0]
		c.Restarts, c.StartedAt = 1, at(40)
		c.Last = &Termination{Reason: "Error", ExitCode: 137, StartedAt: epoch, FinishedAt: at(35)}
	})
	w := newWorld(t).after(45).hears(pod)
	next := *pod
	next.Containers = append([]Container(nil), pod.Containers...)
	c := &next.Containers[0]
	c.Restarts, c.StartedAt = 2, at(80)
	c.Last = &Termination{Reason: "Error", ExitCode: 137, StartedAt: at(40), FinishedAt: at(75)}
	lines := w.after(81).hears(&next, said(ReasonKilling, "Container web failed liveness probe, will be restarted", 2, 33, 73)).after(100).row(t, "u-web").Restarts
	for _, l := range lines {
		if l.Cause != CauseLiveness {
			t.Errorf("got %+v, want liveness", l)
		}
	}
	if len(lines) != 2 {
		t.Errorf("%d restarts, want 2", len(lines))
	}
}

// No probe ends a container that has none, whatever the spam filter dropped.
func TestSignalThatNoProbeCanHaveSent(t *testing.T) {
	pod := web(with(Readiness, probe()), func(p *Pod) {
		c := &p.Containers[0]
		c.Restarts, c.StartedAt = 8, at(60)
		c.Last = &Termination{Reason: "Error", ExitCode: 139, StartedAt: epoch, FinishedAt: at(60)}
	})
	lines := newWorld(t).hears(pod).after(90).row(t, "u-web").Restarts
	if len(lines) != 1 || lines[0].Cause != CauseSignalled || lines[0].Certainty != CertaintyMedium {
		t.Errorf("got %+v, want a signal (medium)", lines)
	}
}

// BenchmarkFoldCrashLoop is a status of a pod whose ledger is full, and of whose kills few were told.
func BenchmarkFoldCrashLoop(b *testing.B) {
	pod := web(with(Liveness, probe()))
	w := newWorld(b).hears(pod)
	for i := 1; i <= 40; i++ {
		again := *pod
		again.Containers = slices.Clone(pod.Containers)
		c := &again.Containers[0]
		c.Restarts, c.StartedAt = int32(i), at(10*i)
		c.Last = &Termination{Reason: "Error", ExitCode: 3, StartedAt: at(10*i - 10), FinishedAt: at(10*i - 2)}
		w.after(10*i).hears(said(ReasonKilling, "Container web failed liveness probe, will be restarted", int32(i), 9, 10*i-1), &again)
		pod = &again
	}
	w.Snapshot()
	b.ReportAllocs()
	for b.Loop() {
		w.hears(pod).Snapshot()
	}
}
