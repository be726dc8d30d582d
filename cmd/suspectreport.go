package cmd

import (
	"slices"

	"github.com/probetop/probetop/model"
	"github.com/probetop/probetop/model/group"
)

// SuspectReport is what many of the faults share, and hardly by chance: a node, a workload, a revision, an image, a zone or a
// cause.
type SuspectReport struct {
	By        group.Key `json:"by"`
	Namespace string    `json:"namespace,omitempty"`
	Name      string    `json:"name"`
	// Faults of the Of faults there are belong to it, of its Pods pods.
	Faults int    `json:"faults"`
	Of     int    `json:"of"`
	Pods   int    `json:"pods"`
	Text   string `json:"text"`
}

// suspectReports returns what the faults among rows share, and the nodes whose kubelet seems to have been restarted.
func suspectReports(rows []*model.Row) []SuspectReport {
	reports := []SuspectReport{}
	for _, s := range suspects(rows) {
		reports = append(reports, SuspectReport{s.By, s.Namespace, s.Name, s.Faults, s.Of, s.Pods, s.Text})
	}
	return reports
}

func suspects(rows []*model.Row) []group.Suspect {
	return slices.Concat(group.Blame(rows), group.Blips(rows))
}
