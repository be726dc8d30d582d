package group

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/probetop/probetop/model"
)

const (
	// minBlame is how few faults are too few to look for what they have in common.
	minBlame = 3
	// minShare is the share of all faults that a group must have to be worth naming.
	minShare = 0.5
	// maxChance is how probable it may be at most that a group has its share of the faults by chance. It is
	// divided by the number of groups that were looked at.
	maxChance = 0.001
	// together is the time in which faults that have one cause begin.
	together = time.Minute
)

// Suspect is what many faults have in common, and hardly by chance.
type Suspect struct {
	By Key
	// Namespace and Name are the group's.
	Namespace, Name string
	// Faults of the Of faults there are belong to the group, which has Pods pods.
	Faults, Of, Pods int
	// Text says so in a sentence.
	Text string

	chance float64
	rows   []int
}

// Blame returns what the faults among rows have in common, the least probable by chance first: a group whose
// pods have faults far more often than the others. Where several groups are mostly the same
// faults, the best explanation stands for all.
func Blame(rows []*model.Row) []Suspect {
	pods, faults := 0, 0
	for _, r := range rows {
		if r.Severity != model.Finished {
			pods++
		}
		if r.Severity.Fault() {
			faults++
		}
	}
	if faults < minBlame {
		return nil
	}
	var suspects []Suspect
	for _, by := range Keys {
		groups := By(rows, by)
		for i := range groups {
			if s, ok := groups[i].suspect(pods, faults, len(groups)); ok {
				s.rows = faulty(rows, groups[i].Rows)
				suspects = append(suspects, s)
			}
		}
	}
	slices.SortStableFunc(suspects, func(a, b Suspect) int {
		return cmp.Or(cmp.Compare(a.chance, b.chance), cmp.Compare(b.Faults, a.Faults))
	})
	return distinct(suspects)
}

// faulty keeps the indices of rows that have a fault.
func faulty(rows []*model.Row, of []int) []int {
	return slices.DeleteFunc(slices.Clone(of), func(i int) bool { return !rows[i].Severity.Fault() })
}

// distinct leaves out the suspects most of whose faults one before them explains: a zone stands out when one of
// its nodes does. What the faults say and where they are do not compete.
func distinct(suspects []Suspect) []Suspect {
	var kept []Suspect
	for _, s := range suspects {
		explained := slices.ContainsFunc(kept, func(k Suspect) bool {
			return (k.By == Cause) == (s.By == Cause) && 2*common(k.rows, s.rows) > len(s.rows)
		})
		if !explained {
			kept = append(kept, s)
		}
	}
	return kept
}

// common counts what two ascending lists share.
func common(a, b []int) int {
	n := 0
	for _, i := range b {
		if _, ok := slices.BinarySearch(a, i); ok {
			n++
		}
	}
	return n
}

// suspect decides whether a group's share of the faults needs an explanation. A cause has no pods that are well,
// so that only its share counts.
func (g *Group) suspect(pods, faults, groups int) (Suspect, bool) {
	s := Suspect{By: g.By, Namespace: g.Namespace, Name: g.Name, Faults: g.Faults, Of: faults, Pods: g.Pods}
	if g.Faults < minBlame || float64(g.Faults) < minShare*float64(faults) {
		return s, false
	}
	if g.By == Cause {
		s.chance, s.Text = 1, g.sentence(faults)
		return s, true
	}
	s.chance = chanceOf(pods, faults, g.Pods, g.Faults)
	s.Text = g.sentence(faults)
	return s, s.chance*float64(groups) <= maxChance
}

// chanceOf is the probability that of so many faults, spread by chance over so many pods, at least hits are in a
// group of size pods: the tail of the hypergeometric distribution.
func chanceOf(pods, faults, size, hits int) float64 {
	var sum float64
	for k := hits; k <= min(size, faults); k++ {
		if faults-k <= pods-size {
			sum += math.Exp(choose(size, k) + choose(pods-size, faults-k) - choose(pods, faults))
		}
	}
	return min(sum, 1)
}

