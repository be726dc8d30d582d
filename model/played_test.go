package model_test

import (
	"flag"
	"math/rand/v2"
	"testing"
	"time"

	. "github.com/probetop/probetop/model"
)

// How many kubelets of each kind are played, and from which seed on.
var (
	usualKubelets = flag.Uint64("kubelets", 150, "how many usual kubelets are played")
	busyKubelets  = flag.Uint64("busy", 12, "how many busy kubelets are played")
	firstSeed     = flag.Uint64("seeds", 0, "the seed of the first of them")
)

// plays lets n random kubelets, made so by the edits, play for ten minutes each, and shows their pod at every snapshot on the way. Every
// fourth is looked at by a reader who comes later, and every fourth by one who loses the watch for a while. At the end of each, the
// pod is shown without a row.
func plays(t *testing.T, n uint64, edits []func(*kubelet), look func(seed uint64, k *kubelet, r *Row)) {
	t.Helper()
	for seed := *firstSeed; seed < *firstSeed+n; seed++ {
		rng := rand.New(rand.NewPCG(seed, 11))
		k := newKubelet(rng, edits...)
		if seed%2 == 1 {
			k.looks = time.Duration(1+rng.IntN(3)) * time.Second // counters for every other one
		}
		switch seed % 4 {
		case 2:
			k.deaf = absence{epoch, at(20 + rng.IntN(300))}
		case 3:
			from := at(60 + rng.IntN(300))
			k.deaf = absence{from, from.Add(time.Duration(2+rng.IntN(60)) * time.Second)}
		}
		w := newWorld(t).hears(&Node{Name: "n1", Ready: True, KubeletVersion: "v1.37.1"})
		if k.busy != nil && seed%5 == 4 {
			k.busy.unread = true
			w.Apply(Change{At: epoch, Stream: startStream, Fact: &Source{Kind: NodeEvents, State: SourceForbidden, Since: epoch}})
		}
		k.play(w, func(r *Row) { look(seed, k, r) })
		look(seed, k, nil)
	}
}

// play plays for ten minutes.
func (k *kubelet) play(w *world, look func(*Row)) {
	for deaf := k.deaf; k.now.Before(at(600)); {
		k.advance(k.now.Add(time.Duration(200+k.rng.IntN(900)) * time.Millisecond))
		if k.busy != nil {
			k.busy.notices(k, w)
		}
		absent := !deaf.until.IsZero()
		if deaf.covers(k.now) || absent && k.cutOff() {
			k.lose()
			continue
		}
		if absent {
			k.relist(w)
			deaf = absence{}
		}
		k.deliver(w)
		for _, r := range w.Snapshot().Rows {
			if r.Pod.UID == k.pod.UID {
				look(r)
			}
		}
	}
}
