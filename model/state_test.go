package model_test

import (
	"testing"

	. "github.com/probetop/probetop/model"
)

// Every case is a history of the pod web and what must be said of one of its probes at its end.
func TestStateOfAProbe(t *testing.T) {
	live, ready, start := with(Liveness, probe()), with(Readiness, probe()), with(Startup, probe())
	restarted := func(p *Pod) {
		c := &p.Containers[0]
		c.Restarts, c.StartedAt = 1, at(30)
		c.Last = &Termination{Reason: "Error", ExitCode: 137, StartedAt: epoch, FinishedAt: at(30)}
	}
	cases := map[string]struct {
		pod       *Pod
		facts     []Fact
		now       int
		typ       ProbeType
		state     State
		certainty Certainty
	}{
		"W01 container waiting":                  {pod: web(live, func(p *Pod) { p.Containers[0].State = Waiting }), typ: Liveness, state: StateWaiting, certainty: Certain},
		"pod has run to its end":                 {pod: web(live, func(p *Pod) { p.Phase = "Failed" }), typ: Liveness, state: StateWaiting, certainty: Certain},
		"W08 initial delay":                      {pod: web(with(Liveness, probe(delay(15)))), now: 14, typ: Liveness, state: StateDelayed, certainty: CertaintyHigh},
		"initial delay over, first tick open":    {pod: web(with(Liveness, probe(delay(15)))), now: 16, typ: Liveness, state: StateDelayed, certainty: CertaintyMedium},
		"first tick surely done":                 {pod: web(live), now: 20, typ: Liveness, state: StatePassing, certainty: CertaintyHigh},
		"readiness initially unready":            {pod: web(ready, notReady), now: 5, typ: Readiness, state: StateDelayed, certainty: CertaintyMedium},
		"readiness unready without a word":       {pod: web(ready, notReady), now: 60, typ: Readiness, state: StateFailed, certainty: CertaintyMedium},
		"H08 readiness failed":                   {pod: web(ready, notReady), facts: []Fact{unhealthy("Readiness probe failed: HTTP probe failed with statuscode: 500", 4, 10, 40)}, now: 45, typ: Readiness, state: StateFailed, certainty: CertaintyHigh},
		"readiness failing below threshold":      {pod: web(ready), facts: []Fact{unhealthy("Readiness probe failed: x", 1, 40, 40)}, now: 45, typ: Readiness, state: StateFailing, certainty: CertaintyHigh},
		"readiness failed, then became ready":    {pod: web(ready, func(p *Pod) { p.Conditions[0].Since = at(41) }), facts: []Fact{unhealthy("Readiness probe failed: x", 1, 40, 40)}, now: 42, typ: Readiness, state: StatePassing, certainty: CertaintyHigh},
		"readiness recovered":                    {pod: web(ready), facts: []Fact{unhealthy("Readiness probe failed: x", 1, 40, 40)}, now: 55, typ: Readiness, state: StatePassing, certainty: CertaintyHigh},
		"W09 liveness failing":                   {pod: web(live), facts: []Fact{unhealthy("Liveness probe failed: x", 2, 30, 40)}, now: 42, typ: Liveness, state: StateFailing, certainty: CertaintyHigh},
		"liveness failed, kill announced":        {pod: web(live), facts: []Fact{said(ReasonKilling, "Container web failed liveness probe, will be restarted", 1, 41, 41)}, now: 42, typ: Liveness, state: StateFailed, certainty: Certain},
		"kill of the instance before":            {pod: web(live, restarted), facts: []Fact{said(ReasonKilling, "Container web failed liveness probe, will be restarted", 1, 29, 29)}, now: 60, typ: Liveness, state: StatePassing, certainty: CertaintyHigh},
		"kill in the second of the new start":    {pod: web(live, restarted), facts: []Fact{said(ReasonKilling, "Container web failed liveness probe, will be restarted", 1, 30, 30)}, now: 60, typ: Liveness, state: StatePassing, certainty: CertaintyHigh},
		"failures of the instance before":        {pod: web(live, restarted), facts: []Fact{unhealthy("Liveness probe failed: x", 3, 5, 25)}, now: 31, typ: Liveness, state: StateDelayed, certainty: CertaintyMedium},
		"W15 liveness gated":                     {pod: web(live, start, notStarted), now: 60, typ: Liveness, state: StateGated, certainty: Certain},
		"gated before the kubelet said so":       {pod: web(live, start, func(p *Pod) { p.Containers[0].Started, p.Containers[0].Ready = Unknown, false }), now: 1, typ: Liveness, state: StateGated, certainty: CertaintyHigh},
		"W12 startup pending":                    {pod: web(start, notStarted), facts: []Fact{unhealthy("Startup probe failed: x", 2, 1, 11)}, now: 15, typ: Startup, state: StateStarting, certainty: Certain},
		"startup delayed":                        {pod: web(with(Startup, probe(delay(10))), notStarted), now: 5, typ: Startup, state: StateDelayed, certainty: CertaintyHigh},
		"W30 startup failed":                     {pod: web(start, notStarted), facts: []Fact{said(ReasonKilling, "Container web failed startup probe, will be restarted", 1, 21, 21)}, now: 22, typ: Startup, state: StateFailed, certainty: Certain},
		"ready, and nobody says that it started": {pod: web(start, func(p *Pod) { p.Containers[0].Started = Unknown }), now: 60, typ: Startup, state: StateHeld, certainty: Certain},
		"W16 startup held":                       {pod: web(start), now: 60, typ: Startup, state: StateHeld, certainty: Certain},
		"started may be a lie after a kill":      {pod: web(start, restarted), now: 33, typ: Startup, state: StateUnknown, certainty: CertaintyMedium},
		"X12 missing binary":                     {pod: web(live), facts: []Fact{unhealthy("Liveness probe errored and resulted in unknown state: rpc error", 9, 5, 55)}, now: 60, typ: Liveness, state: StateErroring, certainty: CertaintyHigh},
		"errored by an old kubelet":              {pod: web(live), facts: []Fact{unhealthy("Liveness probe errored: rpc error", 9, 5, 55)}, now: 60, typ: Liveness, state: StateErroring, certainty: CertaintyHigh},
		"errored long ago":                       {pod: web(live), facts: []Fact{unhealthy("Liveness probe errored: rpc error", 3, 5, 25)}, now: 120, typ: Liveness, state: StatePassing, certainty: CertaintyHigh},
		"errored, then failed":                   {pod: web(live), facts: []Fact{unhealthy("Liveness probe errored: rpc error", 3, 5, 25), unhealthy("Liveness probe failed: x", 1, 35, 35)}, now: 36, typ: Liveness, state: StateFailing, certainty: CertaintyHigh},
		"H13 warning is a success":               {pod: web(live), facts: []Fact{said(ReasonProbeWarning, "Liveness probe warning: Probe terminated redirects, Response body: moved", 5, 5, 55)}, now: 60, typ: Liveness, state: StatePassing, certainty: CertaintyHigh},
		"K08 liveness stops at deletion":         {pod: web(live, func(p *Pod) { p.Deleted = at(60) }), facts: []Fact{said(ReasonKilling, "Stopping container web", 1, 31, 31)}, now: 40, typ: Liveness, state: StateSuspended, certainty: Certain},
		"deletion a moment ago":                  {pod: web(live, func(p *Pod) { p.Deleted = at(60) }), now: 31, typ: Liveness, state: StateSuspended, certainty: CertaintyMedium},
		"K07 readiness goes on while deleted":    {pod: web(ready, notReady, func(p *Pod) { p.Deleted = at(60) }), facts: []Fact{unhealthy("Readiness probe failed: x", 1, 35, 35)}, now: 40, typ: Readiness, state: StateFailed, certainty: CertaintyHigh},
		"sidecar liveness goes on while deleted": {pod: web(live, func(p *Pod) { p.Deleted, p.Containers[0].Kind = at(60), Sidecar }), now: 40, typ: Liveness, state: StatePassing, certainty: CertaintyMedium},
		"events forbidden, liveness":             {pod: web(live), facts: []Fact{&Source{Kind: Events, State: SourceForbidden}}, now: 60, typ: Liveness, state: StateUnknown, certainty: CertaintyNone},
		"events forbidden, readiness":            {pod: web(ready), facts: []Fact{&Source{Kind: Events, State: SourceForbidden}}, now: 60, typ: Readiness, state: StatePassing, certainty: CertaintyMedium},
		"S08 starved of events":                  {pod: web(live), facts: []Fact{unhealthy("Readiness probe failed: x", 30, 0, 290)}, now: 300, typ: Liveness, state: StatePassing, certainty: CertaintyLow},
		"starved, and failing when last heard":   {pod: web(live), facts: []Fact{unhealthy("Liveness probe failed: x", 30, 0, 290)}, now: 330, typ: Liveness, state: StateFailing, certainty: CertaintyLow},
		"starved by other warnings":              {pod: web(live), facts: []Fact{said(ReasonFailed, "Error: ImagePullBackOff", 25, 0, 290)}, now: 330, typ: Liveness, state: StatePassing, certainty: CertaintyLow},
		"no longer starved":                      {pod: web(live), facts: []Fact{unhealthy("Liveness probe failed: x", 30, 0, 290)}, now: 605, typ: Liveness, state: StatePassing, certainty: CertaintyHigh},
		"T4 node silent":                         {pod: web(ready), facts: []Fact{&Node{Name: "n1", Ready: Unknown}}, now: 60, typ: Readiness, state: StatePassing, certainty: CertaintyNone},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t).hears(&Node{Name: "n1", Ready: True})
			w.after(int(c.pod.Containers[0].StartedAt.Sub(epoch).Seconds())).hears(c.pod).hears(c.facts...).after(c.now)
			p := w.row(t, "u-web").WorstOf(c.typ)
			if p == nil || p.State != c.state || p.Certainty != c.certainty {
				t.Fatalf("got %+v, want %v (%v)", p, c.state, c.certainty)
			}
		})
	}
}

