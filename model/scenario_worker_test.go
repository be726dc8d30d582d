package model_test

import (
	"testing"
	"time"

	. "github.com/probetop/probetop/model"
)

// TestScenariosOfTheWorker are those of section 7.4, and of sections 1.2 to 1.6.
func TestScenariosOfTheWorker(t *testing.T) {
	play(t, map[string]scenario{
		"W01 no container status": {pod: []func(*Pod){livenessOf(), readinessOf(), bare, func(p *Pod) { p.Containers[0].State = NoStatus }}, plot: plot{
			{1, shows("liveness waiting certain", "readiness waiting certain")}, {1, ledger()},
		}},
		"W02 pod failed": {pod: []func(*Pod){livenessOf(), func(p *Pod) { p.Phase = "Failed" }}, plot: plot{
			{60, shows("liveness waiting certain")}, {60, broken("")},
		}},
		"W04 container waiting": {pod: []func(*Pod){livenessOf(), startupOf()}, plot: plot{
			{30, ends("Error", 1)}, {31, shows("liveness waiting certain", "startup waiting certain")}, {34, ledger("exit high")}, {31, broken("started: web: CrashLoopBackOff")},
		}},
		"W05 terminated, never restarted": {pod: []func(*Pod){livenessOf(), policy("Never")}, plot: plot{
			{30, stays("Error", 3)}, {34, shows("liveness waiting certain")}, {34, ledger("exit high")}, {34, broken("started: web ended: Error, exit code 3")},
		}},
		"W08 initial delay": {pod: []func(*Pod){livenessOf(delay(10)), readinessOf(delay(10)), fresh}, plot: plot{
			{9, shows("liveness delayed high", "readiness delayed high")},
			{11, shows("liveness delayed medium", "readiness delayed medium")},
			{12, readies(true)},
			{12.1, shows("readiness passing high")},
			{26, shows("liveness passing high")},
		}},
		"W08 the delay begins anew with every instance": {pod: []func(*Pod){livenessOf(delay(10))}, plot: plot{
			{30, ends("Error", 1)}, {40, begins}, {49, shows("liveness delayed high")}, {66, shows("liveness passing high")},
		}},
		"W09 two failures, a success, three failures": {pod: []func(*Pod){livenessOf()}, plot: plot{
			{20.1, fails(Liveness, "x")},
			{20.2, shows("liveness failing high 1/3 exact")},
			{30.1, fails(Liveness, "x")},
			{30.2, shows("liveness failing high 2/3 exact")},
			{49, shows("liveness passing high")},
			{50.1, fails(Liveness, "x")},
			{50.2, shows("liveness failing high 1/3 exact")},
			{60.1, fails(Liveness, "x")},
			{60.2, shows("liveness failing high 2/3 exact")},
			{70.1, fails(Liveness, "x")},
			{70.11, shows("liveness failed high 3/3 exact")},
			{70.12, kills(Liveness)},
			{70.2, shows("liveness failed certain 3/3 exact")},
		}},
		"W10 three successes to be ready": {pod: []func(*Pod){readinessOf(successes(3), threshold(1)), fresh}, plot: plot{
			{2.1, fails(Readiness, "x")},
			{2.2, shows("readiness failed high 1/1 exact")},
			{32, readies(true)},
			{33, shows("readiness passing high")},
			{42.1, fails(Readiness, "x")},
			{42.2, readies(false)},
			{42.3, shows("readiness failed high 1/1 exact")},
			{42.3, broken("readiness: readiness of web: x")},
		}},
		"W11 startup holds after its success": {pod: []func(*Pod){startupOf(), livenessOf(), fresh}, plot: plot{
			{1.1, fails(Startup, "x")},
			{2, shows("startup starting certain 1/3 exact", "liveness gated certain")},
			{11, starts},
			{11.1, shows("startup held certain", "liveness delayed medium")},
			{30, shows("startup held certain", "liveness passing high")},
		}},
		"W12 startup fails three times": {pod: []func(*Pod){startupOf(), fresh}, plot: plot{
			{1.1, fails(Startup, "x")},
			{1.2, shows("startup starting certain 1/3 exact")},
			{11.1, fails(Startup, "x")},
			{11.2, shows("startup starting certain 2/3 exact")},
			{11.2, foresees("startup", WillRestart, 22)},
			{21.1, fails(Startup, "x")},
			{21.11, shows("startup failed high 3/3 exact")},
			{21.2, kills(Startup)},
			{21.3, shows("startup failed certain 3/3 exact")},
			{21.3, broken("started: startup of web: x")},
			{23, again("Error", 143)},
			{23.1, shows("startup starting certain 0/3 exact")},
			{26, ledger("startup certain")},
		}},
		"W13 the count is zero after the kill": {pod: []func(*Pod){livenessOf()}, plot: plot{
			{20.1, fails(Liveness, "x")},
			{30.1, fails(Liveness, "x")},
			{40.1, fails(Liveness, "x")},
			{40.2, kills(Liveness)},
			{41.2, again("Error", 143)},
			{50.1, fails(Liveness, "x")},
			{50.2, shows("liveness failing high 1/3 exact")},
			{50.2, foresees("liveness", WillRestart, 71)},
		}},
		"W14 held until the next instance": {pod: []func(*Pod){livenessOf()}, plot: plot{
			{20.1, fails(Liveness, "x")},
			{30.1, fails(Liveness, "x")},
			{40.1, fails(Liveness, "x")},
			{40.2, kills(Liveness)},
			{60, shows("liveness failed certain 3/3 exact")},
			{70, again("Error", 137)},
			{71, shows("liveness delayed medium")},
			{90, shows("liveness passing high")},
		}},
		"W15 liveness is gated until started": {pod: []func(*Pod){startupOf(), livenessOf(threshold(1)), fresh}, plot: plot{
			{14, shows("liveness gated certain", "startup starting certain")},
			{15, starts},
			{21.1, fails(Liveness, "x")},
			{21.2, kills(Liveness)},
			{21.3, shows("liveness failed certain 1/1 exact", "startup held certain")},
			{23, again("Error", 143)},
			{26, ledger("liveness certain")},
		}},
		"W16 startup is not run once started": {pod: []func(*Pod){startupOf()}, plot: plot{{60, shows("startup held certain")}, {60, foresees("startup", NoConsequence, 0)}}},
		"W20 readiness flips": {pod: []func(*Pod){readinessOf(threshold(2))}, plot: plot{
			{20.1, fails(Readiness, refused)},
			{30.1, fails(Readiness, refused)},
			{30.15, readies(false)},
			{30.16, fails(Readiness, refused)},
			{30.3, shows("readiness failed high 3/2 exact")},
			{30.3, broken("readiness: readiness of web: connection refused on :8080")},
			{40.1, readies(true)},
			{40.2, shows("readiness passing high")},
			{40.2, broken("")},
		}},
		"W21 no readiness probe: ready when started": {pod: []func(*Pod){startupOf(), fresh}, plot: plot{
			{5, broken("started: startup of web is starting")}, {11, starts}, {11.1, broken("")},
		}},
		"W22 the kubelet is restarted, 1.34": {kubelet: "v1.34.4", pod: []func(*Pod){readinessOf(), livenessOf()}, plot: plot{
			{10, counts(1, live(1, 0), count(Readiness, 1, 0))},
			{20, counts(1, live(2, 0), count(Readiness, 2, 0))},
			{21, shows("liveness passing high")},
			{30, counts(2)},
			{30.1, shows("liveness passing none")},
			{30.2, readies(false)},
			{30.3, shows("readiness failed none")},
			{36, readies(true)},
			{44, shows("liveness passing high", "readiness passing high")},
		}},
		"W22 the kubelet is restarted, and the count begins anew": {pod: []func(*Pod){livenessOf(threshold(5))}, plot: plot{
			{10, counts(1, live(1, 0))},
			{20.1, fails(Liveness, "x")},
			{30.1, fails(Liveness, "x")},
			{31, counts(1, live(1, 2))},
			{31.1, shows("liveness failing high 2/5 exact")},
			{35, counts(2)},
			{48.5, fails(Liveness, "x")},
			{48.6, counts(2, live(0, 1))},
			{49, shows("liveness failing high 1/5 exact")},
		}},
		"W22 the kubelet is restarted, and its events say so": {pod: []func(*Pod){livenessOf(threshold(5))}, plot: plot{
			{20.1, fails(Liveness, "x")},
			{30.1, fails(Liveness, "x")},
			{30.2, shows("liveness failing high 2/5 exact")},
			{47.1, forgets},
			{47.2, fails(Liveness, "x")},
			{47.3, shows("liveness failing none 1/5 exact")},
			{47.3, quirk("the kubelet was restarted between")},
			{57.2, fails(Liveness, "x")},
			{60.5, shows("liveness failing high 2/5 exact")},
		}},
		"W23 exec readiness, context cancelled, 1.35": {kubelet: "v1.35.4", pod: []func(*Pod){readinessOf(by(Exec))}, plot: plot{
			{30, deleted(30)},
			{31, shows("readiness unknown none")},
			{31, quirk("readiness of web stays what it was")},
			{35.1, errs(Readiness, "rpc error: code = Canceled desc = context canceled")},
			{35.2, shows("readiness erroring high")},
			{35.2, foresees("readiness", NoConsequence, 0)},
		}},
		"W29 ready at once after startup": {pod: []func(*Pod){startupOf(), readinessOf(period(30)), fresh}, plot: plot{
			{9, shows("readiness gated certain")}, {10, starts}, {10.2, readies(true)}, {10.3, shows("startup held certain", "readiness passing high")}, {10.3, broken("")},
		}},
		"W31 liveness fails, startup pends": {pod: []func(*Pod){startupOf(threshold(60)), livenessOf(threshold(1)), fresh}, plot: plots(
			repeated(1, 191, 10, fails(Startup, noFile)),
			plot{{192, shows("liveness gated certain", "startup starting certain 20/60 atLeast")}, {192, ledger()}, {192, broken("started: startup of web is starting: cat:")}},
		)},
		"W32 liveness fails after startup": {pod: []func(*Pod){startupOf(threshold(60)), livenessOf(threshold(1)), fresh}, plot: plot{
			{1.1, fails(Startup, "x")},
			{11.1, fails(Startup, "x")},
			{21.1, starts},
			{23.1, fails(Liveness, "x")},
			{23.2, kills(Liveness)},
			{23.3, shows("liveness failed certain 1/1 exact")},
			{25, again("Error", 137)},
			{25.1, shows("startup starting certain", "liveness gated certain")},
			{28, ledger("liveness certain")},
		}},
		"W33 readiness always fails": {pod: []func(*Pod){readinessOf(), fresh}, plot: plots(
			repeated(1, 61, 10, fails(Readiness, refused)),
			plot{{62, shows("readiness failed high 7/3 exact")}, {62, ledger()}, {62, broken("readiness: readiness of web: connection refused on :8080")}},
		)},
		"W34 fails after ten seconds": {pod: []func(*Pod){livenessOf(period(3), delay(3))}, plot: plot{
			{12.1, fails(Liveness, code500)},
			{15.1, fails(Liveness, code500)},
			{15.2, shows("liveness failing high 2/3 exact")},
			{15.2, foresees("liveness", WillRestart, 19)},
			{18.1, fails(Liveness, code500)},
			{18.12, kills(Liveness)},
			{19, again("Error", 2)},
			{19.1, shows("liveness delayed high")},
			{22, ledger("liveness certain")},
		}},
		"W36 always well": {pod: []func(*Pod){livenessOf(threshold(5))}, plot: plot{{240, shows("liveness passing high")}, {240, ledger()}, {240, broken("")}}},
		"W38 started may be a lie, 1.36": {kubelet: "v1.36.2", pod: []func(*Pod){startupOf(), livenessOf(), readinessOf()}, plot: plot{
			{20.1, fails(Liveness, "x")},
			{30.1, fails(Liveness, "x")},
			{40.1, fails(Liveness, "x")},
			{40.11, kills(Liveness)},
			{42.1, replaced("Error", 143)},
			{43, shows("startup unknown medium", "liveness delayed medium", "readiness delayed medium")},
			{43, quirk("may call web started because the instance before it was")},
			{43.5, readies(true)},
			{43.6, shows("readiness passing medium")},
			{48, edits(func(p *Pod) { p.Containers[0].Started, p.Containers[0].Ready = False, false })},
			{48.1, shows("startup starting certain", "liveness gated certain", "readiness gated certain")},
			{52, starts},
			{52.1, shows("startup held certain")},
			{72, shows("liveness passing high")},
			{72, ledger("liveness certain")},
		}},
		"W38 started is no lie, 1.34": {kubelet: "v1.34.4", pod: []func(*Pod){startupOf(), livenessOf()}, plot: plot{
			{40.1, kills(Liveness)}, {42.1, again("Error", 143)}, {43, shows("startup starting certain", "liveness gated certain")}, {45, starts}, {45.1, shows("startup held certain")},
		}},
		"W38 a kubelet nobody knows": {kubelet: "next", pod: []func(*Pod){startupOf(), livenessOf()}, plot: plot{
			{42.1, replaced("Error", 143)}, {43, shows("startup unknown medium")}, {66, shows("startup held high")},
		}},
		"1.6 the count survives a crash": {pod: []func(*Pod){livenessOf()}, plot: plot{
			{20.1, fails(Liveness, "x")},
			{30.1, fails(Liveness, "x")},
			{33, again("Error", 1)},
			{40.1, fails(Liveness, "x")},
			{40.11, shows("liveness failed high 3/3 exact")},
			{40.12, kills(Liveness)},
			{42, again("Error", 137)},
			{46, ledger("liveness certain", "exit high")},
		}},
		"1.2 a probe that was triggered at the edge": {pod: []func(*Pod){readinessOf()}, plot: plot{
			{20.1, fails(Readiness, "x")},
			{30.1, fails(Readiness, "x")},
			{40.1, fails(Readiness, "x")},
			{40.15, readies(false)},
			{40.2, fails(Readiness, "x")},
			{40.3, shows("readiness failed high 4/3 exact")},
			{50.2, fails(Readiness, "x")},
			{50.3, shows("readiness failed high 5/3 exact")},
		}},
		"1.8 the kill waits for that of another container": {pod: []func(*Pod){livenessOf(), second("proxy")}, plot: plot{
			{20.1, of("proxy", fails(Liveness, "x"))},
			{30.1, of("proxy", fails(Liveness, "x"))},
			{38.1, fails(Liveness, "x")},
			{40.1, of("proxy", fails(Liveness, "x"))},
			{40.2, of("proxy", kills(Liveness))},
			{48.1, fails(Liveness, "x")},
			{58.1, fails(Liveness, "x")},
			{58.2, shows("proxy/liveness failed certain 3/3 exact", "liveness failed high 3/3 exact")},
			{69, shows("liveness failed high 3/3 exact")}, // on hold: no failure comes any more, and no success
			{70.1, of("proxy", again("Error", 137))},
			{70.2, kills(Liveness)},
			{70.3, shows("liveness failed certain 3/3 exact")},
		}},
		"1.12 a sidecar is restarted whatever the policy": {pod: []func(*Pod){sidecar(Liveness, probe(threshold(1))), policy("Never")}, plot: plot{
			{20.1, of("mesh", fails(Liveness, "x"))},
			{20.2, of("mesh", kills(Liveness))},
			{20.3, shows("mesh/liveness failed certain 1/1 exact")},
			{22, of("mesh", again("Error", 137))},
			{25, ledger("liveness certain")},
		}},
		"1.13 the probe's own grace": {pod: []func(*Pod){livenessOf(func(p *ProbeSpec) { g := 120 * time.Second; p.TerminationGracePeriod = &g })}, plot: plot{
			{20.1, fails(Liveness, "x")},
			{30.1, fails(Liveness, "x")},
			{30.2, foresees("liveness", WillRestart, 160)},
			{40.1, fails(Liveness, "x")},
			{40.2, kills(Liveness)},
			{40.3, foresees("liveness", WillRestart, 160.5)},
		}},
	})
}

// count is a counter of a probe of web.
func count(typ ProbeType, successes, failures int32) Counter {
	return Counter{Container: "web", Type: typ, Successes: successes, Failures: failures}
}

func live(successes, failures int32) Counter { return count(Liveness, successes, failures) }

// forgets is a kubelet whose correlator begins anew.
func forgets(_ testing.TB, s *stage) { clear(s.events) }
