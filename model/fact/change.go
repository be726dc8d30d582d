package fact

import "time"

// Fact is one thing that was said: a *Pod, *Event, *EndpointSlice, *Service, *Node, *KubeletStart, *Counters, *Shadow,
// *Source or *Listing. A fact is never modified once it is part of a Change.
type Fact interface{ fact() }

// Stream identifies the list-and-watch, or other source, that a change came from. A source that is read by
// several requests (one a namespace, say) has a stream for each.
type Stream uint8

// MaxStreams is how many streams one cluster can be fed from.
const MaxStreams = 64

// Change is one fact as it reached us.
type Change struct {
	// At is when we heard it, by the clock of the API server as far as we know it.
	At time.Time
	// Stream says which source spoke.
	Stream Stream
	// Gone is set when the object was deleted, or no longer matches what the stream selects.
	Gone bool
	// Fact is what was said; nil when only time has passed.
	Fact Fact
}

// Listing marks the edges of a list in a stream. When a list is done, everything of its kind that the stream
// did not mention since the list began is gone.
type Listing struct {
	Kind SourceKind
	Done bool
}

func (*Pod) fact()           {}
func (*Event) fact()         {}
func (*EndpointSlice) fact() {}
func (*Service) fact()       {}
func (*Node) fact()          {}
func (*Counters) fact()      {}
func (*Shadow) fact()        {}
func (*Source) fact()        {}
func (*Listing) fact()       {}
