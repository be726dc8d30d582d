package model_test

import (
	"slices"
	"testing"
	"time"

	. "github.com/probetop/probetop/model"
)

// A worker that is not done when a period is over leaves the beat, one that cannot run its probe counts nothing, and what
// happens to one container of a pod says nothing of the probes of another.
func TestScenariosOfTheBeat(t *testing.T) {
	hangs := `Get "http://10.0.0.7:8080/": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`
	refused := "dial tcp 10.0.0.7:8080: connect: connection refused"
	play(t, map[string]scenario{
		"1.2 a timeout of three periods": {pod: []func(*Pod){livenessOf(timeout(30))}, plot: plot{
			{30.1, fails(Liveness, hangs)},
			{31, shows("liveness failing high 1/3 exact")},
			{45, shows("liveness failing medium 0/3 atLeast")}, // no pause: the next run hangs, or has succeeded
			{60.1, fails(Liveness, hangs)},
			{61, shows("liveness failing high 1/3 atLeast")},
			{93, shows("liveness passing high 0/3 exact")},
		}},
		"1.2 a timeout of three periods, and an event that waits on its way": {pod: []func(*Pod){livenessOf(timeout(30), threshold(5))}, plot: plot{
			{30.1, fails(Liveness, hangs)},
			{60.1, waits(0.8, fails(Liveness, hangs))},
			{61, shows("liveness failing high 1/5 atLeast")}, // and not the first after a success
		}},
		"5.3 a run that may have taken five seconds": {pod: []func(*Pod){livenessOf(timeout(5), threshold(5))}, plot: plot{
			{24.9, fails(Liveness, "HTTP probe failed with statuscode: 503")},
			{31, shows("liveness failing high 1/5 exact")},
			{32, shows("liveness failing medium 0/5 atLeast")}, // the next may have begun at 30
			{50.1, saysAgain(ReasonUnhealthy, "Liveness probe failed: HTTP probe failed with statuscode: 503", 2)},
			{51, shows("liveness failing high 1/5 atLeast")}, // at 30 and at 50, or at 40 and at 50
		}},
		"5.3 a period of two seconds, which times to the second cannot tell from four": {pod: []func(*Pod){livenessOf(period(2), timeout(1), threshold(100))}, plot: plot{
			{20.9, fails(Liveness, "HTTP probe failed with statuscode: 500")},
			{22.92, fails(Liveness, "HTTP probe failed with statuscode: 500")},
			{24.88, fails(Liveness, "HTTP probe failed with statuscode: 500")},
			{26.9, fails(Liveness, "HTTP probe failed with statuscode: 500")},
			{27, shows("liveness failing high 4/100 exact")},
			{30.9, fails(Liveness, "HTTP probe failed with statuscode: 500")},
			{31, shows("liveness failing high 1/100 atLeast")}, // a pause, or an event that waited
			{32.9, fails(Liveness, "HTTP probe failed with statuscode: 500")},
			{33, shows("liveness failing high 2/100 atLeast")},
		}},
		"1.2 a timeout of a period, refused at once": {pod: []func(*Pod){livenessOf(timeout(10))}, plot: plot{
			{20.1, fails(Liveness, refused)},
			{21, shows("liveness failing high 1/3 exact")},
			{25, shows("liveness failing medium 0/3 atLeast")}, // it may have begun late, and the next on time
			{30.1, fails(Liveness, refused)},
			{35, shows("liveness failing high 1/3 atLeast")},
			{40.1, fails(Liveness, refused)},
			{41, shows("liveness failing high 2/3 atLeast")},
		}},
		"1.9 killed in the second in which the next instance starts": {pod: []func(*Pod){livenessOf(threshold(1)), fresh}, plot: plot{
			{12.1, fails(Liveness, "x")},
			{12.2, kills(Liveness)},
			{12.6, replaced("Completed", 0)},
			{16, shows("liveness delayed medium 0/1 atLeast")},
		}},
		"1.7 an error between failures": {pod: []func(*Pod){livenessOf(threshold(5))}, plot: plot{
			{20.1, fails(Liveness, "x")},
			{30.1, errs(Liveness, "boom")},
			{31, shows("liveness erroring high 0/5 atLeast")},
			{40.1, fails(Liveness, "x")},
			{41, shows("liveness failing high 1/5 atLeast")},
			{50.1, fails(Liveness, "x")},
			{51, shows("liveness failing high 2/5 atLeast")},
		}},
		"1.6 a count is kept while the container is down": {pod: []func(*Pod){livenessOf(threshold(5))}, plot: plot{
			{20.1, fails(Liveness, "x")},
			{25, ends("Error", 3)},
			{26, shows("liveness waiting certain 0/5 atLeast")},
		}},
		"5.3 another container becomes ready": {pod: []func(*Pod){second("proxy"), with(Readiness, probe())}, plot: plot{
			{45.1, fails(Readiness, "x")},
			{50, of("proxy", readies(false))},
			{55.1, fails(Readiness, "x")},
			{57, of("proxy", readies(true))},
			{58, shows("readiness failing high 2/3 exact")},
			{65.1, fails(Readiness, "x")},
			{65.2, readies(false)},
			{66, shows("readiness failed high 3/3 exact")},
		}},
		"1.2 ready and not in one second": {pod: []func(*Pod){readinessOf(threshold(1))}, plot: plot{
			{20.1, fails(Readiness, "x")},
			{20.2, readies(false)},
			{30.1, fails(Readiness, "x")},
			{30.4, readies(true)},
			{30.6, fails(Readiness, "x")},
			{30.65, readies(false)},
			{30.7, fails(Readiness, "x")}, // out of turn
			{40.7, fails(Readiness, "x")},
			{41, shows("readiness failed high 3/1 atLeast")}, // and not four
		}},
		"1.10 killed, and called not started only then": {pod: []func(*Pod){startupOf(), livenessOf(threshold(1)), fresh}, plot: plot{
			{5, starts},
			{30.1, fails(Liveness, "x")},
			{30.2, kills(Liveness)},
			{31, replaced("Error", 143)},
			{41.1, fails(Liveness, "x")},
			{41.2, kills(Liveness)},
			{41.5, edits(func(p *Pod) { p.Containers[0].Started = False })},
			{42, shows("liveness failed certain 1/1 exact")},
		}},
		"1.10 ready by what it was while it was called started": {pod: []func(*Pod){startupOf(), readinessOf(threshold(4)), fresh}, plot: plot{
			{5, starts},
			{6, readies(true)},
			{30, kills(Startup)},
			{31, replaced("Error", 143)},
			{32, readies(true)},
			{33.1, fails(Readiness, "x")},
			{34, edits(func(p *Pod) { p.Containers[0].Started, p.Containers[0].Ready = False, false })},
			{50, edits(func(p *Pod) { p.Containers[0].Started, p.Containers[0].Ready = True, true })},
			{51, shows("readiness passing medium")},
			{59.9, fails(Readiness, "x")},
			{60.5, shows("readiness failing medium 0/4 atLeast")}, // 2/4, in truth
			{69.9, fails(Readiness, "x")},
			{70.5, shows("readiness failing high 1/4 atLeast")},
		}},
		"5.5 a restart that nobody saw stays one": {pod: []func(*Pod){livenessOf(), func(p *Pod) {
			c := &p.Containers[0]
			c.Restarts, c.StartedAt = 1, epoch.Add(-3*time.Hour)
			c.Last = &Termination{Reason: "Error", ExitCode: 143, StartedAt: epoch.Add(-4 * time.Hour), FinishedAt: c.StartedAt}
		}}, plot: plot{
			{1, ledger("unknown low")},
			{10, edits(func(p *Pod) { p.Phase = "Running" })},
			{11, ledger("unknown low")},
		}},
	})
}

