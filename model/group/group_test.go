package group_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	. "github.com/probetop/probetop/model"
	"github.com/probetop/probetop/model/group"
)

// fleet is n pods on ten nodes of two zones, twenty to a revision of Deployment web; those for which bad is true
// have failed readiness since a second that it names.
func fleet(n int, bad func(i int) (second int, ok bool)) []*Row {
	var facts []Fact
	for i := range 10 {
		facts = append(facts, &Node{Name: fmt.Sprint("node-", i), Ready: True, Zone: fmt.Sprint("zone-", i%2), KubeletVersion: "v1.33.4"})
	}
	for i := range n {
		p := web(with(Readiness, probe()), func(p *Pod) {
			p.UID, p.Name, p.Node = fmt.Sprint("u", i), fmt.Sprint("web-", i), fmt.Sprint("node-", i%10)
			p.Owner = Owner{Kind: "Deployment", Name: "web", Revision: fmt.Sprint("web-", i/20)}
			p.Containers[0].Spec = &ContainerSpec{Image: fmt.Sprint("web:", i/20)}
		})
		second, ok := bad(i)
		if ok {
			notReady(p)
			p.Conditions[0].Since, p.Conditions[1].Since = at(second), at(second)
		}
		facts = append(facts, p)
		if ok {
			facts = append(facts, unhealthy(p, "Readiness probe failed: dial tcp 10.0.0.1:80: connect: connection refused", 3, second-20, second))
		}
	}
	rows := slices.Clone(seen(400, facts...))
	slices.SortFunc(rows, CompareNames)
	return rows
}

func TestGroups(t *testing.T) {
	rows := fleet(60, func(i int) (int, bool) { return 380 + i%4, i >= 40 && i%2 == 0 })
	for by, want := range map[group.Key]struct {
		groups              int
		first               string
		pods, ready, faults int
	}{
		group.Workload: {1, "Deployment/web", 60, 50, 10},
		group.Revision: {3, "web-2", 20, 10, 10},
		group.Image:    {3, "web:2", 20, 10, 10},
		group.Node:     {10, "node-0", 6, 4, 2},
		group.Zone:     {2, "zone-0", 30, 20, 10},
		group.Cause:    {1, "REFUSED", 10, 0, 10},
	} {
		groups := group.By(rows, by)
		if len(groups) != want.groups {
			t.Errorf("%d groups by %s, want %d", len(groups), by, want.groups)
			continue
		}
		g := groups[0]
		if g.Name != want.first || g.Pods != want.pods || g.Ready != want.ready || g.Faults != want.faults || g.Failing != want.faults || len(g.Rows) != g.Pods {
			t.Errorf("worst by %s: %+v, want %+v", by, g, want)
		}
		if !g.First.Equal(at(380)) || g.Spread > 2*time.Second || g.Dated != g.Faults {
			t.Errorf("by %s: began %v within %v", by, g.First, g.Spread)
		}
	}
	if last := group.By(rows, group.Revision)[2]; last.Faults != 0 || !last.First.IsZero() || last.Worst != Healthy {
		t.Errorf("a revision that is well: %+v", last)
	}
}

func TestGroupsLeaveOutWhatHasEndedOrIsNotKnown(t *testing.T) {
	rows := seen(0, web(func(p *Pod) { p.Phase = "Failed" }), web(func(p *Pod) { p.UID, p.Node = "u2", "" }))
	for _, by := range group.Keys {
		if g := group.By(rows, by); len(g) != 0 {
			t.Errorf("by %s: %+v, want none", by, g)
		}
	}
}

func TestBlame(t *testing.T) {
	within := func(spread int) func(int) int { return func(i int) int { return 380 + i/10%max(spread, 1) } }
	cases := map[string]struct {
		pods int
		bad  func(int) (int, bool)
		want []string
	}{
		"one node": {
			100, func(i int) (int, bool) { return within(5)(i), i%10 == 7 || i == 3 },
			[]string{"10 of 11 faults are on node-7 and began within 4s", "all 11 faults are REFUSED and began within 4s"},
		},
		"one revision": {
			100, func(i int) (int, bool) { return 300 + 5*(i%20), i >= 80 },
			[]string{"all 20 faults are of revision web-4", "all 20 faults are REFUSED"},
		},
		"everywhere alike":  {100, func(i int) (int, bool) { return 380, i%3 == 0 }, []string{"all 34 faults are REFUSED and began within 1s"}},
		"two are too few":   {100, func(i int) (int, bool) { return 380, i == 7 || i == 17 }, nil},
		"every pod, always": {20, func(int) (int, bool) { return 380, true }, []string{"all 20 faults are REFUSED and began within 1s"}},
		"nothing":           {20, func(int) (int, bool) { return 0, false }, nil},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, s := range group.Blame(fleet(c.pods, c.bad)) {
				got = append(got, s.Text)
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
		})
	}
}

// blinking is n pods on a node of that version whose readiness came back, or went, at these seconds.
func blinking(version string, n int, edit func(int, *Pod)) []*Row {
	facts := []Fact{&Node{Name: "n1", Ready: True, KubeletVersion: version}}
	for i := range n {
		facts = append(facts, web(with(Readiness, probe()), func(p *Pod) {
			p.UID, p.Name = fmt.Sprint("u", i), fmt.Sprint("web-", i)
			p.Conditions[0].Since = at(600 + i%4)
			edit(i, p)
		}))
	}
	return slices.Clone(seen(700, facts...))
}

func TestBlipOfARestartedKubelet(t *testing.T) {
	nothing := func(int, *Pod) {}
	blips := group.Blips(blinking("v1.33.2", 12, nothing))
	if len(blips) != 1 || !strings.HasPrefix(blips[0].Text, "12 of 12 probed pods on n1 changed their readiness within 3s") {
		t.Errorf("got %+v", blips)
	}
	for name, rows := range map[string][]*Row{
		"a kubelet that remembers": blinking("v1.35.1", 12, nothing),
		"a version nobody knows":   blinking("", 12, nothing),
		"pods that are deleted":    blinking("v1.33.2", 12, func(_ int, p *Pod) { p.Deleted = at(630) }),
		"pods that failed":         failedToo(blinking("v1.33.2", 12, nothing)),
		"two pods":                 blinking("v1.33.2", 2, nothing),
		"spread over hours":        blinking("v1.33.2", 12, func(i int, p *Pod) { p.Conditions[0].Since = at(600 + 1000*i) }),
		"containers were restarted": blinking("v1.33.2", 12, func(_ int, p *Pod) {
			p.Containers[0].StartedAt = at(590)
		}),
		"pods that begin": blinking("v1.33.2", 12, func(i int, p *Pod) { p.Conditions[0].Since = at(10 + i) }),
	} {
		if got := group.Blips(rows); len(got) != 0 {
			t.Errorf("%s: %+v, want none", name, got)
		}
	}
}

// failedToo gives the rows a failure of the moment at which they blinked.
func failedToo(rows []*Row) []*Row {
	for i, r := range rows {
		failed := *r
		failed.Events = []*Event{unhealthy(r.Pod, "Readiness probe failed: x", 1, 600, 600)}
		rows[i] = &failed
	}
	return rows
}

func BenchmarkGroupsByNode(b *testing.B) {
	rows := fleet(10_000, func(i int) (int, bool) { return 380, i%10 == 0 })
	b.ReportAllocs()
	for b.Loop() {
		group.By(rows, group.Node)
	}
}
