package tui

import (
	"testing"
	"time"

	"github.com/probetop/probetop/model"
	"github.com/probetop/probetop/model/compare"
)

func TestOpinionWeighs(t *testing.T) {
	const (
		none, success, warning, failure, errored = model.ShadowNone, model.ShadowSuccess, model.ShadowWarning, model.ShadowFailure, model.ShadowErrored
	)
	tests := []struct {
		class       compare.AgreementClass
		here, there model.ShadowVerdict
		want        weight
	}{
		{compare.Unexplained, success, failure, unexplained},
		{compare.LoopbackOnly, success, failure, differing},
		{compare.TimeoutMargin, success, failure, differing},
		{compare.BodyStall, success, errored, differing},
		{compare.KubeletBug, failure, success, differing},
		{compare.BelowTheThreshold, failure, success, passing},
		{compare.Recovering, warning, failure, passing},
		{compare.TimeoutMargin, success, success, remarked},
		{compare.ExecCannotStart, errored, errored, remarked},
		{compare.ExecEnvironment, failure, failure, remarked},
		{compare.AgreePass, success, success, agreed},
		{compare.AgreePass, warning, success, agreed},
		{compare.AgreeSameCause, failure, failure, agreed},
		{compare.AgreeErrored, errored, errored, agreed},
		{compare.KubeletStale, failure, success, undecided},
		{compare.HostField, success, failure, undecided},
		{compare.NotProbedYet, success, none, undecided},
		{compare.BelowTheThreshold, failure, none, undecided},
		{compare.ShadowForbidden, none, success, undecided},
		{"", success, failure, undecided},
	}
	for _, test := range tests {
		p := &model.Probe{Shadow: &model.Shadowed{Runs: []*model.Shadow{{Verdict: test.here}}}}
		o := opinion{p, compare.Agreement{Class: test.class, Kubelet: model.LastWord{Verdict: test.there}}}
		if got := o.weight(); got != test.want {
			t.Errorf("%s, %v from here and %v for the kubelet, weighs %d, want %d", test.class, test.here, test.there, got, test.want)
		}
		if got, want := o.differs(), test.want <= passing; got != want {
			t.Errorf("%s differs: %t", test.class, got)
		}
	}
}

func TestOpinionsAreKeptWhileNothingChanges(t *testing.T) {
	f := shadowedIncident()
	c := f.cluster()
	s := c.Snapshot()
	var none *opinions
	if none.next(s, night, nil, nil) != nil {
		t.Error("there are opinions about nothing")
	}
	o := none.next(s, night, s.Rows, nil)
	for name, again := range map[string]*opinions{
		"the same":   o.next(s, night, s.Rows, nil),
		"fewer rows": o.next(s, night, s.Rows[:3], nil),
		"no rows":    o.next(s, night, nil, nil),
	} {
		if again != o {
			t.Errorf("%s: there are other opinions", name)
		}
	}
	running := []model.Key{{Pod: "a"}}
	if o.next(s, night, s.Rows, running) == o {
		t.Error("a run that has begun is not seen")
	}
	later := o.next(s, night.Add(time.Second), s.Rows, nil)
	if later == o {
		t.Error("a second later nothing is compared again")
	}
	run := &model.Shadow{Probe: model.Key{Pod: "uid-payments-api-7d9f8b6c5d-9qk2m", Container: "api", Type: model.Liveness}, Instance: "containerd://api", At: night, Verdict: model.ShadowFailure, Text: "x"}
	c.Apply(model.Change{At: night, Stream: shadowStream, Fact: run})
	next := c.Snapshot()
	after := o.next(next, night, next.Rows, nil)
	if after == o {
		t.Error("another run is not seen")
	}
	for _, r := range next.Rows {
		old, had := o.rows[r]
		if list := after.rows[r]; had && &list[0] != &old[0] {
			t.Errorf("%s was compared again, though it is the same", r.Pod.Name)
		}
	}
}

func TestScrollingAPageWithOpinionsDoesNotWriteItAgain(t *testing.T) {
	b := shadowBoard(t, &fakeShadow{state: ShadowState{Running: make([]model.Key, 2)}}, 80, 24)
	press(b, "j", "enter")
	before := &sheetOf(b).pager.lines[0]
	press(b, "j", "ctrl+d", "k")
	if &sheetOf(b).pager.lines[0] != before {
		t.Error("the page was written again")
	}
	b.options.Shadow.(*fakeShadow).state.Running = nil
	press(b, "k")
	if &sheetOf(b).pager.lines[0] == before {
		t.Error("the page was not written again when a run had ended")
	}
}
