// Package group finds what pods have in common, and what failing ones share more often than by chance. It reads rows of package
// model, and changes nothing.
package group

import (
	"cmp"
	"slices"
	"time"

	"github.com/probetop/probetop/model"
)

// Key is what pods can be grouped by.
type Key string

// The keys. A pod that has several images, or causes, is in a group for each.
const (
	Workload Key = "workload"
	Revision Key = "revision"
	Node     Key = "node"
	Zone     Key = "zone"
	Image    Key = "image"
	Cause    Key = "cause"
)

// Keys lists the keys. Where two of them explain the same, the first is the better explanation.
var Keys = [...]Key{Node, Workload, Revision, Image, Zone, Cause}

// Group is the pods that have something in common. Pods that have run to their end are in none.
type Group struct {
	By Key
	// Namespace is that of a workload or a revision; empty for what namespaces share.
	Namespace string
	Name      string
	// Rows are the indices of the group's pods in the rows that were grouped.
	Rows []int
	// Pods counts them, Ready those that are ready, and Faults those that need attention.
	Pods, Ready, Faults int
	// Failing counts the probes that fail or cannot be carried out.
	Failing int
	// Worst is the severity of the worst pod.
	Worst model.Severity
	// First is when the first of the faults began, and Spread how long it took until the last had begun; both are
	// zero when it is not known of any of them.
	First  time.Time
	Spread time.Duration
	// Dated counts the faults whose beginning is known.
	Dated int
}

// By groups rows, the worst group first: by the severity of its worst pod, then by the number of faults,
// then by name. A pod that lacks what is asked for (a zone, say) is in no group.
func By(rows []*model.Row, by Key) []Group {
	index := map[[2]string]int{}
	var groups []Group
	for i, r := range rows {
		if r.Severity == model.Finished {
			continue
		}
		for _, name := range members(r, by) {
			key := [2]string{by.scope(r), name}
			at, ok := index[key]
			if !ok {
				at = len(groups)
				index[key] = at
				groups = append(groups, Group{By: by, Namespace: key[0], Name: name, Worst: model.Finished})
			}
			groups[at].add(i, r)
		}
	}
	slices.SortFunc(groups, func(a, b Group) int {
		return cmp.Or(cmp.Compare(a.Worst, b.Worst), cmp.Compare(b.Faults, a.Faults), cmp.Compare(b.Failing, a.Failing),
			cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Name, b.Name))
	})
	return groups
}

// scope is the namespace of what a row is grouped by; empty where namespaces share it.
func (by Key) scope(r *model.Row) string {
	if by == Workload || by == Revision {
		return r.Pod.Namespace
	}
	return ""
}

// members names the groups that the pod is in.
func members(r *model.Row, by Key) []string {
	name := ""
	switch by {
	case Workload:
		name = r.Pod.Owner.String()
	case Revision:
		name = r.Pod.Revision()
	case Node:
		name = r.Pod.Node
	case Zone:
		if r.Node != nil {
			name = r.Node.Zone
		}
	case Image:
		return images(r)
	case Cause:
		return causes(r)
	}
	if name == "" {
		return nil
	}
	return []string{name}
}

// images lists the images of the pod's main containers and sidecars.
func images(r *model.Row) []string {
	var images []string
	for i := range r.Pod.Containers {
		c := &r.Pod.Containers[i]
		if image := c.Image(); c.Kind != model.Init && image != "" && !slices.Contains(images, image) {
			images = append(images, image)
		}
	}
	return images
}

// causes lists why the pod's probes fail.
func causes(r *model.Row) []string {
	var causes []string
	for i := range r.Probes {
		p := &r.Probes[i]
		if cause := string(p.Cause()); p.Fails() && cause != "" && !slices.Contains(causes, cause) {
			causes = append(causes, cause)
		}
	}
	return causes
}

// Has reports whether a pod is in the group, or would be.
func (g *Group) Has(r *model.Row) bool {
	return r.Severity != model.Finished && g.By.scope(r) == g.Namespace && slices.Contains(members(r, g.By), g.Name)
}

func (g *Group) add(i int, r *model.Row) {
	g.Rows = append(g.Rows, i)
	g.Pods++
	g.Worst = min(g.Worst, r.Severity)
	if r.Pod.Ready() {
		g.Ready++
	}
	for k := range r.Probes {
		if r.Probes[k].Fails() {
			g.Failing++
		}
	}
	if !r.Severity.Fault() {
		return
	}
	g.Faults++
	if r.Since.IsZero() {
		return
	}
	last := g.First.Add(g.Spread)
	if g.Dated++; g.Dated == 1 {
		g.First, last = r.Since, r.Since
	}
	if r.Since.Before(g.First) {
		g.First = r.Since
	}
	if r.Since.After(last) {
		last = r.Since
	}
	g.Spread = last.Sub(g.First)
}
