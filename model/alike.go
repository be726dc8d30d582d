package model

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/probetop/probetop/model/fact"
	"github.com/probetop/probetop/model/why"
)

// together is the time in which faults that have one cause begin.
const together = time.Minute

// GroupDiagnosis is the root cause that pods share: they are of one workload, or on one lost node, and fail alike.
type GroupDiagnosis struct {
	// Diagnosis is that of the first of the pods; its Headline is the sentence about all of them.
	why.Diagnosis
	// Namespace and Workload are those of the pods; empty for pods that share a node alone.
	Namespace, Workload string
	// Rows are the indices of the pods in the rows that were looked at, and Of is how many the workload, or the node, has.
	Rows []int
	Of   int
	// First is when the first of them began to fail, and Spread how long it took until the last did; both are zero when that is
	// not known.
	First  time.Time
	Spread time.Duration
	// Node, Zone and Revision are those that all pods share; empty where they differ.
	Node, Zone, Revision string
	// Services are those that select the pods.
	Services []ServiceHarm
}

// ServiceHarm is how many of the endpoints of a Service are ready, of those that are pods in view.
type ServiceHarm struct {
	Name      string
	Ready, Of int
}

// alikeKey is what pods that fail alike have in common.
type alikeKey struct {
	namespace, workload, node string
	class                     why.CauseClass
	container                 string
	probe                     fact.ProbeType
	cause                     fact.Cause
}

// Alike finds the pods that fail alike, the largest group first. A pod that fails alone is in none.
func Alike(rows []*Row, now time.Time) []GroupDiagnosis {
	index := map[alikeKey]int{}
	var groups []GroupDiagnosis
	for i, r := range rows {
		d := why.Brief(&r.Case, now)
		if d == nil || !alikeable(r, d) {
			continue
		}
		key := alikeKeyOf(r, d)
		if key.workload == "" && key.node == "" {
			continue
		}
		at, known := index[key]
		if !known {
			at = len(groups)
			index[key] = at
			groups = append(groups, GroupDiagnosis{Diagnosis: *d, Namespace: key.namespace, Workload: key.workload})
		}
		groups[at].Rows = append(groups[at].Rows, i)
	}
	groups = slices.DeleteFunc(groups, func(g GroupDiagnosis) bool { return len(g.Rows) < 2 })
	for i := range groups {
		groups[i].complete(rows, now)
	}
	slices.SortStableFunc(groups, func(a, b GroupDiagnosis) int { return cmp.Compare(len(b.Rows), len(a.Rows)) })
	return groups
}

// alikeable reports whether the cause is a fault that others may share.
func alikeable(r *Row, d *why.Diagnosis) bool {
	switch d.Cause {
	case why.ClassTerminating, why.ClassStarting, why.ClassJobDone, why.ClassDefinition:
		return false
	case why.ClassEndpoints:
		return true
	}
	return r.Severity.Fault()
}

func alikeKeyOf(r *Row, d *why.Diagnosis) alikeKey {
	if d.Cause == why.ClassNode {
		return alikeKey{node: r.Pod.Node, class: why.ClassNode}
	}
	key := alikeKey{
		namespace: r.Pod.Namespace, workload: r.Pod.Owner.String(), class: d.Cause, container: d.Container,
	}
	if d.Probed {
		key.probe = d.Probe
		if p := r.ProbeOf(d.Container, d.Probe); p != nil {
			key.cause = p.Cause()
		}
	}
	return key
}

// complete finds out what the pods of a group share, and makes the sentence.
func (g *GroupDiagnosis) complete(rows []*Row, now time.Time) {
	first := rows[g.Rows[0]]
	g.Node, g.Revision = first.Pod.Node, first.Pod.Owner.Revision
	g.Zone = first.zone()
	unready := true
	var last time.Time
	for _, i := range g.Rows {
		r := rows[i]
		unready = unready && !r.Pod.Ready()
		g.Node = shared(g.Node, r.Pod.Node)
		g.Revision = shared(g.Revision, r.Pod.Owner.Revision)
		g.Zone = shared(g.Zone, r.zone())
		if t := r.Since; !t.IsZero() && (g.First.IsZero() || t.Before(g.First)) {
			g.First = t
		}
		if r.Since.After(last) {
			last = r.Since
		}
	}
	if !g.First.IsZero() {
		g.Spread = last.Sub(g.First)
	}
	g.Since, g.Times, g.Next = g.First, 0, why.Next{}
	g.measure(rows, first)
	g.Headline = g.groupHeadline(unready, now)
}

// shared is a when it is b too, and nothing otherwise.
func shared(a, b string) string {
	if a != b {
		return ""
	}
	return a
}

func (r *Row) zone() string {
	if r.Node == nil {
		return ""
	}
	return r.Node.Zone
}

// measure counts the pods that could fail alike, and the endpoints of the Services that select the first.
func (g *GroupDiagnosis) measure(rows []*Row, first *Row) {
	harms := map[string]*ServiceHarm{}
	if g.Workload != "" {
		for _, s := range first.Services {
			g.Services = append(g.Services, ServiceHarm{Name: s.Name})
		}
	}
	for i := range g.Services {
		harms[g.Services[i].Name] = &g.Services[i]
	}
	for _, r := range rows {
		if r.Severity == why.Finished {
			continue
		}
		if g.Workload == "" && r.Pod.Node == g.Node || g.Workload != "" && r.Pod.Namespace == g.Namespace && r.Pod.Owner.String() == g.Workload {
			g.Of++
		}
		if r.Pod.Namespace != g.Namespace {
			continue
		}
		for _, t := range r.Traffic {
			if h := harms[t.Service]; h != nil {
				h.Of++
				if t.Ready {
					h.Ready++
				}
			}
		}
	}
}

// groupHeadline makes the sentence: how many of how many, since when, why, whom it hurts, and what they share.
func (g *GroupDiagnosis) groupHeadline(unready bool, now time.Time) string {
	var b strings.Builder
	where := g.Workload + " in " + g.Namespace
	if g.Workload == "" {
		where = "node " + g.Node
	}
	fmt.Fprintf(&b, "%d of %d pods of %s ", len(g.Rows), max(g.Of, len(g.Rows)), where)
	if unready {
		b.WriteString("unready")
	} else {
		b.WriteString("fail alike")
	}
	if !g.First.IsZero() {
		b.WriteString(" since " + g.First.In(now.Location()).Format(time.TimeOnly))
		if g.Spread <= together {
			b.WriteString(", all within " + why.Lasting(max(g.Spread, time.Second)))
		}
	}
	b.WriteString(": " + g.Gist())
	for _, s := range g.Services {
		switch {
		case s.Of > 0 && s.Ready == 0:
			b.WriteString("; Service " + s.Name + " has no ready endpoint")
		case s.Ready < s.Of:
			fmt.Fprintf(&b, "; Service %s has %d of %d endpoints ready", s.Name, s.Ready, s.Of)
		}
	}
	switch {
	case g.Workload == "":
	case g.Node != "":
		b.WriteString("; all on node " + fact.Shorten(g.Node, 40))
	case g.Zone != "":
		b.WriteString("; all in zone " + g.Zone)
	}
	if g.Revision != "" {
		b.WriteString("; one revision")
	}
	return fact.Printable(b.String())
}
