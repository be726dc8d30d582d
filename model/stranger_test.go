package model_test

import (
	"math/rand/v2"
	"testing"

	. "github.com/probetop/probetop/model"
)

// TestStrangersTakeNothing: anybody who may make a pod can say that it is the mirror of another, or of itself.
func TestStrangersTakeNothing(t *testing.T) {
	pod := func(uid, mirror string) *Pod {
		return web(livenessOf(), func(p *Pod) { p.UID, p.Name, p.MirrorUID = uid, uid, mirror })
	}
	for seed := range uint64(300) {
		rng := rand.New(rand.NewPCG(seed, 5))
		w := newWorld(t)
		ids := []string{"a", "b", "c", "d"}
		alive := map[string]bool{}
		for second := range 40 {
			id, mirror := ids[rng.IntN(len(ids))], append(ids, "")[rng.IntN(len(ids)+1)]
			switch w.after(second); rng.IntN(3) {
			case 0:
				w.loses(pod(id, mirror))
				delete(alive, id)
			case 1:
				e := unhealthy("Liveness probe failed: x", 1, second, second)
				e.Pod, e.Name = id, id
				w.hears(e)
			default:
				w.hears(pod(id, mirror))
				alive[id] = true
			}
			rows := map[UID]bool{}
			for _, r := range w.Snapshot().Rows {
				rows[r.Pod.UID] = true
			}
			if len(rows) != len(w.Snapshot().Rows) || len(rows) != len(alive) {
				t.Fatalf("seed %d, after %d s: %d rows of %d pods, want %v", seed, second, len(w.Snapshot().Rows), len(rows), alive)
			}
		}
	}
	w := newWorld(t).hears(pod("a", ""))
	w.hears(pod("b", "a"))
	e := unhealthy("Liveness probe failed: x", 1, 1, 1)
	e.Pod = "a"
	w.hears(e)
	if p := w.row(t, "a").Probes[0]; len(p.Events) != 1 {
		t.Errorf("the pod has %d events, and somebody else its own", len(p.Events))
	}
}

// TestAMirrorThatIsMadeAnew has the events of the one before: its kubelet goes on under the same identity.
func TestAMirrorThatIsMadeAnew(t *testing.T) {
	mirror := func(uid UID) *Pod {
		return web(livenessOf(), func(p *Pod) { p.UID, p.MirrorUID = uid, "static" })
	}
	e := unhealthy("Liveness probe failed: x", 2, 20, 30)
	e.Pod = "static"
	w := newWorld(t).hears(mirror("first")).after(30).hears(e)
	w.after(31).loses(mirror("first")).hears(mirror("second"))
	if p := w.row(t, "second").Probes[0]; p.State != StateFailing || len(p.Events) != 1 {
		t.Errorf("got %s (%s) with %d events", p.State, p.Certainty, len(p.Events))
	}
	w.loses(e)
	if p := w.row(t, "second").Probes[0]; len(p.Events) != 0 {
		t.Errorf("an event is kept that has expired")
	}
}
