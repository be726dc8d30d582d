package model

import "time"

// SourceKind names a source of facts, as in the report.
type SourceKind string

// The sources.
const (
	Pods           SourceKind = "pods"
	Events         SourceKind = "events"
	EndpointSlices SourceKind = "endpointslices"
	Services       SourceKind = "services"
	Nodes          SourceKind = "nodes"
	// KubeletMetrics are the probe counters of kubelets, which are read only when somebody asks for them.
	KubeletMetrics SourceKind = "kubeletMetrics"
)

// SourceKinds lists the sources in the order in which they are reported.
var SourceKinds = [...]SourceKind{Pods, Events, EndpointSlices, Services, Nodes, KubeletMetrics}

// SourceState is how far a source can be believed.
type SourceState string

// The states of a source, best first.
const (
	// SourceSynced is a source whose list is complete and whose watch is open.
	SourceSynced SourceState = "synced"
	// SourceOff is a source that nobody asked for.
	SourceOff SourceState = "off"
	// SourceSyncing is a source whose first list has not been completed.
	SourceSyncing SourceState = "syncing"
	// SourceStale is a source that was synced and has lost its watch; it is being tried again.
	SourceStale SourceState = "stale"
	// SourceForbidden is a source we have no permission to read; it is being tried again, seldom.
	SourceForbidden SourceState = "forbidden"
)

// Known reports whether s is one of the states there are.
func (s SourceState) Known() bool {
	_, known := sourceRank[s]
	return known
}

var sourceRank = map[SourceState]int{
	SourceSynced: 0, SourceOff: 1, SourceSyncing: 2, SourceStale: 3, SourceForbidden: 4,
}

// Source is the state of one stream of a source.
type Source struct {
	Kind SourceKind
	// Namespace is the namespace the stream is restricted to; empty for all.
	Namespace string
	State     SourceState
	// Since is when the state was entered.
	Since time.Time
	// Error is why, in the server's words; empty when there is nothing to say.
	Error string
}

// Settled reports whether nothing more is to be expected soon: the source is synced, off or forbidden.
func (s Source) Settled() bool {
	return s.State == SourceSynced || s.State == SourceOff || s.State == SourceForbidden
}

// worse reports whether s says less about the cluster than o.
func (s Source) worse(o Source) bool {
	if a, b := sourceRank[s.State], sourceRank[o.State]; a != b {
		return a > b
	}
	return s.Since.After(o.Since)
}
