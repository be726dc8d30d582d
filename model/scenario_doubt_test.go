package model_test

import (
	"testing"

	. "github.com/probetop/probetop/model"
)

// What looks certain, and is not: what a restart hides, what waited on its way, and events that nobody had a token for.
func TestScenariosOfDoubt(t *testing.T) {
	four := []func(*Pod){livenessOf(), second("b"), second("c"), second("d")}
	play(t, map[string]scenario{
		"1.6 a success just before a restart": {pod: []func(*Pod){readinessOf()}, plot: plot{
			{50.1, fails(Readiness, "x")},
			{61.2, again("Error", 3)}, // after a success at 60
			{62.2, fails(Readiness, "x")},
			{63, shows("readiness failed high 0/3 atLeast")},
			{72.2, fails(Readiness, "x")},
			{73, shows("readiness failed high 2/3 atLeast")},
		}},
		"5.4 a container that is never restarted": {pod: []func(*Pod){livenessOf(), policy("Never")}, plot: plot{
			{20.1, fails(Liveness, "x")},
			{20.2, foresees("liveness", WillKill, 45)},
			{30.1, fails(Liveness, "x")},
			{40.1, fails(Liveness, "x")},
			{40.2, foresees("liveness", WillKill, 45)},
		}},
		"5.5 a child was out of memory": {pod: []func(*Pod){livenessOf()}, plot: plot{{20, again("OOMKilled", 1)}, {24, ledger("oom medium")}}},
		"5.5 the starts of four containers leave few events for kills": {pod: four, plot: plot{
			{20, again("Error", 137)},
			{24, ledger("signal high")},
			{40, again("Error", 137)},
			{60, again("Error", 137)},
			{64, ledger("unknown low", "unknown low", "signal high")},
		}},
		"5.5 a kill that came too late for one, in the second in which the next starts": {pod: []func(*Pod){livenessOf(threshold(1), period(1))}, plot: plot{
			{37.4, func(_ testing.TB, s *stage) { s.lags = true }},
			{38.1, fails(Liveness, "x")},
			{38.2, kills(Liveness)},
			{38.5, func(_ testing.TB, s *stage) {
				c := s.container()
				c.Last = &Termination{Reason: "Error", ExitCode: 3, StartedAt: c.StartedAt, FinishedAt: at(37)}
				c.Restarts, c.StartedAt, c.ID = 1, at(38), "c2"
				s.publish()
			}},
			{116, again("Error", 3)},
			{120, ledger("exit high", "exit high")},
		}},
		"5.5 a later kill is told, and not the one before": {pod: []func(*Pod){livenessOf(threshold(1))}, plot: plot{
			{10.1, fails(Liveness, "x")},
			{10.2, kills(Liveness)},
			{11, again("Error", 137)},
			{20.1, fails(Liveness, "x")},
			{20.2, kills(Liveness)},
			{21, again("Error", 137)},
			{30.1, fails(Liveness, "x")},
			{30.2, kills(Liveness)},
			{31, again("Error", 137)},
			{40.1, fails(Liveness, "x")},
			{40.2, kills(Liveness)},
			{41, again("Error", 137)},
			{50.1, fails(Liveness, "x")},
			{50.2, kills(Liveness)},
			{51, again("Error", 137)},
			{60.1, fails(Liveness, "x")},
			{61, again("Error", 137)},
			{360.1, fails(Liveness, "x")},
			{360.2, saysAgain(ReasonKilling, "Container web failed liveness probe, will be restarted", 2)},
			{361, again("Error", 137)},
			{366, ledger("liveness certain", "liveness medium", "liveness certain", "liveness certain", "liveness certain", "liveness certain", "liveness certain")},
		}},
	})
}

