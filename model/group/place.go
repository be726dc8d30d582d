package group

import (
	"github.com/probetop/probetop/model"
)

// shareNode finds symptoms of several workloads that have one node in common, and hardly by chance: at least three pods whose probes
// find the same, far more often there than elsewhere. It returns the ID of what they share.
func shareNode(list []*symptom, rows []*model.Row) map[*symptom]ID {
	type place struct {
		node  string
		cause model.Cause
	}
	places, faults := map[place][]*symptom{}, map[model.Cause]int{}
	for _, s := range list {
		if s.id.Cause != "" && s.row.Pod.Node != "" {
			p := place{s.row.Pod.Node, s.id.Cause}
			places[p] = append(places[p], s)
			faults[s.id.Cause]++
		}
	}
	var pods map[string]int
	moved := map[*symptom]ID{}
	for p, here := range places {
		if len(here) < minBlame || !several(here) {
			continue
		}
		if pods == nil {
			pods = podsByNode(rows)
		}
		if chanceOf(total(pods), faults[p.cause], pods[p.node], len(here))*float64(len(pods)) > maxChance {
			continue
		}
		for _, s := range here {
			moved[s] = ID{Node: p.node, Cause: p.cause}
		}
	}
	return moved
}

// several reports whether symptoms are of more than one workload.
func several(list []*symptom) bool {
	first := workloadOf(list[0].row.Pod)
	for _, s := range list[1:] {
		if workloadOf(s.row.Pod) != first {
			return true
		}
	}
	return false
}

// podsByNode counts the pods of every node that have not run to their end.
func podsByNode(rows []*model.Row) map[string]int {
	pods := map[string]int{}
	for _, r := range rows {
		if r.Severity != model.Finished {
			pods[r.Pod.Node]++
		}
	}
	return pods
}

func total(counts map[string]int) int {
	n := 0
	for _, c := range counts {
		n += c
	}
	return n
}
