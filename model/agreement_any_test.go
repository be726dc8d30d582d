package model_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	. "github.com/probetop/probetop/model"
	. "github.com/probetop/probetop/model/compare"
)

// shaded adds runs from here, of all kinds, to what a tape says.
func shaded(rng *rand.Rand, changes []Change) []Change {
	var out []Change
	var pod *Pod
	causes := []string{refused, headers, code500, code403, reset, noRoute, overtime, noBinary, "", stalled, "odd\n\x1b[31m"}
	for _, ch := range changes {
		out = append(out, ch)
		if p, ok := ch.Fact.(*Pod); ok {
			pod = p
		}
		for pod != nil && rng.IntN(3) == 0 {
			c := &pod.Containers[rng.IntN(len(pod.Containers))]
			f := &Shadow{
				Probe: Key{Pod: pod.UID, Container: c.Name, Type: ProbeTypes[rng.IntN(len(ProbeTypes))]}, Instance: c.ID,
				At:   ch.At.Add(-time.Duration(rng.IntN(5000)) * time.Millisecond),
				Took: time.Duration(rng.IntN(1500)) * time.Millisecond, RoundTrip: time.Duration(rng.IntN(900)) * time.Millisecond,
				Verdict: ShadowVerdict(rng.IntN(5)), Text: causes[rng.IntN(len(causes))],
			}
			if rng.IntN(10) == 0 {
				f.Instance = "another"
			}
			if rng.IntN(4) == 0 {
				f.PodIP = &PodIPVantage{Verdict: ShadowVerdict(rng.IntN(5)), Text: causes[rng.IntN(len(causes))]}
			}
			if f.Verdict == ShadowNone {
				f.Lack = []ShadowLack{LackForbidden, LackTunnel, LackUnsupported, LackHost, LackGone, LackUnfinished, LackEndless, "new"}[rng.IntN(8)]
			}
			out = append(out, Change{At: ch.At, Stream: 62, Gone: rng.IntN(30) == 0, Fact: f})
		}
	}
	return out
}

// impossibleAgreement says what of the agreements of a row cannot be; nothing when all of it can.
func impossibleAgreement(s *Snapshot, r *Row, now time.Time) string {
	for i := range r.Probes {
		p := &r.Probes[i]
		a := AgreementOf(s, r, p, now)
		name := fmt.Sprintf("the agreement of %v is %q (%v): %q, ", p.Type, a.Class, a.Certainty, a.Text)
		if p.Shadow == nil {
			if a != (Agreement{}) {
				return name + "of a probe that was not run"
			}
			continue
		}
		run, word := p.Shadow.Last(), a.Kubelet.Verdict
		without := []AgreementClass{"", ShadowForbidden, TunnelBroke, ShadowUnsupported, EndlessOutput, HostField, HostResolver, ExecOrphan}
		same := run.Verdict == word || run.Verdict.Succeeds() && word.Succeeds()
		switch {
		case a.Text == "" || a.Check == "" || a.Class.Name() == "":
			return name + "without words"
		case run.Verdict == ShadowNone && !slices.Contains(without, a.Class):
			return name + "without a verdict"
		case run.Verdict != ShadowNone && (a.Class == ShadowForbidden || a.Class == TunnelBroke || a.Class == ShadowUnsupported || a.Class == EndlessOutput):
			return name + "with a verdict"
		case len(a.Class) > 0 && a.Class[0] == 'A' && !same:
			return name + fmt.Sprintf("of %v and %v", run.Verdict, word)
		case (a.Class == Unexplained || a.Class == BelowTheThreshold || a.Class == Recovering || a.Class == LoopbackOnly || a.Class == PodIPOnly) && same:
			return name + fmt.Sprintf("of %v and %v", run.Verdict, word)
		case run.Instance != p.Container.ID && run.Verdict != ShadowNone && a.Class != "":
			return name + "of a run against another instance"
		case a.Class == Unexplained && (a.Certainty < CertaintyMedium || len(p.Shadow.Runs) < 2):
			return name + "which is too little to be loud"
		case a.Class == "" && a.Certainty > CertaintyLow:
			return name + "which is too sure"
		}
	}
	return impossibleShadow(r)
}

