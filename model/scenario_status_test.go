package model_test

import (
	"fmt"
	"testing"

	. "github.com/probetop/probetop/model"
)

const awsGate = "target-health.elbv2.k8s.aws/k8s-shop-web"

// TestScenariosOfStatusAndEvents are those of section 7.6, and of sections 3.3 to 3.5, 4.5, 4.6 and 5.3.
func TestScenariosOfStatusAndEvents(t *testing.T) {
	play(t, map[string]scenario{
		"S01 a container is not ready": {pod: []func(*Pod){readinessOf(), second("proxy")}, plot: plot{
			{20.1, of("proxy", fails(Readiness, refused))},
			{30.1, of("proxy", fails(Readiness, refused))},
			{40.1, of("proxy", fails(Readiness, refused))},
			{40.2, of("proxy", readies(false))},
			{40.3, shows("readiness passing high", "proxy/readiness failed high 3/3 exact")},
			{40.3, broken("readiness: readiness of proxy")},
		}},
		"S03 gate missing": {pod: []func(*Pod){readinessOf(), gated(awsGate), condition("Ready", False, "ReadinessGatesNotReady", `corresponding condition of pod readiness gate "`+awsGate+`" does not exist.`)}, plot: plot{
			{30, shows("readiness passing high")}, {30, broken("gates: gate " + awsGate + ": it was never set")},
		}},
		"S03 gate False": {pod: []func(*Pod){readinessOf(), gated(awsGate), condition(awsGate, False, "Target.FailedHealthChecks", ""), condition("Ready", False, "ReadinessGatesNotReady", "")}, plot: plot{
			{30, shows("readiness passing high")}, {30, broken("gates: gate " + awsGate + " is False: Target.FailedHealthChecks")},
		}},
		"S04 not ready, published all the same": {pod: []func(*Pod){readinessOf(threshold(1))}, plot: plot{
			{1, func(_ testing.TB, s *stage) {
				svc := service("web")
				svc.PublishNotReady = true
				s.hears(svc)
			}},
			{10.1, fails(Readiness, "x")},
			{10.2, readies(false)},
			{10.3, shows("readiness failed high 1/1 exact")},
			{10.3, broken("readiness: readiness of web: x")},
		}},
		"S07 the same event again only counts": {pod: []func(*Pod){livenessOf(threshold(15))}, plot: plots(
			repeated(20, 140, 10, fails(Liveness, "x")),
			plot{{141, shows("liveness failing high 13/15 exact")}},
		)},
		"S08 spam, and one jump of the count": {pod: []func(*Pod){livenessOf(threshold(100))}, plot: plots(
			repeated(20, 210, 10, fails(Liveness, "x")),
			plot{{215, shows("liveness failing high 20/100 atLeast")}, {400, shows("liveness failing low 0/100 atLeast")}, {510.1, failsAgain(Liveness, "x", 30)}},
			plot{{510.2, shows("liveness failing high 50/100 atLeast")}}, // 30 failures in 300 seconds: every one failed
		)},
		"S08 spam, and a jump with a success in it": {pod: []func(*Pod){livenessOf(threshold(100))}, plot: plots(
			repeated(20, 210, 10, fails(Liveness, "x")),
			plot{{510.1, failsAgain(Liveness, "x", 20)}, {510.2, shows("liveness failing high 1/100 atLeast")}},
		)},
		"S10 longer ago than ten minutes": {pod: []func(*Pod){livenessOf()}, plot: plot{
			{20.1, fails(Liveness, "x")}, {30.1, fails(Liveness, "x")}, {650.1, fails(Liveness, "y")}, {650.2, shows("liveness failing high 1/3 exact")},
		}},
		"S11 two containers, the same text": {pod: []func(*Pod){livenessOf(), second("proxy")}, plot: plot{
			{20.1, fails(Liveness, refused)},
			{20.3, of("proxy", fails(Liveness, refused))},
			{30.1, fails(Liveness, refused)},
			{30.2, shows("liveness failing high 2/3 exact", "proxy/liveness failing high 1/3 exact")},
			{33.4, shows("proxy/liveness passing high")},
		}},
		"S14 three failures and a success, counted": {pod: []func(*Pod){livenessOf(threshold(5))}, plot: plot{
			{10, counts(1, live(1, 0))},
			{20.1, fails(Liveness, "x")},
			{20.5, counts(1, live(1, 1))},
			{30.1, fails(Liveness, "x")},
			{30.5, counts(1, live(1, 2))},
			{40.1, fails(Liveness, "x")},
			{41.5, counts(1, live(1, 3))},
			{42, shows("liveness failing high 3/5 exact")},
			{50.2, counts(1, live(2, 3))},
			{50.3, shows("liveness passing high")}, // no event says so
		}},
		"S15 errored, neither counter moves": {pod: []func(*Pod){livenessOf()}, plot: plot{
			{10, counts(1, live(1, 0))},
			{20.1, errs(Liveness, noBinary)},
			{20.5, counts(1, live(1, 0))},
			{30.1, errs(Liveness, noBinary)},
			{30.5, counts(1, live(1, 0))},
			{31, shows("liveness erroring high")},
		}},
		"S16 static pod": {pod: []func(*Pod){livenessOf(), func(p *Pod) { p.MirrorUID = "hash" }}, plot: plot{
			{20.1, fails(Liveness, "x")},
			{30.1, fails(Liveness, "x")},
			{30.2, shows("liveness failing high 2/3 exact")},
			{40.1, fails(Liveness, "x")},
			{40.2, kills(Liveness)},
			{40.3, shows("liveness failed certain 3/3 exact")},
			{42, again("Error", 137)},
			{46, ledger("liveness certain")},
		}},
		"S22 the slice lags": {pod: []func(*Pod){readinessOf(threshold(1))}, plot: plot{
			{10, lagging},
			{10.1, fails(Readiness, "x")},
			{10.2, readies(false)},
			{10.3, shows("readiness failed high 1/1 exact")},
			{10.3, broken("readiness: readiness of web: x")},
			{20, readies(true)},
			{20.1, broken("")},
		}},
		"4.6 the node is silent": {pod: []func(*Pod){livenessOf(), readinessOf()}, plot: plot{
			{30, shows("liveness passing high")},
			{70, node(Unknown, "NodeStatusUnknown")},
			{70, edits(condition("Ready", False, "", ""))},
			{70.1, shows("liveness passing none", "readiness passing none")},
			{70.1, broken("ready: node n1 is not ready: NodeStatusUnknown")},
			{90, node(True, "")},
			{90, edits(condition("Ready", True, "", ""))},
			{90.1, shows("readiness passing high")},
			{90.1, broken("")},
		}},
		"4.6 the node is not ready, and says so": {pod: []func(*Pod){readinessOf(threshold(1))}, plot: plot{
			{10.1, fails(Readiness, "x")},
			{10.2, readies(false)},
			{20, node(False, "KubeletNotReady")},
			{20.1, shows("readiness failed none")},
			{20.1, broken("readiness: node n1 is not ready: KubeletNotReady; before that, readiness of web: x")},
		}},
		"3.4 events are forbidden": {pod: []func(*Pod){livenessOf(), readinessOf(), startupOf()}, plot: plot{
			{1, source(Events, SourceForbidden)},
			{60, shows("liveness unknown none", "readiness passing medium", "startup held certain")},
			{70, readies(false)},
			{70.1, shows("readiness failed medium 3/3 atLeast")},
			{90, again("Error", 137)},
			{94, ledger("unknown low")},
		}},
		"3.3 expired, and written anew with the old count": {pod: []func(*Pod){livenessOf(threshold(5))}, plot: plot{
			{20.1, fails(Liveness, "x")},
			{30.1, fails(Liveness, "x")},
			{3700, expire},
			{3730.1, fails(Liveness, "x")},
			{3730.2, shows("liveness failing high 1/5 exact")},
			{3740.1, fails(Liveness, "x")},
			{3740.2, shows("liveness failing high 2/5 exact")},
		}},
		"3.3 merged with what another probe says": {pod: []func(*Pod){livenessOf(threshold(20)), readinessOf(), fresh}, plot: plots(
			mixedTexts(20, 9),
			plot{{104.2, shows("liveness failing high 9/20 exact", "readiness failed high 9/3 exact")}},
		)},
		"5.2 ready, and its failures were before": {pod: []func(*Pod){readinessOf(), fresh}, plot: plot{
			{2.1, fails(Readiness, "x")}, {12.1, fails(Readiness, "x")}, {22, readies(true)}, {22.1, shows("readiness passing high")}, {22.1, broken("")},
		}},
		"5.3 throttled, startup": {pod: []func(*Pod){startupOf(threshold(100)), fresh}, plot: plots(
			repeated(1, 241, 10, fails(Startup, "x")),
			plot{{400, shows("startup starting certain 25/100 atLeast")}},
		)},
		"5.3 a list tells of all at once": {pod: []func(*Pod){livenessOf(threshold(5)), func(p *Pod) { p.Containers[0].StartedAt = at(-600) }}, plot: plot{
			{0.1, listed(unhealthy("Liveness probe failed: x", 3, -21, -1))}, {0.2, shows("liveness failing high 3/5 exact")},
		}},
		"5.3 a list tells of some long ago": {pod: []func(*Pod){livenessOf(threshold(5)), func(p *Pod) { p.Containers[0].StartedAt = at(-6000) }}, plot: plot{
			{0.1, listed(unhealthy("Liveness probe failed: x", 3, -3000, -1))}, {0.2, shows("liveness failing high 1/5 atLeast")},
		}},
		"5.2 errored, and then it works again": {pod: []func(*Pod){livenessOf()}, plot: plot{
			{20.1, errs(Liveness, noBinary)}, {20.2, shows("liveness erroring high")}, {50, shows("liveness passing high")},
		}},
		"5.2 a warning after a failure is a success": {pod: []func(*Pod){livenessOf()}, plot: plot{
			{20.1, fails(Liveness, "x")},
			{30.1, says(ReasonProbeWarning, moved)},
			{30.2, shows("liveness passing high")},
			{40.1, fails(Liveness, "x")},
			{40.2, shows("liveness failing high 1/3 exact")},
		}},
		"5.6 a failure on the heels of a crash": {pod: []func(*Pod){livenessOf(), readinessOf()}, plot: plot{
			{30, again("Error", 1)}, {30.2, fails(Readiness, refused)}, {30.3, shows("readiness failed high 0/3 atLeast")}, {31, readies(true)}, {33, shows("readiness passing high")},
		}},
	})
}