func TestVerdictsMoveWithTimeAlone(t *testing.T) {
	w := newWorld(t).hears(web(with(Liveness, probe(delay(15)))))
	for _, step := range []struct {
		now   int
		state State
	}{{5, StateDelayed}, {16, StateFailing}, {20, StateFailing}, {28, StateFailing}, {31, StatePassing}} {
		if w.after(step.now); step.now == 16 {
			w.hears(unhealthy("Liveness probe failed: x", 1, 16, 16))
		}
		if p := w.row(t, "u-web").WorstOf(Liveness); p.State != step.state {
			t.Errorf("after %d s: got %v, want %v", step.now, p.State, step.state)
		}
	}
	calm := w.Snapshot()
	if w.after(3600); w.Snapshot() != calm {
		t.Error("an hour in which nothing changes made a new snapshot")
	}
}

func TestSharedFailureOfTwoContainersIsNobodys(t *testing.T) {
	pod := web(with(Readiness, probe()), func(p *Pod) {
		second := p.Containers[0]
		second.Name = "proxy"
		p.Containers = append(p.Containers, second)
	})
	e := unhealthy("(combined from similar events): Readiness probe failed: x", 12, 0, 5)
	row := newWorld(t).hears(pod, e).after(6).row(t, "u-web")
	for i := range row.Probes {
		if n := len(row.Probes[i].Events); n != 0 {
			t.Errorf("%s got %d events, want none", row.Probes[i].Container.Name, n)
		}
	}
	pod = web(with(Readiness, probe()))
	if row := newWorld(t).hears(pod, e).after(6).row(t, "u-web"); len(row.Probes[0].Events) != 1 {
		t.Errorf("the only container with the probe got %d events, want 1", len(row.Probes[0].Events))
	}
}

