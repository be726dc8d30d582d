package cmd

import (
	"time"

	"github.com/probetop/probetop/model"
)

// GroupReport is the root cause that pods share which fail alike.
type GroupReport struct {
	Cause    model.CauseClass `json:"cause"`
	Headline string           `json:"headline"`
	// Namespace and Workload are left out for pods that share a lost node alone.
	Namespace string `json:"namespace,omitempty"`
	Workload  string `json:"workload,omitempty"`
	Container string `json:"container,omitempty"`
	Probe     string `json:"probe,omitempty"`
	Reason    string `json:"reason,omitempty"`
	Certainty string `json:"certainty"`
	// Pods names the pods of the group, as namespace/name; Of is how many the workload, or the node, has.
	Pods []string `json:"pods"`
	Of   int      `json:"of"`
	// Since is when the first of them began to fail, and SpreadSeconds how long it took until the last did.
	Since         time.Time `json:"since,omitzero"`
	SpreadSeconds float64   `json:"spreadSeconds"`
	// Node, Zone and Revision are those that all pods share; left out where they differ.
	Node     string              `json:"node,omitempty"`
	Zone     string              `json:"zone,omitempty"`
	Revision string              `json:"revision,omitempty"`
	Services []ServiceHarmReport `json:"services"`
}

// ServiceHarmReport is how many of the endpoints of a Service are ready, of those that are pods of the report.
type ServiceHarmReport struct {
	Name  string `json:"name"`
	Ready int    `json:"ready"`
	Of    int    `json:"of"`
}

// groupReports returns the groups of pods that fail alike, the largest first.
func groupReports(rows []*model.Row, at time.Time) []GroupReport {
	reports := []GroupReport{}
	for _, g := range model.Alike(rows, at) {
		r := GroupReport{
			Cause: g.Cause, Headline: g.Headline, Namespace: g.Namespace, Workload: g.Workload, Container: g.Container,
			Reason: g.Reason, Certainty: g.Certainty.String(), Pods: []string{}, Of: g.Of,
			Since: g.Since.UTC(), SpreadSeconds: g.Spread.Seconds(), Node: g.Node, Zone: g.Zone, Revision: g.Revision,
			Services: []ServiceHarmReport{},
		}
		if g.Probed {
			r.Probe = g.Probe.String()
		}
		for _, i := range g.Rows {
			r.Pods = append(r.Pods, rows[i].Pod.Namespace+"/"+rows[i].Pod.Name)
		}
		for _, s := range g.Services {
			r.Services = append(r.Services, ServiceHarmReport(s))
		}
		reports = append(reports, r)
	}
	return reports
}
