package fact

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
	// KubeletMetrics are the probe counters of kubelets, which are read only on request.
	KubeletMetrics SourceKind = "kubeletMetrics"
	// NodeEvents are the events in which kubelets say that they have started. They are not reported: where they cannot be read,
	// only what rests on them is less sure.
	NodeEvents SourceKind = "nodeEvents"
)

// SourceKinds lists the sources that are reported, in their order.
var SourceKinds = [...]SourceKind{Pods, Events, EndpointSlices, Services, Nodes, KubeletMetrics}

// SourceState is how far a source can be believed.
type SourceState string

// The states of a source, best first.
const (
	// SourceSynced is a source whose list is complete and whose watch is open.
	SourceSynced SourceState = "synced"
	// SourceOff is a source that was not requested.
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
	// Silent is since when nothing has been heard of the server, although the watch is open; zero while it is heard.
	Silent time.Time
	// Missed is the last time of which changes may be missing: the watch had broken off, and the server could not go on
	// where it had, so that a new list says what there is and not what happened. Zero when there was none.
	Missed Span
	// Error is why, in the server's words; empty when there is nothing to say.
	Error string
}

// Span is the time from one moment to another.
type Span struct{ From, To time.Time }

// IsZero reports whether there is no such time.
func (s Span) IsZero() bool { return s.From.IsZero() && s.To.IsZero() }

// Duration is how long it is.
func (s Span) Duration() time.Duration { return s.To.Sub(s.From) }

// Listening reports whether what the source does not say has not happened: its list is complete, its watch open, and the
// server is heard.
func (s Source) Listening() bool { return s.State == SourceSynced && s.Silent.IsZero() }

// Settled reports whether nothing more is to be expected soon: the source is synced, off or forbidden.
func (s Source) Settled() bool {
	return s.State == SourceSynced || s.State == SourceOff || s.State == SourceForbidden
}

// Worse reports whether s says less about the cluster than o.
func (s Source) Worse(o Source) bool {
	if a, b := sourceRank[s.State], sourceRank[o.State]; a != b {
		return a > b
	}
	if s.Silent.IsZero() != o.Silent.IsZero() {
		return o.Silent.IsZero()
	}
	return s.Since.After(o.Since)
}
