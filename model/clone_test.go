package model_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strconv"
	"testing"

	. "github.com/probetop/probetop/model"
)

// picture is what two snapshots must have in common to be called equal.
func picture(s *Snapshot) any {
	rows := slices.SortedFunc(slices.Values(s.Rows), func(a, b *Row) int { return cmp.Compare(a.Pod.UID, b.Pod.UID) })
	return struct {
		Rows    []*Row
		Totals  Totals
		Sources []Source
	}{rows, s.Totals, s.Sources}
}

// TestCloneGoesItsOwnWay folds a random history, clones it in the middle, and compares the clone's end with
// that of the original, after the original has gone on without it.
func TestCloneGoesItsOwnWay(t *testing.T) {
	for seed := range uint64(20) {
		rng := rand.New(rand.NewPCG(seed, 7))
		history := randomHistory(rng, 400)
		half := rng.IntN(len(history))
		c := NewCluster()
		for _, ch := range history[:half] {
			c.Apply(ch)
		}
		clone := c.Clone()
		before := picture(clone.Clone().Snapshot())
		for _, ch := range history[half:] {
			c.Apply(ch)
		}
		want := picture(c.Snapshot())
		if got := picture(clone.Clone().Snapshot()); !reflect.DeepEqual(got, before) {
			t.Fatalf("seed %d: the clone followed the original", seed)
		}
		for _, ch := range history[half:] {
			clone.Apply(ch)
		}
		if got := picture(clone.Snapshot()); !reflect.DeepEqual(got, want) {
			t.Fatalf("seed %d: the clone ended elsewhere", seed)
		}
	}
}

// randomHistory is n changes about a handful of pods, with relists, deletions and passing time.
func randomHistory(rng *rand.Rand, n int) []Change {
	var history []Change
	now := 0
	say := func(f Fact, gone bool) {
		history = append(history, Change{At: at(now), Stream: streamOf(f), Gone: gone, Fact: f})
	}
	for _, kind := range SourceKinds {
		say(&Source{Kind: kind, State: SourceSynced, Since: epoch}, false)
	}
	for range n {
		now += rng.IntN(4)
		uid := fmt.Sprintf("u%d", rng.IntN(6))
		pod := web(with(Liveness, probe()), with(Readiness, probe()), func(p *Pod) { p.UID, p.Name, p.IP = uid, uid, "10.0.0."+strconv.Itoa(rng.IntN(6)) })
		switch rng.IntN(11) {
		case 0, 1, 2:
			say(pod, false)
		case 3:
			notReady(pod)
			say(pod, false)
		case 4:
			say(pod, true)
		case 5, 6:
			e := unhealthy("Liveness probe failed: x", int32(rng.IntN(9)), now-3, now)
			e.Pod = uid
			say(e, rng.IntN(4) == 0)
		case 7:
			s := &EndpointSlice{Namespace: "shop", Name: "web-" + uid, Service: "web", Endpoints: []Endpoint{{Pod: uid, Ready: rng.IntN(2) == 0}}}
			if loose := [...]LooseEndpoint{{Name: uid}, {Address: "10.0.0.1"}, {Name: "nobody"}}; rng.IntN(2) == 0 {
				s.Endpoints, s.Loose = nil, loose[rng.IntN(3):]
			}
			say(s, rng.IntN(4) == 0)
		case 8:
			say(&Node{Name: "n1", Ready: Tri(rng.IntN(3))}, false)
		case 10:
			say(&Shadow{Probe: Key{Pod: uid, Container: "web", Type: Liveness}, Instance: "c1", At: at(now), Verdict: ShadowVerdict(rng.IntN(5))}, false)
		case 9:
			history = append(history, Change{At: at(now)},
				Change{At: at(now), Fact: &Listing{Kind: Pods}},
				Change{At: at(now), Fact: pod},
				Change{At: at(now), Fact: &Listing{Kind: Pods, Done: true}})
		}
	}
	return history
}