// A container beside others, or after an init container, is ready since no later than all are, or since we heard of it: what
// failed before is over.
func TestReadyBesideOthers(t *testing.T) {
	initially := func(p *Pod) {
		p.Containers = append([]Container{{Name: "init", Kind: Init, State: Terminated}}, p.Containers...)
	}
	unready := func(p *Pod) {
		p.Containers[0].Ready = false
		for i := range p.Conditions {
			p.Conditions[i].Status = False
		}
	}
	for name, c := range map[string]struct {
		pod    []func(*Pod)
		listed bool
	}{
		"an init container":      {[]func(*Pod){initially}, true},
		"a sidecar":              {[]func(*Pod){sidecar(Readiness, probe())}, true},
		"a sidecar, not ready":   {[]func(*Pod){sidecar(Readiness, probe()), unready}, true},
		"a sidecar, heard first": {[]func(*Pod){sidecar(Readiness, probe())}, false},
	} {
		w := newWorld(t)
		failed := said(ReasonUnhealthy, "Readiness probe failed: x", 1, 7, 7)
		w.now = at(7).Add(500 * time.Millisecond)
		if !c.listed {
			w.hears(failed)
		}
		w.now = at(10)
		w.Apply(Change{At: w.now, Stream: 1, Fact: &Listing{Kind: Events}})
		since := func(p *Pod) {
			for i := range p.Conditions {
				p.Conditions[i].Since = at(8)
			}
		}
		pod := settled(slices.Concat([]func(*Pod){with(Readiness, probe())}, c.pod, []func(*Pod){since})...)
		w.hears(pod, failed)
		w.Apply(Change{At: w.now, Stream: 1, Fact: &Listing{Kind: Events, Done: true}})
		p := probeNamed(w.row(t, pod.UID), "web/readiness")
		if p == nil || p.State == StateFailing && p.Certainty >= CertaintyHigh {
			t.Errorf("beside %s it is %+v", name, p)
		}
	}
}
