package lint

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/probetop/probetop/model"
	"github.com/probetop/probetop/model/group"
)

// maxExecRate is how many exec probes a second a node should not have to run: each starts a process, and
// several more in the container runtime.
const maxExecRate = 10.0

// Nodes returns what is questionable about the probes of all pods of a node together, node by node.
func Nodes(rows []*model.Row) []Finding {
	var findings []Finding
	groups := group.By(rows, group.Node)
	slices.SortFunc(groups, func(a, b group.Group) int { return cmp.Compare(a.Name, b.Name) })
	for i := range groups {
		g := &groups[i]
		rate, pods := 0.0, 0
		by := map[string]float64{}
		for _, at := range g.Rows {
			if own := execRate(rows[at]); own > 0 {
				rate += own
				pods++
				by[rows[at].Pod.Namespace+"/"+cmp.Or(rows[at].Pod.Owner.String(), rows[at].Pod.Name)] += own
			}
		}
		if rate > maxExecRate {
			name, most := top(by)
			findings = append(findings, Finding{
				Rule: ExecRate, Level: Warning, Node: g.Name,
				Evidence:    fmt.Sprintf("%.1f exec probes a second on %s, of %d pods; %.1f of them of %s", rate, g.Name, pods, most, name),
				Consequence: "each starts processes on the node: probes time out that have nothing wrong with them when it is busy",
				Fields:      []string{"spec.containers{}.livenessProbe.periodSeconds", "spec.containers{}.readinessProbe.periodSeconds"},
			})
		}
	}
	return findings
}

// execRate is how many exec probes a second the pod's kubelet runs for it.
func execRate(r *model.Row) float64 {
	rate := 0.0
	for i := range r.Probes {
		p := &r.Probes[i]
		switch p.State {
		case model.StateWaiting, model.StateHeld, model.StateSuspended, model.StateGated:
			continue
		}
		if p.Spec.Handler == model.Exec && p.Spec.Period > 0 {
			rate += 1 / p.Spec.Period.Seconds()
		}
	}
	return rate
}

// top returns the largest of several shares, the first by name where they are equal.
func top(shares map[string]float64) (name string, most float64) {
	for k, v := range shares {
		if v > most || v == most && k < name {
			name, most = k, v
		}
	}
	return name, most
}
