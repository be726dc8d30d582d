package model

import (
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"github.com/probetop/probetop/model/fact"
	"github.com/probetop/probetop/model/infer"
)

// noon is when the histories of counters begin.
var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

func after(seconds float64) time.Time { return noon.Add(time.Duration(seconds * float64(time.Second))) }

func between(from, to float64) fact.Window {
	return fact.Window{Earliest: after(from), Latest: after(to)}
}

// counted is a cluster of one pod, with a liveness probe every ten seconds, and the looks at its counters.
type counted struct {
	*Cluster
	pod *fact.Pod
}

func newCounted() *counted {
	w := &counted{NewCluster(), &fact.Pod{UID: "u", Name: "web-0", Node: "n1", Phase: "Running", Containers: []fact.Container{{Name: "web", State: fact.Running}}}}
	for _, typ := range fact.ProbeTypes {
		w.pod.Containers[0].Probes[typ] = &fact.ProbeSpec{Period: 10 * time.Second, Timeout: time.Second, SuccessThreshold: 1, FailureThreshold: 3}
	}
	w.Apply(fact.Change{At: noon, Fact: w.pod})
	return w
}

// looks folds a look in the hundred milliseconds before a moment.
func (w *counted) looks(at float64, kubelet int, counters ...fact.Counter) {
	f := &fact.Counters{
		Node: "n1", Asked: after(at - 0.1), At: after(at), Started: noon.Add(time.Duration(kubelet) * time.Hour),
		Pods: []fact.PodCounters{{Pod: "u", Probes: counters}},
	}
	w.Apply(fact.Change{At: f.At, Stream: 9, Fact: f})
}

func (w *counted) liveness() *fact.Counts {
	j := infer.Facts{Counted: w.pods["u"].counts}
	return j.Counts("web", fact.Liveness)
}

// live is a counter of the liveness probe.
func live(successes, failures int32) fact.Counter {
	return fact.Counter{Container: "web", Type: fact.Liveness, Successes: successes, Failures: failures}
}

func TestCountersThatNobodyReadsSayNothing(t *testing.T) {
	w := newCounted()
	if c := w.liveness(); c != nil {
		t.Fatalf("counts before any look: %+v", c)
	}
	w.looks(1, 0)
	if n, bound, ok := w.liveness().Run(); n != 0 || bound != fact.Exact || !ok {
		t.Errorf("without a result the run is %d %s %v", n, bound, ok)
	}
	if _, _, known := w.liveness().LastResult(); known {
		t.Error("there is a result before the first")
	}
	w.looks(2, 0, live(1, 0))
	w.Apply(fact.Change{At: after(3), Gone: true, Fact: &fact.Counters{Node: "n1"}})
	if c := w.liveness(); c != nil {
		t.Errorf("counts after the last look: %+v", c)
	}
}

func TestWhatTwoLooksSay(t *testing.T) {
	type run struct {
		failures int32
		bound    fact.Bound
		known    bool
	}
	for name, c := range map[string]struct {
		first, second fact.Counter
		run, under    run
		ok, known     bool
		last          fact.Window
	}{
		"only successes":            {live(5, 0), live(6, 0), run{0, fact.Exact, true}, run{0, fact.Exact, true}, true, true, between(9.9, 20)},
		"nothing new":               {live(5, 0), live(5, 0), run{0, fact.Exact, true}, run{0, fact.Exact, true}, true, true, fact.Window{Latest: after(10)}},
		"never a success":           {live(0, 2), live(0, 3), run{3, fact.Exact, true}, run{3, fact.Exact, true}, false, true, between(9.9, 20)},
		"killed, and failing again": {live(0, 2), live(0, 4), run{4, fact.Exact, true}, run{1, fact.Exact, true}, false, true, between(9.9, 20)},
		"first failure":             {live(5, 0), live(5, 1), run{1, fact.Exact, true}, run{1, fact.Exact, true}, false, true, between(9.9, 20)},
		"failures of an unknown row": {
			live(5, 1), live(5, 3), run{2, fact.AtLeast, true}, run{2, fact.AtLeast, true}, false, true, between(9.9, 20),
		},
		"perhaps killed in between": {live(5, 2), live(5, 4), run{2, fact.AtLeast, true}, run{1, fact.AtLeast, true}, false, true, between(9.9, 20)},
		"recovered":                 {live(5, 3), live(6, 3), run{0, fact.Exact, true}, run{0, fact.Exact, true}, true, true, between(9.9, 20)},
		"both, in some order":       {live(5, 0), live(6, 1), run{0, fact.AtLeast, false}, run{0, fact.AtLeast, false}, false, false, fact.Window{}},
		"a worker made anew":        {live(5, 0), live(0, 1), run{1, fact.Exact, true}, run{1, fact.Exact, true}, false, true, between(9.9, 20)},
	} {
		t.Run(name, func(t *testing.T) {
			w := newCounted()
			w.looks(10, 0, c.first)
			w.looks(20, 0, c.second)
			counts := w.liveness()
			n, bound, known := counts.Run()
			if got := (run{n, bound, known}); got != c.run {
				t.Errorf("the run is %v, want %v", got, c.run)
			}
			n, bound, known = counts.RunUnder(3)
			if got := (run{n, bound, known}); got != c.under {
				t.Errorf("the kubelet's run is %v, want %v", got, c.under)
			}
			if ok, at, known := counts.LastResult(); ok != c.ok || known != c.known || at != c.last {
				t.Errorf("the last result is %v at %v, known %v", ok, at, known)
			}
		})
	}
}

