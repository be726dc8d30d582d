package model

import (
	"slices"
	"time"
)

// Faults returns the rows of pods with which something is wrong, worst first. One that has failed, and in whose place its workload
// has another, is none.
func Faults(rows []*Row, now time.Time) []*Row {
	replaced := map[alikeKey]bool{}
	for _, r := range rows {
		if r.Pod.Owner.Kind != "" && r.Pod.Phase != "Failed" {
			replaced[r.ownerKey()] = true
		}
	}
	var faults []*Row
	for _, r := range rows {
		if r.Faulty(now) && (r.Pod.Phase != "Failed" || !replaced[r.ownerKey()]) {
			faults = append(faults, r)
		}
	}
	slices.SortFunc(faults, Compare)
	return faults
}

// ownerKey is what the pods of a workload have in common.
func (r *Row) ownerKey() alikeKey {
	return alikeKey{namespace: r.Pod.Namespace, workload: r.Pod.Owner.String()}
}