func TestEvidenceIsSpelledOut(t *testing.T) {
	p := newWorld(t).hears(web(with(Liveness, probe()))).after(60).row(t, "u-web").WorstOf(Liveness)
	if got := p.Evidence.Words(); len(got) != 2 || got[0] != "status" || got[1] != "noEvent" {
		t.Errorf("got %v, want [status noEvent]", got)
	}
	if k := p.Key(web()); k != (Key{Pod: "u-web", Container: "web", Type: Liveness}) {
		t.Errorf("key %+v", k)
	}
}

// TestVirtualKubeletIsHardlyBelieved is about a node whose kubelet tells of no failures.
func TestVirtualKubeletIsHardlyBelieved(t *testing.T) {
	p := web(with(Startup, probe()), with(Readiness, probe()), with(Liveness, probe()), func(p *Pod) { p.Containers[0].Started = Unknown })
	w := newWorld(t).hears(&Node{Name: p.Node, Ready: True, Virtual: true}, p).after(600)
	probes := w.row(t, p.UID).Probes
	for i := range probes {
		if v := probes[i].Verdict; v.Certainty > CertaintyLow || v.State != StatePassing && v.State != StateHeld {
			t.Errorf("%v is %v, certainty %v", probes[i].Type, v.State, v.Certainty)
		}
	}
}