// Kills are told from tokens that all containers of a pod use up.
func TestScenariosOfBusyNeighbours(t *testing.T) {
	pod := []func(*Pod){livenessOf(), second("log"), func(p *Pod) { p.Containers[1].Restarts = 31 }}
	play(t, map[string]scenario{
		"5.5 a neighbour in a crash loop": {pod: pod, plot: plot{
			{3000, of("log", again("Error", 1))},
			{3600, again("Error", 137)},
			{3604, ledger("unknown low", "exit low")},
		}},
		"5.5 a neighbour whose image is not there": {pod: []func(*Pod){livenessOf(), second("log")}, plot: plot{
			{3500, of("log", saysAgain(ReasonBackOff, `Back-off pulling image "example.com/log"`, 60))},
			{3600, again("Error", 137)},
			{3604, ledger("unknown low")},
		}},
		"5.5 a neighbour that has started long before": {pod: pod, plot: plot{
			{3600, again("Error", 137)},
			{3604, ledger("signal high")},
		}},
		"5.5 a memory kill while events are forbidden": {pod: []func(*Pod){livenessOf()}, plot: plot{
			{1, source(Events, SourceForbidden)},
			{20, again("OOMKilled", 137)},
			{24, ledger("oom high")},
		}},
	})
}

// TestANodeWhoseClockIsBehind makes every failure look as if it had waited: that is no success.
func TestANodeWhoseClockIsBehind(t *testing.T) {
	w := newWorld(t).hears(&Node{Name: "n1", Ready: True, KubeletVersion: "v1.37.1"}, web(livenessOf(period(30))))
	for second := 100; second < 130; second++ {
		if w.after(second); second == 100 {
			w.hears(unhealthy("Liveness probe failed: x", 1, 30, 30))
		}
		if p := w.row(t, "u-web").WorstOf(Liveness); p.State == StatePassing {
			t.Fatalf("%d s after we heard of a failure: %s (%s)", second-100, p.State, p.Certainty)
		}
	}
}

// TestReadinessThatWaitedOnItsWay was there before the failures that were heard with it.
func TestReadinessThatWaitedOnItsWay(t *testing.T) {
	pod := func(ready bool, since int) *Pod {
		return web(readinessOf(period(10)), second("log"), func(p *Pod) {
			p.Containers[0].Ready = ready
			for i := range p.Conditions {
				p.Conditions[i].Status, p.Conditions[i].Since = TriOf(ready), at(since)
			}
		})
	}
	w := newWorld(t).hears(&Node{Name: "n1", Ready: True, KubeletVersion: "v1.37.1"}, pod(false, 0))
	w.after(25).hears(pod(true, 2))
	for i, last := range []int{12, 22} {
		e := *unhealthy("Readiness probe failed: x", int32(i+1), 12, last)
		e.Written = at(last)
		w.hears(NewEvent(e))
	}
	w.after(27)
	if p := w.row(t, "u-web").WorstOf(Readiness); p.State != StateFailing || p.Failures.Run != 2 {
		t.Errorf("got %s (%s), %d/%d %s", p.State, p.Certainty, p.Failures.Run, p.Failures.Threshold, p.Failures.Bound)
	}
}

// TestNewsThatWaitedOnTheirWay come all at once when a watch is resumed, or a kubelet's API server is back: what they say of
// the time between them is in what the kubelet noted, and not in when we heard.
func TestNewsThatWaitedOnTheirWay(t *testing.T) {
	w := newWorld(t).hears(&Node{Name: "n1", Ready: True, KubeletVersion: "v1.37.1"}, web(livenessOf(period(5))))
	w.after(12).hears(unhealthy("Liveness probe failed: x", 1, 0, 0)).hears(unhealthy("Liveness probe failed: x", 2, 0, 10))
	w.after(15).hears(unhealthy("Liveness probe failed: x", 3, 0, 15))
	if p := w.row(t, "u-web").WorstOf(Liveness); p.State != StateFailing || p.Failures.Run != 2 {
		t.Errorf("got %s (%s), %d/%d %s: there was a success between the first two", p.State, p.Certainty, p.Failures.Run, p.Failures.Threshold, p.Failures.Bound)
	}
}

// TestAFailureWithinTheInitialDelay by our clock is one after it by the node's.
func TestAFailureWithinTheInitialDelay(t *testing.T) {
	w := newWorld(t).hears(&Node{Name: "n1", Ready: True, KubeletVersion: "v1.37.1"}, web(readinessOf(delay(10))))
	if p := w.after(4).hears(unhealthy("Readiness probe failed: x", 1, 11, 11)).row(t, "u-web").WorstOf(Readiness); p.State == StateDelayed {
		t.Errorf("got %s (%s)", p.State, p.Certainty)
	}
}

