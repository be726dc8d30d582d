package model_test

import (
	"testing"
	"time"

	. "github.com/probetop/probetop/model"
)

// Who comes to a container that is started has not seen when that was, and the probes that wait for it may not have
// been run yet: silence is evidence only when they must have been.
func TestProbesOfAContainerThatNobodySawStart(t *testing.T) {
	started := func(edit ...func(*ProbeSpec)) func(*Pod) {
		return func(p *Pod) {
			p.Containers[0].Probes[Startup] = probe(append([]func(*ProbeSpec){threshold(30)}, edit...)...)
			p.Containers[0].Probes[Liveness] = probe()
		}
	}
	readySince := func(seconds int, status Tri) func(*Pod) {
		return func(p *Pod) {
			for i := range p.Conditions {
				p.Conditions[i].Status, p.Conditions[i].Since = status, at(seconds)
			}
			p.Containers[0].Ready = status == True
		}
	}
	cases := map[string]struct {
		pod   []func(*Pod)
		facts []Fact
		now   int
		state State
		sure  Certainty
	}{
		"within the budget of its startup probe":          {[]func(*Pod){started(), readySince(-60, False)}, nil, 100, StateDelayed, CertaintyMedium},
		"beyond it, or it would have been killed":         {[]func(*Pod){started(), readySince(-60, False)}, nil, 330, StatePassing, CertaintyHigh},
		"ready for long enough":                           {[]func(*Pod){started(), readySince(50, True)}, nil, 70, StatePassing, CertaintyHigh},
		"ready since just now":                            {[]func(*Pod){started(), readySince(65, True)}, nil, 70, StateDelayed, CertaintyMedium},
		"it was ready once":                               {[]func(*Pod){started(), readySince(50, False)}, nil, 70, StatePassing, CertaintyHigh},
		"another probe has failed that waits for it, too": {[]func(*Pod){started(), readySince(-60, False), with(Readiness, probe())}, []Fact{unhealthy("Readiness probe failed: x", 1, 50, 50)}, 70, StatePassing, CertaintyHigh},
		"startup could not be carried out for long":       {[]func(*Pod){started(threshold(1)), readySince(-60, False)}, []Fact{unhealthy("Startup probe errored and resulted in unknown state: x", 3, 20, 60)}, 70, StateDelayed, CertaintyMedium},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			for _, f := range c.facts {
				w.now = f.(*Event).Last
				w.hears(f)
			}
			r := w.after(c.now).hears(web(c.pod...)).row(t, "u-web")
			for i := range r.Probes {
				if p := &r.Probes[i]; p.Type == Liveness && (p.State != c.state || p.Certainty != c.sure) {
					t.Errorf("%s %s, want %s %s", p.State, p.Certainty, c.state, c.sure)
				}
			}
			if next := r.Forecast(&r.Probes[len(r.Probes)-1], at(c.now)).Next; c.state == StateDelayed && (next.Earliest.Before(at(c.now)) || next.Latest.Before(at(c.now).Add(time.Second))) {
				t.Errorf("the next probe is expected from %v to %v", next.Earliest, next.Latest)
			}
		})
	}
}
