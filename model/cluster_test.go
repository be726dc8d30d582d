package model_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	. "github.com/probetop/probetop/model"
)

func TestSnapshotIsTheSameUntilSomethingChanges(t *testing.T) {
	w := newWorld(t).hears(web())
	first := w.Snapshot()
	if w.Snapshot() != first {
		t.Error("asking twice made two snapshots")
	}
	node := &Node{Name: "n1", Ready: True}
	w.hears(node)
	second := w.Snapshot()
	heartbeat := *node
	if w.hears(&heartbeat).Snapshot() != second {
		t.Error("a node that says the same again made a new snapshot")
	}
	if second.Seq != first.Seq+1 || second.Rows[0] == first.Rows[0] {
		t.Errorf("the node's word did not reach the row (seq %d after %d)", second.Seq, first.Seq)
	}
}

func TestPublishedSnapshotNeverChanges(t *testing.T) {
	w := newWorld(t).hears(web(), unhealthy("Liveness probe failed: a", 1, 1, 1))
	before := w.Snapshot()
	row, events := before.Rows[0], slices.Clone(before.Rows[0].Events)
	w.hears(unhealthy("Liveness probe failed: a", 2, 1, 11), unhealthy("Liveness probe failed: bb", 1, 12, 12))
	w.loses(web()).Snapshot()
	if len(before.Rows) != 1 || before.Rows[0] != row || !slices.Equal(row.Events, events) {
		t.Errorf("the snapshot from before has now %d rows and %d events", len(before.Rows), len(row.Events))
	}
}

func TestEventCountsInPlaceAndExpires(t *testing.T) {
	w := newWorld(t).hears(web(with(Liveness, probe())))
	w.hears(unhealthy("Liveness probe failed: a", 1, 1, 1)).hears(unhealthy("Liveness probe failed: a", 2, 1, 11))
	p := w.row(t, "u-web").WorstOf(Liveness)
	if len(p.Events) != 1 || p.Events[0].Count != 2 {
		t.Fatalf("got %d events, want one with count 2", len(p.Events))
	}
	w.loses(unhealthy("Liveness probe failed: a", 2, 1, 11))
	if p := w.row(t, "u-web").WorstOf(Liveness); len(p.Events) != 0 {
		t.Errorf("%d events left after the object expired", len(p.Events))
	}
}

func TestEventsAndEndpointsMayComeBeforeTheirPod(t *testing.T) {
	w := newWorld(t).hears(
		unhealthy("Readiness probe failed: a", 1, 1, 1),
		&EndpointSlice{Namespace: "shop", Name: "web-1", Service: "web", Endpoints: []Endpoint{{Pod: "u-web", Ready: true}}})
	if n := len(w.Snapshot().Rows); n != 0 {
		t.Fatalf("%d rows before there is a pod", n)
	}
	row := w.hears(web(with(Readiness, probe()))).row(t, "u-web")
	if len(row.Events) != 1 || len(row.Traffic) != 1 {
		t.Errorf("got %d events and %d endpoints, want one of each", len(row.Events), len(row.Traffic))
	}
}

func TestStaticPodGetsTheEventsOfItsMirrorIdentity(t *testing.T) {
	early := unhealthy("Liveness probe failed: a", 1, 1, 1)
	early.Pod = "hash"
	late := unhealthy("Liveness probe failed: bb", 1, 2, 2)
	late.Pod = "hash"
	w := newWorld(t).hears(early, web(with(Liveness, probe()), func(p *Pod) { p.MirrorUID = "hash" }), late)
	if n := len(w.row(t, "u-web").Events); n != 2 {
		t.Errorf("got %d events, want 2", n)
	}
	w.loses(late)
	if n := len(w.row(t, "u-web").Events); n != 1 {
		t.Errorf("got %d events after one expired, want 1", n)
	}
}

func TestRecreatedPodOfTheSameNameIsAnother(t *testing.T) {
	w := newWorld(t).hears(web(), unhealthy("Liveness probe failed: a", 1, 1, 1))
	w.loses(web()).hears(web(func(p *Pod) { p.UID = "u-web-2" }))
	if row := w.row(t, "u-web-2"); len(row.Events) != 0 || len(w.Snapshot().Rows) != 1 {
		t.Errorf("the new pod has %d events of the old one's", len(row.Events))
	}
}

