package model_test

import (
	"slices"
	"testing"
	"time"

	. "github.com/probetop/probetop/model"
)

// A pod's containers are killed one after the other, and none is restarted before: what one needs to end delays the restart
// of the next.
func TestARestartWaitsForAnotherKill(t *testing.T) {
	due := func(other ...beat) time.Duration {
		var latest time.Time
		look := beat{62, func(t testing.TB, s *stage) {
			r := s.row(t, s.pod.UID)
			latest = r.Forecast(probeNamed(r, "web/liveness"), s.now).Consequence.Latest
		}}
		grace := func(p *Pod) { p.GracePeriod = 20 * time.Second }
		play(t, map[string]scenario{"": {pod: []func(*Pod){livenessOf(), second("proxy"), grace}, plot: append(append(plot{{60.1, fails(Liveness, "x")}}, other...), look)}})
		return latest.Sub(epoch)
	}
	alone, behind := due(), due(beat{61, of("proxy", kills(Liveness))})
	if behind-alone != 20*time.Second {
		t.Errorf("it is due after %v, and behind a container that has 20 s to end after %v", alone, behind)
	}
}

// A run that is only known from below is no longer than the container has been probed, nor than failures have been told.
func TestConsequenceIsNotDueBeforeItCanBe(t *testing.T) {
	r := listedCombined(t, 2)
	p := probeNamed(r, "web/liveness")
	now := at(107)
	c := r.Forecast(p, now).Consequence
	// 107 s of life hold at most 11 ticks of ten seconds: 19 more are needed.
	if left := c.Earliest.Sub(now); c.Kind != WillRestart || left < 170*time.Second || left > 195*time.Second {
		t.Errorf("it is due in %v, want after 19 failures more", left)
	}

	old := *r.Pod
	old.Created, old.Containers = at(-1000), slices.Clone(r.Pod.Containers)
	for i := range old.Containers {
		old.Containers[i].StartedAt = at(-990)
	}
	facts := []Fact{&old}
	for _, e := range r.Events {
		facts = append(facts, e)
	}
	for name, c := range map[string]struct {
		hears []Fact
		soon  bool
	}{
		"every failure is told":        {facts, false},
		"the spam filter dropped some": {append(slices.Clone(facts), unhealthy("Readiness probe failed: x", 20, 1, 90)), true},
	} {
		r := newWorld(t).after(107).lists(c.hears...).row(t, "u-web")
		left := r.Forecast(probeNamed(r, "web/liveness"), now).Consequence.Earliest.Sub(now)
		if soon := left < 10*time.Second; soon != c.soon {
			t.Errorf("%s: an old container is due in %v", name, left)
		}
	}
}