func TestARestartOfTheKubeletIsSeen(t *testing.T) {
	w := newCounted()
	w.looks(10, 0, live(5, 0))
	w.looks(20, 1, live(6, 0))
	j := infer.Facts{Counted: w.pods["u"].counts}
	if at, ok := j.KubeletRestarted(); !ok || at != between(9.9, 20) {
		t.Errorf("restarted %v at %v", ok, at)
	}
	if c := w.liveness(); c.Began != between(9.9, 20) || c.Successes != 6 {
		t.Errorf("after the restart: %+v", c)
	}
	w.looks(30, 1, live(7, 0))
	j = infer.Facts{Counted: w.pods["u"].counts}
	if at, ok := j.KubeletRestarted(); !ok || at != between(9.9, 20) {
		t.Errorf("later: restarted %v at %v", ok, at)
	}
}

func TestSinceIsTheFirstOfTheRow(t *testing.T) {
	w := newCounted()
	for i, n := range []fact.Counter{live(5, 0), live(6, 0), live(6, 1), live(6, 2), live(6, 2), live(6, 3)} {
		w.looks(float64(10*i+10), 0, n)
	}
	if since, ok := w.liveness().Since(); !ok || since != between(19.9, 30) {
		t.Errorf("failing since %v, %v", since, ok)
	}
	if anchor, ok := w.liveness().Anchor(); !ok || anchor != between(49.9, 60) {
		t.Errorf("anchored at %v, %v", anchor, ok)
	}
}

// TestSilenceIsSaidSeldom looks once a second at a probe that has no results: the row is rebuilt only when the
// silence has doubled.
func TestSilenceIsSaidSeldom(t *testing.T) {
	w := newCounted()
	w.looks(0, 0, live(1, 0))
	news, last := 0, w.liveness()
	for i := range 1000 {
		w.looks(float64(i+1), 0, live(1, 0))
		c := w.liveness()
		if c != last {
			news++
		}
		if real := time.Duration(i)*time.Second + 900*time.Millisecond; c.Silence() > real || real > 10*time.Second && 2*c.Silence() < real {
			t.Fatalf("after %v the silence is %v", real, c.Silence())
		}
		last = c
	}
	if news > 8 {
		t.Errorf("%d news in 1000 looks at silence", news)
	}
}

func TestStaticPodsAreCountedUnderTheirOwnIdentity(t *testing.T) {
	w := newCounted()
	static := *w.pod
	static.MirrorUID = "hash"
	w.Apply(fact.Change{At: noon, Fact: &static})
	f := &fact.Counters{Node: "n1", At: noon, Asked: noon, Pods: []fact.PodCounters{{Pod: "hash", Probes: []fact.Counter{live(0, 2)}}}}
	w.Apply(fact.Change{At: noon, Fact: f})
	if n, _, _ := w.liveness().Run(); n != 2 {
		t.Errorf("the run is %d, want 2", n)
	}
}