func TestRelistSweepsWhatItDidNotName(t *testing.T) {
	other := web(func(p *Pod) { p.UID, p.Name = "u-other", "other" })
	slice := &EndpointSlice{Namespace: "shop", Name: "web-1", Service: "web", Endpoints: []Endpoint{{Pod: "u-other", Ready: true}}}
	svc := &Service{Namespace: "shop", Name: "web", PublishNotReady: true}
	w := newWorld(t).hears(web(), other, slice, svc, &Node{Name: "n1", Ready: True}, unhealthy("Liveness probe failed: a", 1, 1, 1))
	relist := func(kind SourceKind, named ...Fact) {
		w.hears(&Source{Kind: kind, State: SourceStale})
		s := Stream(slices.Index(SourceKinds[:], kind))
		w.Apply(Change{At: w.now, Stream: s, Fact: &Listing{Kind: kind}})
		w.hears(named...)
		w.Apply(Change{At: w.now, Stream: s, Fact: &Listing{Kind: kind, Done: true}})
	}
	if row := w.row(t, "u-other"); len(row.Traffic) != 1 || !row.Traffic[0].PublishNotReady || row.Node == nil {
		t.Fatalf("before: traffic %+v, node %v", row.Traffic, row.Node)
	}
	relist(Services)
	if w.row(t, "u-other").Traffic[0].PublishNotReady {
		t.Error("the service is still there")
	}
	relist(EndpointSlices)
	relist(Nodes)
	relist(Events)
	if row := w.row(t, "u-other"); len(row.Traffic) != 0 || row.Node != nil {
		t.Errorf("slice or node is still there: %+v %v", row.Traffic, row.Node)
	}
	if row := w.row(t, "u-web"); len(row.Events) != 0 {
		t.Errorf("%d events are still there", len(row.Events))
	}
	relist(Pods, other)
	if rows := w.Snapshot().Rows; len(rows) != 1 || rows[0].Pod.UID != "u-other" {
		t.Errorf("%d rows after a list of one pod", len(rows))
	}
}

func TestPodOfTwoStreamsStaysUntilBothLoseIt(t *testing.T) {
	c := NewCluster()
	for s := Stream(7); s <= 8; s++ {
		c.Apply(Change{At: epoch, Stream: s, Fact: &Source{Kind: Pods, State: SourceSynced}})
		c.Apply(Change{At: epoch, Stream: s, Fact: web()})
	}
	c.Apply(Change{At: epoch, Stream: 7, Gone: true, Fact: web()})
	if n := len(c.Snapshot().Rows); n != 1 {
		t.Fatalf("%d rows while a stream still selects the pod", n)
	}
	c.Apply(Change{At: epoch, Stream: 8, Gone: true, Fact: web()})
	if n := len(c.Snapshot().Rows); n != 0 {
		t.Errorf("%d rows after both streams lost the pod", n)
	}
}

func TestSourceIsAsBadAsItsWorstStream(t *testing.T) {
	c := NewCluster()
	c.Apply(Change{At: epoch, Stream: 0, Fact: &Source{Kind: Pods, Namespace: "a", State: SourceSynced}})
	c.Apply(Change{At: epoch, Stream: 1, Fact: &Source{Kind: Pods, Namespace: "b", State: SourceForbidden, Error: "no"}})
	s := c.Snapshot()
	if got := s.Source(Pods); got.State != SourceForbidden || got.Namespace != "b" {
		t.Errorf("got %+v, want forbidden in b", got)
	}
	if !s.Settled() || s.Source(Events).State != SourceOff {
		t.Errorf("settled %v, events %v", s.Settled(), s.Source(Events).State)
	}
	if NewCluster().Snapshot().Settled() {
		t.Error("a cluster nobody has spoken of is settled")
	}
}

func TestTrafficFollowsTheSlices(t *testing.T) {
	slice := func(ready bool) *EndpointSlice {
		return &EndpointSlice{
			Namespace: "shop", Name: "web-1", Service: "web",
			Endpoints: []Endpoint{{Pod: "u-web", Ready: ready, Serving: ready}},
		}
	}
	v6 := &EndpointSlice{Namespace: "shop", Name: "web-2", Service: "web", Endpoints: []Endpoint{{Pod: "u-web", Ready: true, Serving: true}}}
	w := newWorld(t).hears(web(), slice(true)).after(10)
	w.hears(slice(false))
	row := w.row(t, "u-web")
	if len(row.Traffic) != 1 || row.Traffic[0].Ready || !row.Traffic[0].Since.Equal(at(10)) {
		t.Fatalf("got %+v, want not ready since 10 s", row.Traffic)
	}
	if row = w.hears(v6).row(t, "u-web"); len(row.Traffic) != 1 || !row.Traffic[0].Ready {
		t.Errorf("got %+v, want one service, ready by its other family", row.Traffic)
	}
	if row = w.loses(v6, slice(false)).row(t, "u-web"); len(row.Traffic) != 0 {
		t.Errorf("got %+v after the slices were deleted", row.Traffic)
	}
}