// impossibleShadow says what of the runs of a row cannot be.
func impossibleShadow(r *Row) string {
	for i := range r.Probes {
		s := r.Probes[i].Shadow
		if s == nil {
			continue
		}
		p50, p95 := s.Durations.Quantile(0.5), s.Durations.Quantile(0.95)
		switch {
		case len(s.Runs) == 0 || len(s.Runs) > 8 || s.Count < len(s.Runs) || s.Failures+s.Lacking > s.Count:
			return fmt.Sprintf("%d of %d runs", len(s.Runs), s.Count)
		case p50 > p95 || p95 > s.Durations.Max:
			return fmt.Sprintf("the median of %v is %v", p95, p50)
		case !slices.IsSortedFunc(s.Runs, func(a, b *Shadow) int { return a.At.Compare(b.At) }):
			return "runs are out of order"
		case r.Probes[i].Type != Readiness && s.Tally.Run > r.Probes[i].Spec.FailureThreshold && s.Tally.Published == PublishedFailure:
			return fmt.Sprintf("a tally of %+v", s.Tally)
		}
	}
	return ""
}

// TestShadowsAreForgottenWithTheirPod is about a pod that goes and comes back, and about runs told twice, out of order,
// and of what does not exist.
func TestShadowsAreForgottenWithTheirPod(t *testing.T) {
	p := web(with(Liveness, probe()))
	run := func(second int) *Shadow {
		return &Shadow{Probe: Key{Pod: p.UID, Container: "web", Type: Liveness}, Instance: "c1", At: at(second), Verdict: ShadowSuccess}
	}
	w := newWorld(t).hears(run(1), p, run(3), run(2), run(3))
	w.hears(&Shadow{Probe: Key{Pod: p.UID, Container: "web", Type: Readiness}, At: at(4)}, &Shadow{Probe: Key{Pod: p.UID, Container: "db", Type: Liveness}, At: at(4)}, &Shadow{Probe: Key{Pod: "u-other", Container: "web", Type: Liveness}, At: at(4)})
	first := w.row(t, p.UID).Probes[0].Shadow
	if first == nil || first.Count != 1 || !first.Last().At.Equal(at(3)) {
		t.Fatalf("got %+v", first)
	}
	for second := 5; second < 30; second++ {
		w.hears(run(second))
	}
	last := w.row(t, p.UID).Probes[0].Shadow
	if last.Count != 26 || len(last.Runs) != 8 || !last.Runs[0].At.Equal(at(22)) {
		t.Errorf("got %d of %d runs", len(last.Runs), last.Count)
	}
	if first.Count != 1 || len(first.Runs) != 1 {
		t.Error("a published value has changed")
	}
	if again := w.loses(p).hears(p).row(t, p.UID).Probes[0].Shadow; again != nil {
		t.Errorf("got %+v of another life", again)
	}
}

// honest is a run that finds what the played kubelet would find at the same moment: there is no difference but in time.
func honest(k *kubelet, w *probeWorker) *Shadow {
	c := &k.pod.Containers[0]
	f := &Shadow{Probe: Key{Pod: k.pod.UID, Container: "web", Type: w.typ}, Instance: c.ID, At: k.now, Took: 10 * time.Millisecond, Verdict: ShadowSuccess}
	switch {
	case w.erring && k.rng.IntN(4) == 0:
		f.Verdict, f.Text = ShadowErrored, "port \"web\" not found"
	case !w.healthy:
		fails := w.fail()
		f.Verdict, f.Text, f.Took = ShadowFailure, fails.text, fails.takes
	}
	return f
}

// TestNoDifferenceIsMadeUp runs probes from here that find exactly what the kubelet's do, on containers that fail and
// recover all the time: what differs then is a matter of time, and may hardly ever be blamed on anything else.
func TestNoDifferenceIsMadeUp(t *testing.T) {
	looks, sure, likely := 0, 0, 0
	for seed := range uint64(120) {
		rng := rand.New(rand.NewPCG(seed, 11))
		k, w := newKubelet(rng), newWorld(t)
		w.hears(&Node{Name: "n1", Ready: True, KubeletVersion: "v1.37.1"})
		for k.now.Before(at(200)) {
			k.advance(k.now.Add(time.Duration(500+rng.IntN(5000)) * time.Millisecond))
			k.deliver(w)
			if k.killed.IsZero() {
				for _, worker := range k.workers {
					w.Apply(Change{At: k.now, Stream: 62, Fact: honest(k, worker)})
				}
			}
			s := w.Snapshot()
			if len(s.Rows) == 0 {
				continue // the pod is on its way
			}
			for i := range s.Rows[0].Probes {
				a := AgreementOf(s, s.Rows[0], &s.Rows[0].Probes[i], k.now)
				looks++
				if a.Class == "" || a.Class[0] != 'N' && a.Class != Unexplained {
					continue
				}
				if a.Certainty >= CertaintyMedium {
					likely++
				}
				if a.Certainty >= CertaintyHigh {
					sure++
				}
			}
		}
	}
	t.Logf("%d looks, %d differences made up with high certainty, %d with medium", looks, sure, likely-sure)
	if looks < 10000 || sure > 0 || likely*500 > looks {
		t.Errorf("of %d looks, %d and %d made up a difference", looks, sure, likely-sure)
	}
}