// choose is the logarithm of the number of ways to choose k of n.
func choose(n, k int) float64 {
	a, _ := math.Lgamma(float64(n + 1))
	b, _ := math.Lgamma(float64(k + 1))
	c, _ := math.Lgamma(float64(n - k + 1))
	return a - b - c
}

// sentence words a group's share: 9 of 10 faults are on node-7 and began within 4 s.
func (g *Group) sentence(faults int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d of %d faults ", g.Faults, faults)
	if g.Faults == faults {
		b.Reset()
		fmt.Fprintf(&b, "all %d faults ", faults)
	}
	b.WriteString(map[Key]string{
		Node: "are on " + g.Name, Zone: "are in zone " + g.Name, Cause: "are " + g.Name,
		Workload: "are of " + g.Name, Revision: "are of revision " + g.Name, Image: "run image " + g.Name,
	}[g.By])
	if g.Dated == g.Faults && g.Spread <= together {
		fmt.Fprintf(&b, " and began within %v", max(g.Spread, time.Second))
	}
	if g.By != Cause && g.Pods > g.Faults {
		fmt.Fprintf(&b, "; %d of its pods are well", g.Pods-g.Faults)
	}
	return b.String()
}

// blipSpread is the time in which the pods of a restarted kubelet change: the kubelet gives each worker a
// start at random within its period.
const blipSpread = 15 * time.Second

// Blips returns the nodes whose pods changed their readiness together although no container was restarted and no
// probe is known to have failed: what the restart of a kubelet looks like that forgets what it knew (up to 1.34).
func Blips(rows []*model.Row) []Suspect {
	var blips []Suspect
	nodes := By(rows, Node)
	for i := range nodes {
		if s, ok := nodes[i].blip(rows); ok {
			blips = append(blips, s)
		}
	}
	return blips
}

func (g *Group) blip(rows []*model.Row) (Suspect, bool) {
	var times []time.Time
	probed := 0
	node := rows[g.Rows[0]].Node
	if v := node.Version(); node == nil || node.Ready != model.True || !v.Known() || !model.ForgetsAtRestart(v) {
		return Suspect{}, false
	}
	for _, i := range g.Rows {
		if r := rows[i]; r.WorstOf(model.Readiness) != nil || r.WorstOf(model.Startup) != nil {
			probed++
			if t, ok := blinked(r); ok {
				times = append(times, t)
			}
		}
	}
	slices.SortFunc(times, time.Time.Compare)
	from, n := densest(times, blipSpread)
	if n < minBlame || 2*n < probed {
		return Suspect{}, false
	}
	spread := times[from+n-1].Sub(times[from])
	return Suspect{
		By: Node, Name: g.Name, Faults: n, Of: n, Pods: g.Pods,
		Text: fmt.Sprintf("%d of %d probed pods on %s changed their readiness within %v, and no container was restarted: its kubelet was, most likely, and probes anew",
			n, probed, g.Name, max(spread, time.Second)),
	}, true
}

// blinked returns when the pod's containers changed their readiness, if neither a restart nor a failure that is
// known explains it.
func blinked(r *model.Row) (time.Time, bool) {
	c := r.Pod.Condition("ContainersReady")
	if c == nil || c.Since.IsZero() || r.Pod.Deleting() {
		return time.Time{}, false
	}
	for i := range r.Pod.Containers {
		if k := &r.Pod.Containers[i]; k.Kind != model.Init && (k.State != model.Running || k.StartedAt.Add(time.Minute).After(c.Since)) {
			return time.Time{}, false
		}
	}
	for _, e := range r.Events {
		if e.Outcome == model.Failed && e.Last.After(c.Since.Add(-time.Minute)) {
			return time.Time{}, false
		}
	}
	return c.Since, true
}

// densest returns where in sorted times the most of them lie within a span, and how many.
func densest(times []time.Time, span time.Duration) (from, n int) {
	first := 0
	for last := range times {
		for times[last].Sub(times[first]) > span {
			first++
		}
		if last-first+1 > n {
			from, n = first, last-first+1
		}
	}
	return from, n
}
