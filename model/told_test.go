package model_test

import (
	"testing"
	"time"

	. "github.com/probetop/probetop/model"
)

// A kubelet probes an instance only when it has told of it, and it tells of it late when another container of the pod takes
// long to start.
func TestInstanceThatIsToldOfLate(t *testing.T) {
	late := func(c *Container) { c.State, c.StartedAt, c.Started, c.Ready, c.ID = Running, at(2), True, true, "c1" }
	play(t, map[string]scenario{
		"1.8 seen": {pod: []func(*Pod){livenessOf(), func(p *Pod) { p.Containers[0].State, p.Containers[0].StartedAt = Waiting, time.Time{} }}, plot: plot{
			{30, edits(func(p *Pod) { late(&p.Containers[0]) })},
			{31, shows("liveness delayed medium")},
			{46, shows("liveness passing high")},
		}},
		"1.8 not seen": {pod: []func(*Pod){livenessOf(), second("slow"), func(p *Pod) { p.Containers[1].StartedAt = at(28) }}, plot: plot{
			{31, shows("liveness delayed medium")}, {46, shows("liveness passing high")},
		}},
		"1.8 the other was restarted": {pod: []func(*Pod){livenessOf(), second("slow"), func(p *Pod) { p.Containers[1].StartedAt, p.Containers[1].Restarts = at(28), 3 }}, plot: plot{
			{31, shows("liveness passing high")},
		}},
	})
}

// The kubelet ends a pod that nobody deleted, and does not say why.
func TestPodThatIsOver(t *testing.T) {
	const stop = "Stopping container web"
	play(t, map[string]scenario{
		"1.13 never restarted, and its probe has failed": {pod: []func(*Pod){livenessOf(threshold(2)), policy("Never")}, plot: plot{
			{20.1, fails(Liveness, "x")},
			{30.1, fails(Liveness, "x")},
			{30.2, says(ReasonKilling, stop)},
			{31, shows("liveness failed high")},
			{45, shows("liveness failed high")},
		}},
		"its sandbox is gone": {pod: []func(*Pod){livenessOf()}, plot: plot{
			{30.2, says(ReasonKilling, stop)}, {31, shows("liveness suspended medium")}, {130, shows("liveness passing high")},
		}},
		"the instance after it": {pod: []func(*Pod){livenessOf()}, plot: plot{
			{30.2, says(ReasonKilling, stop)}, {31, again("Error", 137)}, {50, shows("liveness passing high")},
		}},
	})
}
