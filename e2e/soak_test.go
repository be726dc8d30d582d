//go:build soak

package e2e

import (
	"context"
	"math/rand/v2"
	"os"
	"slices"
	"sort"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/probetop/probetop/e2e/figures"
)

// soakPodCount is how many pods live at a time.
const soakPodCount = 40

// TestSoak lets pods live whose health changes at random, and holds everything that probetop says of them meanwhile
// against what the kubelet counted, for as long as E2E_SOAK says.
func TestSoak(t *testing.T) {
	t.Parallel()
	length, err := time.ParseDuration(os.Getenv("E2E_SOAK"))
	if err != nil {
		t.Fatalf("E2E_SOAK is not for how long to soak, such as 2m or 15m: %v", err)
	}
	seed := rand.Uint64()
	truth, speakers := soak(t, length, seed)
	for _, s := range speakers {
		if s.wrong != nil {
			t.Errorf("%s: decoding a line: %v", s.mode, s.wrong)
		}
		score := newSoakJudge(truth, s).judge()
		score.check(t)
		keepFigures(t, figures.Figures{Soak: score.figures(truth)})
	}
}

// soak plays it, and returns what was so and what was said.
func soak(t *testing.T, length time.Duration, seed uint64) (*soakTruth, []*soakSpeaker) {
	nodes, err := shared.client.CoreV1().Nodes().List(t.Context(), metav1.ListOptions{})
	if err != nil || len(nodes.Items) != 1 {
		t.Fatalf("the counters of one kubelet are the truth, and here are %d (%v)", len(nodes.Items), err)
	}
	ns := newNamespace(t)
	t.Logf("soak of %v in %s, seed %d", length, ns, seed)
	pods, events := watchSoakPods(t, ns), watchEvents(t, ns)
	plain, stopPlain := newSoakSpeaker(t, ns, "events")
	defer stopPlain()
	counting, stopCounting := newSoakSpeaker(t, ns, "counters", "--kubelet-metrics")
	defer stopCounting()
	counters := newSoakCounters(nodes.Items[0].Name, ns)
	herd := &soakHerd{ns: ns, long: min(2*time.Minute, length/2)}

	ctx, cancel := context.WithTimeout(t.Context(), length)
	defer cancel()
	began := time.Now()
	counters.done.Go(func() { counters.run(ctx) })
	herd.start(ctx, soakPodCount, seed)
	<-ctx.Done()
	ended := time.Now()
	herd.done.Wait()
	counters.done.Wait()
	stopPlain()
	stopCounting()
	pods.stop()
	pods.done.Wait()
	if herd.err != nil || counters.err != nil {
		t.Logf("the newest errors: creating pods: %v; reading counters: %v", herd.err, counters.err)
	}

	events.mu.Lock()
	defer events.mu.Unlock()
	truth := newSoakTruth(pods, counters, events.seen)
	truth.began, truth.ended = began, ended.Add(-time.Second) // the newest look at the counters is older than the end
	t.Logf("%d pods were born, %d turns made, %d restarts seen; %d events, %d looks at the counters, the slowest took %v",
		herd.born, herd.turns, len(truth.ends()), len(events.seen), counters.looks, counters.slowest)
	truth.logLag(t)
	return truth, []*soakSpeaker{plain, counting}
}

// figures are the score's for a table.
func (s soakScore) figures(truth *soakTruth) *figures.Soak {
	return &figures.Soak{
		Mode: s.mode, Events: len(truth.lags), Late: truth.late(),
		Sure: s.sure, WrongSure: s.wrongSure, Exact: s.exact, WrongExact: s.wrongExact,
		Restarts: s.restarts, Known: s.known, Misled: s.misled, Held: s.held, Missed: s.missed,
	}
}

// late is how many events were later than the tolerance.
func (s *soakTruth) late() int {
	return len(s.lags) - sort.Search(len(s.lags), func(i int) bool { return s.lags[i] > soakNews })
}

// logLag says how late the news were, on which the claims rest.
func (s *soakTruth) logLag(t *testing.T) {
	if n := len(s.lags); n > 0 {
		t.Logf("%d new events took %v in the median, %v at 95 %%, %v at most from the kubelet to this test, %d more than the tolerance of %v",
			n, s.lags[n/2], s.lags[n*95/100], s.lags[n-1], s.late(), soakNews)
	}
}

// check prints the figures and holds them against what is asked of them.
func (s soakScore) check(t *testing.T) {
	t.Helper()
	slices.Sort(s.widths)
	var width time.Duration
	if n := len(s.widths); n > 0 {
		width = s.widths[n/2]
	}
	t.Logf("%s: %d cells, %d resolved; %d sure claims, %d wrong; %d exact runs, %d wrong; %d lower bounds, %d wrong; "+
		"%d forecasts held, %d missed, the median window is %v wide; %d restarts, %d with the right cause, %d sure of a wrong one, %d more without a known one",
		s.mode, s.cells, s.resolved, s.sure, s.wrongSure, s.exact, s.wrongExact, s.bounds, s.wrongBounds,
		s.held, s.missed, width, s.restarts, s.known, s.misled, s.causeless)
	t.Logf("%s: %v", s.mode, s.states)
	for _, w := range s.wrong[:min(len(s.wrong), 100)] {
		t.Log(w)
	}
	atLeast := func(what string, share, of int) {
		if of == 0 || share*100 < of*95 {
			t.Errorf("%s: %s: %d of %d, want 95 %%", s.mode, what, share, of)
		}
	}
	if s.wrongSure+s.misled > 0 {
		t.Errorf("%s: %d claims about probes and %d about restarts were sure and wrong, want none", s.mode, s.wrongSure, s.misled)
	}
	if s.causeless*50 > s.restarts {
		t.Errorf("%s: nobody knows why %d containers ended: the truth is not known well enough", s.mode, s.causeless)
	}
	if lost := s.restarts - s.known; lost > 0 && (kubeletMinor(t) >= 32 || lost*20 > s.restarts) { // before, failures use up the events of kills
		t.Errorf("%s: %d restarts of %d have no line with their cause", s.mode, lost, s.restarts)
	}
	atLeast("probes resolved", s.resolved, s.cells)
	atLeast("exact runs right", s.exact-s.wrongExact, s.exact)
	atLeast("forecasts held", s.held, s.held+s.missed)
}
