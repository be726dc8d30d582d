package model_test

import (
	"flag"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	. "github.com/probetop/probetop/model"
)

// played is how many kubelets play, and seeds the number of the first.
var (
	played = flag.Uint64("kubelets", 150, "how many kubelets are played")
	seeds  = flag.Uint64("seeds", 0, "the seed of the first of them")
)

// plays lets random kubelets play for ten minutes each and shows every snapshot on the way. Every fourth is looked at by
// somebody who comes later, and every fourth by somebody who loses the watch for a while.
func plays(t *testing.T, look func(seed uint64, k *kubelet, r *Row)) {
	t.Helper()
	for seed := *seeds; seed < *seeds+*played; seed++ {
		rng := rand.New(rand.NewPCG(seed, 11))
		k := newKubelet(rng)
		if seed%2 == 1 {
			k.looks = time.Duration(1+rng.IntN(3)) * time.Second // counters for every other one
		}
		w := newWorld(t).hears(&Node{Name: "n1", Ready: True, KubeletVersion: "v1.37.1"})
		switch seed % 4 {
		case 2:
			k.deaf = absence{epoch, at(20 + rng.IntN(300))}
		case 3:
			from := at(60 + rng.IntN(300))
			k.deaf = absence{from, from.Add(time.Duration(2+rng.IntN(60)) * time.Second)}
		}
		for deaf := k.deaf; k.now.Before(at(600)); {
			k.advance(k.now.Add(time.Duration(200+rng.IntN(900)) * time.Millisecond))
			if deaf.covers(k.now) {
				k.lose()
				continue
			}
			if deaf.until.After(epoch) {
				k.relist(w)
				deaf = absence{}
			}
			k.deliver(w)
			if rows := w.Snapshot().Rows; len(rows) > 0 {
				look(seed, k, rows[0])
			}
		}
	}
}

// TestRunsAreTrue holds every count of failures against the worker's own: an exact one must be the number, a
// lower bound must not exceed it.
func TestRunsAreTrue(t *testing.T) {
	var exact, bounds, wrong int
	plays(t, func(seed uint64, k *kubelet, r *Row) {
		for _, p := range r.Probes {
			if p.State != StateFailing && p.State != StateFailed && p.State != StateStarting {
				continue
			}
			truth, f := k.runs(p.Type), p.Failures
			if p.State == StateFailed && p.Type != Readiness {
				truth = append(truth, f.Threshold) // the worker is held while the kill is under way
			}
			if f.Bound == Exact {
				exact++
			} else {
				bounds++
			}
			if f.Bound == Exact && !slices.Contains(truth, f.Run) || f.Bound == AtLeast && f.Run > slices.Max(truth) {
				if wrong++; wrong < 9 {
					t.Errorf("seed %d, %v: %v %s (%s, %s) says %d/%d %s, truth %v", seed, k.now.Sub(epoch), p.Type, p.State,
						p.Spec.Summary(), p.Cause(), f.Run, f.Threshold, f.Bound, truth)
				}
			}
		}
	})
	t.Logf("%d exact counts, %d lower bounds, %d wrong", exact, bounds, wrong)
	if exact < bounds/20 {
		t.Errorf("only %d counts of %d are exact", exact, exact+bounds)
	}
}

// TestSureStatesAreTrue holds every state that is claimed with high certainty, or more, against the worker.
func TestSureStatesAreTrue(t *testing.T) {
	var sure, unsure, wrong int
	plays(t, func(seed uint64, k *kubelet, r *Row) {
		for _, p := range r.Probes {
			if p.Certainty < CertaintyHigh {
				unsure++
				continue
			}
			sure++
			if truth, ok := k.bears(&p); !ok {
				if wrong++; wrong < 9 {
					t.Errorf("seed %d, %v: %v is %s, %s (%s), truth %v", seed, k.now.Sub(epoch), p.Type, p.State, p.Certainty, p.Spec.Summary(), truth)
				}
			}
		}
	})
	t.Logf("%d sure states, %d unsure, %d wrong", sure, unsure, wrong)
}
