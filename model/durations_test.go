package model_test

import (
	"slices"
	"testing"
	"time"

	. "github.com/probetop/probetop/model"
)

// TestDurationsOfRuns holds the histogram against the durations themselves.
func TestDurationsOfRuns(t *testing.T) {
	spec := probe(func(p *ProbeSpec) { p.Timeout = 2 * time.Second })
	w := newWorld(t).hears(web(with(Liveness, spec)))
	var all []time.Duration
	for i := range 200 {
		took := time.Duration(i*i) * 40 * time.Microsecond // up to 1.6 s
		f := &Shadow{Probe: Key{Pod: "u-web", Container: "web", Type: Liveness}, Instance: "c1", At: at(i), Took: took, Verdict: ShadowSuccess}
		switch i % 10 {
		case 3: // answers that come at once, and say nothing of how long one takes
			f.Verdict, f.Took = ShadowFailure, time.Millisecond
		case 4:
			f.Verdict, f.Took = ShadowErrored, time.Minute
		case 5:
			f.Verdict, f.Took = ShadowFailure, 2*time.Second
			took = f.Took
			all = append(all, took)
		default:
			all = append(all, took)
		}
		w.hears(f)
	}
	s := w.row(t, "u-web").Probes[0].Shadow
	slices.Sort(all)
	if s.Count != 200 || s.Failures != 40 || s.Durations.Count != len(all) || s.Durations.Max != 2*time.Second {
		t.Errorf("%d runs, %d failures, %d durations up to %v", s.Count, s.Failures, s.Durations.Count, s.Durations.Max)
	}
	for _, share := range []float64{0.5, 0.95, 1} {
		exact := all[int(share*float64(len(all)-1))]
		if got := s.Durations.Quantile(share); got < exact || float64(got) > 1.2*float64(exact) {
			t.Errorf("the %v quantile is %v, exactly %v", share, got, exact)
		}
	}
	if headroom, ok := s.Durations.Headroom(2 * time.Second); !ok || headroom != 0 {
		t.Errorf("headroom %v, want none: one in eight runs timed out", headroom)
	}
	if _, ok := new(Durations).Headroom(time.Second); ok {
		t.Error("no runs leave headroom")
	}
}
