package tui

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/probetop/probetop/model"
)

// upheaval changes a random part of a cluster: pods come, go, and become ready or not.
func upheaval(r *rand.Rand, c *model.Cluster, pods map[string]*model.Pod, n int) {
	for range n {
		i := r.IntN(400)
		name := fmt.Sprintf("pod-%d", i)
		old := pods[name]
		switch {
		case old != nil && r.IntN(3) == 0:
			delete(pods, name)
			c.Apply(model.Change{At: night, Gone: true, Fact: old})
			continue
		case old == nil && r.IntN(2) == 0:
			continue
		}
		p := pod(fmt.Sprintf("ns-%d", i%7), name, fmt.Sprint("node-", i%5), model.Owner{}, container("main", probed(model.Readiness)))
		if p.Containers[0].Restarts = int32(r.IntN(4)); r.IntN(3) == 0 {
			unready(p, time.Duration(r.IntN(100))*time.Second)
		}
		pods[name] = p
		c.Apply(model.Change{At: night, Fact: p})
	}
}

func TestOrderIsThatOfAFullSort(t *testing.T) {
	filters := map[string]func(*model.Row) bool{
		"everything":  nil,
		"faults only": func(r *model.Row) bool { return r.Severity.Fault() },
	}
	for name, keep := range filters {
		for _, s := range podColumns(true) {
			t.Run(name+" "+s.order, func(t *testing.T) {
				r := rand.New(rand.NewPCG(1, 2))
				c, pods := model.NewCluster(), map[string]*model.Pod{}
				o := order[*model.Row]{compare: s.compare, keep: keep}
				for step := range 200 {
					upheaval(r, c, pods, []int{1, 3, 10, 200}[step%4])
					if step == 100 {
						o.reverse()
					}
					rows := c.Snapshot().Rows
					o.update(rows)
					checkOrder(t, &o, rows)
				}
			})
		}
	}
}

// checkOrder compares an order with a full sort of the rows.
func checkOrder(t *testing.T, o *order[*model.Row], rows []*model.Row) {
	t.Helper()
	want := slices.SortedFunc(slices.Values(rows), o.compare)
	if !slices.Equal(o.sorted, want) {
		t.Fatalf("%d rows sorted, not as a full sort of %d has them", len(o.sorted), len(want))
	}
	if o.keep != nil {
		want = slices.DeleteFunc(want, func(r *model.Row) bool { return !o.keep(r) })
	}
	if !slices.Equal(o.shown, want) {
		t.Fatalf("%d rows shown, want %d", len(o.shown), len(want))
	}
	for i, r := range want {
		if at, found := o.position(r); !found || at != i {
			t.Fatalf("row %d found at %d (%v)", i, at, found)
		}
	}
}

func TestOrderSplicesWhenLittleChanged(t *testing.T) {
	c, pods := crowd(1000)
	o := order[*model.Row]{compare: model.Compare}
	o.update(c.Snapshot().Rows)
	p := *pods[500]
	c.Apply(model.Change{At: night, Fact: unready(&p, time.Second)})
	o.update(c.Snapshot().Rows)
	if len(o.added) != 1 || len(o.removed) != 1 {
		t.Errorf("%d added, %d removed, want 1 and 1", len(o.added), len(o.removed))
	}
	if cap(o.spare) == 0 {
		t.Error("everything was sorted again")
	}
	checkOrder(t, &o, c.Snapshot().Rows)
}