// TestFoldOfAnyOrderIsConsistent deletes and adds pods at random and compares the rows and totals with what
// the pods alone say.
func TestFoldOfAnyOrderIsConsistent(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	w := newWorld(t)
	alive := map[UID]*Pod{}
	for i := range 5000 {
		uid := fmt.Sprintf("u%d", rng.IntN(60))
		p := web(with(Readiness, probe()), func(p *Pod) { p.UID, p.Name = uid, uid })
		if rng.IntN(2) == 0 {
			notReady(p)
		}
		if rng.IntN(3) == 0 {
			w.loses(p)
			delete(alive, uid)
		} else {
			w.hears(p)
			alive[uid] = p
		}
		if rng.IntN(4) > 0 {
			continue
		}
		w.after(i)
		s := w.Snapshot()
		ready := 0
		for _, r := range s.Rows {
			if alive[r.Pod.UID] != r.Pod {
				t.Fatalf("step %d: row of %s is not of the pod last heard of", i, r.Pod.UID)
			}
			if r.Pod.Ready() {
				ready++
			}
		}
		sum := 0
		for _, n := range s.Totals.By {
			sum += n
		}
		if len(s.Rows) != len(alive) || s.Totals.Pods != len(alive) || sum != len(alive) || s.Totals.Ready != ready {
			t.Fatalf("step %d: %d rows, totals %+v, want %d pods, %d ready", i, len(s.Rows), s.Totals, len(alive), ready)
		}
	}
}

func TestRowsAreOrderedWorstFirst(t *testing.T) {
	named := func(name string, edit ...func(*Pod)) *Pod {
		p := web(edit...)
		p.UID, p.Name = name, name
		return p
	}
	kill := said(ReasonKilling, "Container web failed liveness probe, will be restarted", 1, 1, 1)
	kill.Pod = "a-restart"
	below := unhealthy("Liveness probe failed: x", 1, 19, 19)
	below.Pod = "c-failing"
	errored := unhealthy("Liveness probe errored: x", 1, 19, 19)
	errored.Pod = "d-erroring"
	live := with(Liveness, probe())
	w := newWorld(t).hears(
		named("i-finished", func(p *Pod) { p.Phase = "Succeeded" }), named("h-bare"), named("g-healthy", live),
		named("f-terminating", live, func(p *Pod) { p.Deleted = at(60) }),
		named("e-starting", with(Startup, probe()), notStarted), named("d-erroring", live), named("c-failing", live),
		named("e-flapping", live, func(p *Pod) {
			p.Containers[0].Restarts, p.Containers[0].Last = 4, &Termination{ExitCode: 1, FinishedAt: epoch}
		}),
		named("b-unready", with(Readiness, probe()), notReady), named("a-restart", live), kill, below, errored).after(21)
	rows := slices.SortedFunc(slices.Values(w.Snapshot().Rows), Compare)
	want := []Severity{RestartDue, Unready, BelowThreshold, Unprobeable, Flapping, Starting, Terminating, Healthy, Unprobed, Finished}
	for i, r := range rows {
		if r.Severity != want[i] {
			t.Errorf("row %d is %s: %v, want %v", i, r.Pod.Name, r.Severity, want[i])
		}
	}
	if got := w.Snapshot().Totals.Faults(); got != 5 {
		t.Errorf("%d faults, want 5", got)
	}
	if moved := w.after(3600).row(t, "e-flapping"); moved.Severity != Healthy {
		t.Errorf("an hour after its last restart the pod is %v", moved.Severity)
	}
}

func TestTimeNeverGoesBack(t *testing.T) {
	w := newWorld(t).after(100)
	w.Apply(Change{At: at(10), Stream: 0, Fact: web()})
	if got := w.Snapshot().At; !got.Equal(at(100)) {
		t.Errorf("snapshot at %v, want %v", got, at(100).Format(time.TimeOnly))
	}
}
