package model_test

import (
	"testing"
	"time"

	. "github.com/probetop/probetop/model"
)

// After many restarts a kubelet's spam filter lets no Killing event through: what else is known names the cause, and says
// how sure that is.
func TestSuspects(t *testing.T) {
	many := func(p *Pod) { p.Containers[0].Restarts = 8 }
	startup := []func(*Pod){startupOf(), fresh, many}
	liveness := []func(*Pod){livenessOf(), many}
	started := func(n, failed int32, typ ProbeType) act {
		return counts(1, Counter{Container: "web", Type: typ, Successes: n, Failures: failed})
	}
	play(t, map[string]scenario{
		"it lived as long as its startup probe lets it": {pod: startup, plot: plot{
			{31, again("Completed", 0)}, {40, ledger("startup low")},
		}},
		"it ended by itself before": {pod: startup, plot: plot{
			{5, again("Completed", 0)}, {10, ledger("exit low")},
		}},
		"a code of its own": {pod: startup, plot: plot{
			{31, again("Error", 3)}, {40, ledger("exit low")},
		}},
		"it had started": {pod: startup, plot: plot{
			{8, starts}, {31, again("Completed", 0)}, {40, ledger("exit low")},
		}},
		"every failure was told": {pod: liveness, plot: plot{
			{30.1, failsAgain(Liveness, "x", 1)},
			{40.1, failsAgain(Liveness, "x", 1)},
			{50.1, failsAgain(Liveness, "x", 1)},
			{51, again("Completed", 0)},
			{60, ledger("liveness medium")},
		}},
		"it was told why before there were many": {pod: []func(*Pod){livenessOf()}, plot: plot{
			{30.1, failsAgain(Liveness, "x", 1)},
			{40.1, failsAgain(Liveness, "x", 1)},
			{50.1, failsAgain(Liveness, "x", 1)}, // met the end of the instance, and killed nobody
			{51, again("Error", 3)},
			{55, ledger("exit high")},
			{57, again("Error", 3)},
			{58, again("Error", 3)},
			{59, again("Error", 3)},
			{60, again("Error", 3)},
			{61, again("Error", 3)},
			{62, again("Error", 3)},
			{90, ledger("exit low", "exit low", "exit low", "exit high", "exit high", "exit high", "exit high")},
		}},
		"it ends in another way when it is killed": {pod: liveness, plot: plot{
			{10.1, failsAgain(Liveness, "x", 1)},
			{11.1, failsAgain(Liveness, "x", 1)},
			{12.1, failsAgain(Liveness, "x", 1)},
			{12.2, kills(Liveness)},
			{13, again("Error", 143)},
			{30.1, failsAgain(Liveness, "x", 1)},
			{40.1, failsAgain(Liveness, "x", 1)},
			{50.1, failsAgain(Liveness, "x", 1)},
			{51, again("Error", 3)},
			{60, ledger("exit low", "liveness certain")},
		}},
		"nobody says that it was killed, but it was terminated before": {pod: liveness, plot: plot{
			{10, started(1, 0, Liveness)},
			{11, started(1, 3, Liveness)},
			{13, again("Error", 143)},
			{14, started(1, 3, Liveness)},
			{30, started(2, 3, Liveness)},
			{45, started(2, 5, Liveness)},
			{51, again("Error", 3)},
			{52, started(2, 6, Liveness)},
			{60, ledger("exit low", "liveness medium")},
		}},
		"it ends in the same way when it is killed": {pod: liveness, plot: plot{
			{12.1, failsAgain(Liveness, "x", 3)},
			{12.2, kills(Liveness)},
			{13, again("Error", 3)},
			{30.1, failsAgain(Liveness, "x", 1)},
			{40.1, failsAgain(Liveness, "x", 1)},
			{50.1, failsAgain(Liveness, "x", 1)},
			{51, again("Error", 3)},
			{60, ledger("liveness medium", "liveness certain")},
		}},
		"the failures of the instance before": {pod: []func(*Pod){startupOf(period(1), threshold(2)), livenessOf(threshold(1)), fresh, many}, plot: plot{
			{5, starts},
			{20.1, failsAgain(Liveness, "x", 1)},
			{20.2, kills(Liveness)},
			{20.6, again("Completed", 0)},
			{21.9, failsAgain(Startup, "x", 1)},
			{22.9, failsAgain(Startup, "x", 1)},
			{23.5, again("Completed", 0)},
			{40, ledger("startup medium", "liveness medium")},
		}},
		"not every failure was told": {pod: liveness, plot: plot{
			{2.1, saysAgain(ReasonUnhealthy, "Readiness probe failed: x", 25)},
			{30.1, failsAgain(Liveness, "x", 1)},
			{51, again("Completed", 0)},
			{60, ledger("liveness low")},
		}},
		"startup has killed it before, but it had started": {pod: []func(*Pod){startupOf(), livenessOf(), fresh, many}, plot: plot{
			{1, says(ReasonKilling, "Container web failed startup probe, will be restarted")},
			{2, again("Completed", 0)},
			{4, starts},
			{60, again("Completed", 0)},
			{70, ledger("liveness low", "startup certain")},
		}},
		"the counters tell": {pod: liveness, plot: plot{
			{10, started(1, 0, Liveness)},
			{31, started(1, 1, Liveness)},
			{41, started(1, 2, Liveness)},
			{51, again("Completed", 0)},
			{52, started(1, 3, Liveness)},
			{60, ledger("liveness medium")},
		}},
		"the counters tell of both, and it had not started": {pod: []func(*Pod){startupOf(), livenessOf(), fresh, many}, plot: plot{
			{10, counts(1, Counter{Container: "web", Type: Startup, Successes: 0, Failures: 1}, Counter{Container: "web", Type: Liveness, Successes: 1, Failures: 0})},
			{20, counts(1, Counter{Container: "web", Type: Startup, Successes: 0, Failures: 2}, Counter{Container: "web", Type: Liveness, Successes: 1, Failures: 3})},
			{31, counts(1, Counter{Container: "web", Type: Startup, Successes: 0, Failures: 3}, Counter{Container: "web", Type: Liveness, Successes: 1, Failures: 3})},
			{31.5, again("Error", 143)},
			{32, counts(1, Counter{Container: "web", Type: Startup, Successes: 0, Failures: 3}, Counter{Container: "web", Type: Liveness, Successes: 1, Failures: 3})},
			{40, ledger("startup medium")},
		}},
		"the counters tell of another end": {pod: liveness, plot: plot{
			{10, started(1, 0, Liveness)},
			{31, started(1, 1, Liveness)},
			{41, started(1, 2, Liveness)},
			{45, again("Completed", 0)},
			{46, started(1, 2, Liveness)},
			{60, ledger("exit low")},
		}},
		"the counters tell of the next instance": {pod: liveness, plot: plot{
			{10, started(1, 0, Liveness)},
			{41, started(1, 2, Liveness)},
			{45, again("Completed", 0)},
			{46, started(1, 2, Liveness)},
			{55, started(1, 3, Liveness)},
			{60, ledger("exit low")},
		}},
	})
}

// A status that nobody watched come may be of any age.
func TestSuspectsOfOldRestarts(t *testing.T) {
	pod := web(startupOf(), func(p *Pod) {
		c := &p.Containers[0]
		c.Restarts, c.StartedAt = 8, at(60)
		c.Last = &Termination{Reason: "Error", ExitCode: 143, StartedAt: epoch, FinishedAt: at(25)}
	})
	w := newWorld(t)
	w.now = at(3 * int(time.Hour/time.Second))
	lines := w.hears(pod).row(t, "u-web").Restarts
	if len(lines) != 1 || lines[0].Cause != CauseStartup || lines[0].Certainty != CertaintyLow {
		t.Errorf("got %+v, want startup, low", lines)
	}
}