// TestAListSaysNothingOfThePast joins an incident in its middle: failures from before the pod was last ready do not count.
func TestAListSaysNothingOfThePast(t *testing.T) {
	pod := web(readinessOf(period(5)), func(p *Pod) {
		p.Containers[0].Ready = false
		for i := range p.Conditions {
			p.Conditions[i].Status, p.Conditions[i].Since = False, at(3595)
		}
	})
	w := newWorld(t).hears(&Node{Name: "n1", Ready: True, KubeletVersion: "v1.37.1"})
	w.after(3600)
	w.lists(pod, unhealthy("Readiness probe failed: timeout", 1, 600, 600), unhealthy("Readiness probe failed: 503", 1, 1800, 1800),
		unhealthy("Readiness probe failed: refused", 4, 3585, 3600))
	if f := w.row(t, "u-web").WorstOf(Readiness).Failures; f.Run != 3 || f.Bound != AtLeast {
		t.Errorf("got %d/%d %s, want at least the threshold", f.Run, f.Threshold, f.Bound)
	}
}

// TestAListDoesNotTellWhatWasRunSince joins after a failure of a probe that takes long: it may have succeeded before, while, or
// after the pod ceased to be ready.
func TestAListDoesNotTellWhatWasRunSince(t *testing.T) {
	ready := func(is bool, since int) *Pod {
		return web(startupOf(), livenessOf(period(3), timeout(25), threshold(4)), readinessOf(), func(p *Pod) {
			c := &p.Containers[0]
			c.Ready, c.StartedAt, c.Restarts = is, at(206), 2
			c.Last = &Termination{Reason: "Error", ExitCode: 137, StartedAt: epoch, FinishedAt: at(205)}
			for i := range p.Conditions {
				p.Conditions[i].Status, p.Conditions[i].Since = TriOf(is), at(since)
			}
		})
	}
	w := newWorld(t).hears(&Node{Name: "n1", Ready: True, KubeletVersion: "v1.37.1"}).after(300)
	w.lists(ready(true, 210), unhealthy("Liveness probe failed: context deadline exceeded (Client.Timeout exceeded while awaiting headers)", 6, 155, 280))
	for _, step := range []struct {
		at  int
		pod *Pod
	}{{301, nil}, {305, ready(false, 305)}, {307, nil}} {
		w.after(step.at)
		if step.pod != nil {
			w.hears(step.pod)
		}
		if f := w.row(t, "u-web").WorstOf(Liveness).Failures; f.Run != 0 || f.Bound != AtLeast {
			t.Errorf("at %d: got %d/%d %s", step.at, f.Run, f.Threshold, f.Bound)
		}
	}
}

// TestAListTellsAFailureAndASuccessOfOneSecond: what failed is run again at once when its pod is synced.
func TestAListTellsAFailureAndASuccessOfOneSecond(t *testing.T) {
	for name, c := range map[string]struct {
		pod   []func(*Pod)
		state State
	}{
		"alone":                           {nil, StatePassing},
		"beside one that never was ready": {[]func(*Pod){second("proxy"), func(p *Pod) { p.Containers[1].Ready = false }}, StateFailing},
	} {
		pod := web(append([]func(*Pod){readinessOf(period(5))}, c.pod...)...)
		for i := range pod.Conditions {
			pod.Conditions[i].Since, pod.Conditions[i].Status = at(2), TriOf(len(c.pod) == 0)
		}
		w := newWorld(t).hears(&Node{Name: "n1", Ready: True, KubeletVersion: "v1.37.1"}).after(4)
		w.lists(pod, unhealthy("Readiness probe failed: refused", 1, 2, 2))
		if p := w.row(t, "u-web").WorstOf(Readiness); p.State != c.state || p.Certainty != CertaintyMedium {
			t.Errorf("%s: %s %s", name, p.State, p.Certainty)
		}
	}
}