// TestStaticPodHeardOfAfterItsEvents is S16 with the list of pods slower than that of events.
func TestStaticPodHeardOfAfterItsEvents(t *testing.T) {
	w := newWorld(t).hears(goodNode).after(20)
	for i, seconds := range []int{20, 30} {
		e := unhealthy("Liveness probe failed: x", int32(i+1), 20, seconds)
		e.Pod = "hash"
		w.after(seconds).hears(e)
	}
	w.hears(web(livenessOf(), func(p *Pod) { p.MirrorUID = "hash" }))
	p := w.after(31).row(t, "u-web").WorstOf(Liveness)
	if f := p.Failures; p.State != StateFailing || f.Run != 2 || f.Bound != Exact {
		t.Errorf("%s %+v, want failing 2/3 exact", p.State, f)
	}
}

// expire takes every event away.
func expire(_ testing.TB, s *stage) {
	for key, e := range s.events {
		s.loses(NewEvent(*e))
		gone := *e
		gone.UID, gone.Name = e.UID+"'", e.Name+"'"
		s.events[key] = &gone
	}
}

// listed is what a list of events tells.
func listed(facts ...Fact) act {
	return func(_ testing.TB, s *stage) {
		s.Apply(Change{At: s.now, Stream: 1, Fact: &Listing{Kind: Events}})
		s.hears(facts...)
		s.Apply(Change{At: s.now, Stream: 1, Fact: &Listing{Kind: Events, Done: true}})
	}
}

// mixedTexts is a liveness and a readiness probe that fail so often in turn, and say something else every time.
func mixedTexts(from, times int) plot {
	var p plot
	for i := range times {
		for j, typ := range [...]ProbeType{Liveness, Readiness} {
			message := fmt.Sprintf("%s probe failed: it is %d:%02d", capital(typ), i, j)
			if 2*i+j >= 9 {
				message = "(combined from similar events): " + message
			}
			p = append(p, beat{float64(from+10*i+4*j) + 0.1, says(ReasonUnhealthy, message)})
		}
	}
	return p
}