// TestCountersOfOthersAreNotKept looks at a pod of another node, and at one that nobody has heard of.
func TestCountersOfOthersAreNotKept(t *testing.T) {
	w := newCounted()
	for i := range 3 {
		f := &fact.Counters{Node: "n2", Asked: after(float64(i)), At: after(float64(i)), Pods: []fact.PodCounters{{Pod: "stranger"}, {Pod: "u", Probes: []fact.Counter{live(0, 2)}}}}
		w.Apply(fact.Change{At: f.At, Fact: f})
	}
	if len(w.pods) != 1 || w.liveness() != nil {
		t.Errorf("%d pods, counts %+v", len(w.pods), w.liveness())
	}
	w.Apply(fact.Change{At: noon, Gone: true, Fact: w.pod})
	if len(w.pods) != 0 {
		t.Error("the counters keep a pod that is gone")
	}
}

// result is one that a worker counted.
type result struct {
	at time.Time
	ok bool
}

// worker is the kubelet's worker for one probe, as it counts. It follows pkg/kubelet/prober/worker.go.
type worker struct {
	results []result
	run     int32 // of failures
}

func (k *worker) counts(at time.Time, ok bool, typ fact.ProbeType, threshold int32) {
	if k.run == threshold && typ != fact.Readiness {
		k.run = 0 // a new container instance has ended the hold
	}
	k.run++
	if ok {
		k.run = 0
	}
	k.results = append(k.results, result{at, ok})
}

// counter is what the counters say of the worker; nothing before its first result.
func (k *worker) counter(typ fact.ProbeType) []fact.Counter {
	if len(k.results) == 0 {
		return nil
	}
	n := fact.Counter{Container: "web", Type: typ}
	for _, r := range k.results {
		if r.ok {
			n.Successes++
		} else {
			n.Failures++
		}
	}
	return []fact.Counter{n}
}

// TestEveryClaimOfCountsIsTrue lets workers have results at random, kubelets and workers begin anew, and looks happen
// at random, and checks everything that is concluded against what happened.
func TestEveryClaimOfCountsIsTrue(t *testing.T) {
	looks, exact, known := 0, 0, 0
	for seed := range uint64(300) {
		rng := rand.New(rand.NewPCG(seed, 11))
		w := newCounted()
		typ, threshold := fact.ProbeTypes[rng.IntN(3)], int32(1+rng.IntN(4))
		bias, hurry := rng.Float64(), 1+rng.IntN(5) // how often it fails, and how many results come between two looks
		k, kubelet, now := &worker{}, 0, noon
		pass := func() time.Time { now = now.Add(time.Duration(1 + rng.IntN(int(3*time.Second)))); return now }
		results := func(n int) {
			for range rng.IntN(n + 1) {
				k.counts(pass(), rng.Float64() > bias, typ, threshold)
			}
		}
		for range 60 {
			gap := false
			switch rng.IntN(20) {
			case 0:
				k, kubelet = &worker{}, kubelet+1
			case 1: // a worker that is made anew has a period without a result
				k, gap = &worker{}, true
			case 2:
				w.Apply(fact.Change{At: pass(), Gone: true, Fact: &fact.Counters{Node: "n1"}})
			case 3:
				w.Cluster = w.Clone()
			case 4:
				bias = rng.Float64()
			default:
				results(hurry)
			}
			f := &fact.Counters{Node: "n1", Started: noon.Add(time.Duration(kubelet) * time.Hour)}
			f.Asked = pass()
			if !gap {
				results(rng.IntN(2))
			}
			f.Pods = []fact.PodCounters{{Pod: "u", Probes: k.counter(typ)}}
			seen := *k
			results(rng.IntN(2))
			f.At = pass()
			w.Apply(fact.Change{At: f.At, Stream: 9, Fact: f})
			c := (&infer.Facts{Counted: w.pods["u"].counts}).Counts("web", typ)
			checkCounts(t, c, &seen, typ, threshold)
			looks++
			if _, bound, ok := c.Run(); ok && bound == fact.Exact {
				exact++
			}
			if _, _, ok := c.LastResult(); ok {
				known++
			}
			if t.Failed() {
				t.Fatalf("seed %d: %s, threshold %d, counts %+v, results %v", seed, typ, threshold, c, seen.results)
			}
		}
	}
	t.Logf("%d looks: %d exact runs, %d known results", looks, exact, known)
}

