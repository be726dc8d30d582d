package model_test

import (
	"slices"
	"testing"
	"time"

	. "github.com/probetop/probetop/model"
)

// promise is a forecast that was made.
type promise struct {
	made    time.Time
	typ     ProbeType
	kind    ConsequenceKind
	window  Window
	episode int
}

// TestForecastsHold notes every forecast of a restart or of unreadiness, and compares it with what happened when the
// probe did go on failing.
func TestForecastsHold(t *testing.T) {
	var held, missed int
	var widths []time.Duration
	open := map[*kubelet][]promise{}
	plays(t, func(seed uint64, k *kubelet, r *Row) {
		for i := range r.Probes {
			p := &r.Probes[i]
			f := r.Forecast(p, k.now)
			if f.Consequence.Kind != NoConsequence && p.State != StateFailed && p.Certainty >= CertaintyHigh {
				open[k] = append(open[k], promise{k.now, p.Type, f.Consequence.Kind, f.Consequence.Window, k.episode(p.Type)})
			}
		}
		for _, o := range k.outcomes {
			for _, pr := range open[k] {
				if pr.typ != o.typ || pr.episode != o.episode {
					continue
				}
				if widths = append(widths, pr.window.Latest.Sub(pr.window.Earliest)); !o.at.Before(pr.window.Earliest) && !o.at.After(pr.window.Latest) {
					held++
				} else if missed++; missed < 9 {
					t.Logf("seed %d: at %v a %s by %v was due from %v to %v, and came at %v", seed, pr.made.Sub(epoch), pr.kind, pr.typ,
						pr.window.Earliest.Sub(epoch), pr.window.Latest.Sub(epoch), o.at.Sub(epoch))
				}
			}
			open[k] = slices.DeleteFunc(open[k], func(pr promise) bool { return pr.typ == o.typ })
		}
		k.outcomes = nil
	})
	slices.Sort(widths)
	t.Logf("%d forecasts held, %d missed; the median window is %v wide", held, missed, widths[len(widths)/2])
	if missed*20 > held {
		t.Errorf("%d of %d forecasts missed, want at most one in twenty", missed, held+missed)
	}
}

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