// TestTallyIsTheWorkers holds the threshold machine against the played workers, which count by themselves.
func TestTallyIsTheWorkers(t *testing.T) {
	spec := probe(successes(2))
	results := []ShadowVerdict{ShadowFailure, ShadowSuccess, ShadowErrored, ShadowNone, ShadowSuccess, ShadowFailure, ShadowFailure, ShadowWarning, ShadowFailure, ShadowFailure, ShadowFailure, ShadowFailure}
	var got []string
	tally := Tally{}.Anew(Readiness)
	for _, r := range results {
		tally = tally.Next(Readiness, spec, r)
		got = append(got, fmt.Sprint(tally.Published, tally.Run))
	}
	want := []string{"2 1", "2 1", "2 1", "2 1", "1 2", "1 1", "1 2", "1 1", "1 1", "1 2", "2 3", "2 4"}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("readiness: got %q, want %q", got, want)
	}
	live := Tally{}.Anew(Liveness)
	for range 5 {
		live = live.Next(Liveness, spec, ShadowFailure)
	}
	if !live.Held || live.Run != 0 || live.Published != PublishedFailure {
		t.Errorf("liveness is not held: %+v", live)
	}
	if live = live.Anew(Liveness).Next(Liveness, spec, ShadowFailure); live.Held || live.Run != 1 || live.Published != PublishedSuccess {
		t.Errorf("the next instance begins with %+v", live)
	}
	crashed := Tally{}.Anew(Liveness).Next(Liveness, spec, ShadowFailure).Anew(Liveness).Next(Liveness, spec, ShadowFailure)
	if crashed.Run != 2 {
		t.Errorf("a crash ends the run: %+v", crashed)
	}
	start := Tally{}.Anew(Startup).Next(Startup, probe(), ShadowWarning)
	if start.Published != PublishedSuccess || !start.Held {
		t.Errorf("a started container is asked again: %+v", start)
	}
}

// TestADifferenceIsFound runs a probe from here that always succeeds, as often as the kubelet runs it, which is always
// refused: whatever the period, that has to be named before the kubelet's events run out.
func TestADifferenceIsFound(t *testing.T) {
	for _, seconds := range []int{1, 2, 3, 5, 10} {
		rng := rand.New(rand.NewPCG(uint64(seconds), 12))
		k, w := newKubelet(rng), newWorld(t)
		w.hears(&Node{Name: "n1", Ready: True, KubeletVersion: "v1.37.1"})
		worker := &probeWorker{
			typ: Readiness, spec: probe(period(seconds)), tick: k.now.Add(300 * time.Millisecond), flips: at(100000),
			fail: func() failing { return failing{text: dialed, takes: 5 * time.Millisecond} },
		}
		k.workers, k.tally = []*probeWorker{worker}, map[ProbeType]*[2]int32{Readiness: {}}
		k.pod.Containers[0].Probes = [len(ProbeTypes)]*ProbeSpec{Readiness: worker.spec}
		k.steady = true
		k.start()
		worker.tick = k.now.Add(300 * time.Millisecond) // and not when a run from here is
		for range 8 {
			k.advance(k.now.Add(time.Duration(seconds) * time.Second))
			k.deliver(w)
			w.Apply(Change{At: k.now, Stream: 62, Fact: &Shadow{
				Probe: Key{Pod: k.pod.UID, Container: "web", Type: Readiness}, Instance: k.pod.Containers[0].ID, At: k.now, Took: time.Millisecond, Verdict: ShadowSuccess,
			}})
		}
		s := w.Snapshot()
		if a := AgreementOf(s, s.Rows[0], &s.Rows[0].Probes[0], k.now); a.Class != LoopbackOnly || a.Certainty < CertaintyHigh {
			t.Errorf("every %d s: %s %s: %s", seconds, a.Class, a.Certainty, a.Text)
		}
	}
}