func checkCounts(t *testing.T, c *fact.Counts, k *worker, typ fact.ProbeType, threshold int32) {
	t.Helper()
	rest := k.results
	trailing := int32(0)
	for i := len(rest) - 1; i >= 0 && !rest[i].ok; i-- {
		trailing++
	}
	if n, bound, ok := c.Run(); ok && (n > trailing || bound == fact.Exact && n != trailing) {
		t.Errorf("the run is said to be %d %s, and is %d", n, bound, trailing)
	}
	if n, bound, ok := c.RunUnder(threshold); typ != fact.Readiness && ok && (n > k.run || bound == fact.Exact && n != k.run) {
		t.Errorf("the kubelet's run is said to be %d %s, and is %d", n, bound, k.run)
	}
	if len(rest) == 0 {
		if len(c.Stretches) > 0 {
			t.Errorf("there are no results, but %+v", c.Stretches)
		}
		return
	}
	newest := rest[len(rest)-1]
	if ok, at, known := c.LastResult(); known && (ok != newest.ok || !holds(at, newest.at)) {
		t.Errorf("the newest result is said to be %v in %v, and is %v at %v", ok, at, newest.ok, newest.at)
	}
	if at, ok := c.Anchor(); ok && !holds(at, newest.at) {
		t.Errorf("the anchor is %v, the newest result at %v", at, newest.at)
	}
	first := len(rest) - 1
	for first > 0 && rest[first-1].ok == newest.ok {
		first--
	}
	if at, ok := c.Since(); ok && !holds(at, rest[first].at) {
		t.Errorf("the row is said to begin in %v, and does at %v", at, rest[first].at)
	}
	if !holds(c.Began, rest[0].at) {
		t.Errorf("the counters are said to begin in %v, the first result is at %v", c.Began, rest[0].at)
	}
	checkStretches(t, c, rest)
}

// checkStretches compares stretches with the results that they are about, the newest first.
func checkStretches(t *testing.T, c *fact.Counts, rest []result) {
	t.Helper()
	for i := len(c.Stretches) - 1; i >= 0; i-- {
		s := &c.Stretches[i]
		n := int(s.Successes + s.Failures)
		if n == 0 || n > len(rest) {
			t.Errorf("stretch %+v has %d results of %d", s, n, len(rest))
			return
		}
		mine := rest[len(rest)-n:]
		rest = rest[:len(rest)-n]
		ok := int32(0)
		for _, r := range mine {
			if r.ok {
				ok++
			}
		}
		if ok != s.Successes || !holds(s.First, mine[0].at) || !holds(s.Last, mine[n-1].at) {
			t.Errorf("stretch %+v is about %v", s, mine)
		}
	}
}

func holds(w fact.Window, t time.Time) bool { return !t.Before(w.Earliest) && !t.After(w.Latest) }

func TestAClonedClusterCountsOnItsOwn(t *testing.T) {
	w := newCounted()
	w.looks(10, 0, live(5, 0))
	clone := &counted{w.Clone(), w.pod}
	before := *clone.liveness()
	w.looks(20, 0, live(5, 1))
	if got := *clone.liveness(); !reflect.DeepEqual(got, before) {
		t.Errorf("the clone followed the original: %+v, want %+v", got, before)
	}
	clone.looks(20, 0, live(5, 1))
	if got, want := *clone.liveness(), *w.liveness(); !reflect.DeepEqual(got, want) {
		t.Errorf("the clone counts %+v, want %+v", got, want)
	}
}

// BenchmarkFoldCounters is a look at a node of 100 pods with three probes each, all of which have had a result.
func BenchmarkFoldCounters(b *testing.B) {
	c := NewCluster()
	f := &fact.Counters{Node: "n1", Started: noon}
	for i := range 100 {
		uid := string(rune('a'+i/26)) + string(rune('a'+i%26))
		c.Apply(fact.Change{At: noon, Fact: &fact.Pod{UID: uid, Node: "n1", Phase: "Succeeded"}})
		f.Pods = append(f.Pods, fact.PodCounters{Pod: uid})
	}
	b.ReportAllocs()
	for i := int32(0); b.Loop(); i++ {
		next := *f
		next.At = noon.Add(time.Duration(i) * time.Second)
		next.Asked, next.Pods = next.At, make([]fact.PodCounters, len(f.Pods))
		for k := range next.Pods {
			next.Pods[k] = fact.PodCounters{Pod: f.Pods[k].Pod, Probes: []fact.Counter{{Container: "web", Type: fact.Startup, Successes: 1, Failures: 0}, {Container: "web", Type: fact.Readiness, Successes: i, Failures: 0}, {Container: "web", Type: fact.Liveness, Successes: i, Failures: 0}}}
		}
		c.Apply(fact.Change{At: next.At, Stream: 9, Fact: &next})
	}
}
