package recording

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"
)

// The edges of a list, as Entry.List has them.
const (
	// ListBegin says that the stream begins to tell everything there is.
	ListBegin = "begin"
	// ListEnd says that it has: what it has not named since the list began does not exist.
	ListEnd = "end"
)

// Entry is one thing that was heard. It holds exactly one of: Event with Object, List, Source, Counters, Shadow.
type Entry struct {
	// At is when it was heard, in UTC.
	At time.Time `json:"at"`
	// Stream is the list-and-watch that said it.
	Stream uint8 `json:"stream"`
	// Event is what happened to the object: watch.Added, watch.Modified or watch.Deleted.
	Event watch.EventType `json:"event,omitempty"`
	// Resource is the plural name of what Object or List is about: pods, events, endpointslices, services or nodes.
	Resource string `json:"resource,omitempty"`
	// List is ListBegin or ListEnd.
	List string `json:"list,omitempty"`
	// Source is the state of the stream.
	Source *Source `json:"source,omitempty"`
	// Counters are the probe counters of one kubelet.
	Counters *Counters `json:"counters,omitempty"`
	// Shadow is a run of a probe.
	Shadow *Shadow `json:"shadow,omitempty"`
	// Object is the API object in JSON, trimmed and masked. It shares memory with the other entries of its
	// frame, which is never reused, and must not be written to.
	Object json.RawMessage `json:"object,omitempty"`
}

// Source is the state of one stream, in the recording program's own words.
type Source struct {
	// Kind is the plural name of the resource that the stream reads.
	Kind string `json:"kind"`
	// Namespace is what the stream is restricted to; empty for all namespaces.
	Namespace string `json:"namespace,omitempty"`
	// State is synced, syncing, stale or forbidden.
	State string `json:"state"`
	// Since is when the state was entered.
	Since time.Time `json:"since"`
	// Error is why; empty when there is nothing to say.
	Error string `json:"error,omitempty"`
	// Silent is since when the server has not been heard, although the watch is open; left out while it is.
	Silent time.Time `json:"silent,omitzero"`
	// MissedFrom and MissedTo are the last time of which changes may be missing; left out when there is none.
	MissedFrom time.Time `json:"missedFrom,omitzero"`
	MissedTo   time.Time `json:"missedTo,omitzero"`
}

// Decode returns the object of an entry that has one as the type its resource says: *corev1.Pod, *corev1.Event,
// *discoveryv1.EndpointSlice, *corev1.Service or *corev1.Node. Its error says that the entry has no object, or
// one that does not fit.
func (e *Entry) Decode() (runtime.Object, error) {
	o := newObject(e.Resource)
	if o == nil || e.Object == nil {
		return nil, fmt.Errorf("decoding an entry about %q: it has no object", e.Resource)
	}
	err := json.Unmarshal(e.Object, o)
	if err == nil {
		return o, nil
	}
	o = newObject(e.Resource)
	if json.Unmarshal(inRange(e.Object), o) != nil {
		return nil, fmt.Errorf("decoding an object of %q: %w", e.Resource, err)
	}
	return o, nil
}

// maxValues is how many values an entry may have: a value of two bytes may take hundreds when it is decoded.
const maxValues = 1 << 16

// valueWeight is what a value takes at most when it is decoded: as much as a container.
const valueWeight = 500

// tooMany reports whether a line may have more values than an entry may have. Commas in texts count as well, which
// few have more of than the members of an object.
func tooMany(line []byte) bool {
	return len(line) > maxValues && bytes.Count(line, []byte(",")) > maxValues
}

// Weight is about how many bytes the entry takes at most when its object is decoded.
func (e *Entry) Weight() int {
	return len(e.Object) + valueWeight*(1+bytes.Count(e.Object, []byte(",")))
}

// newObject returns an empty object of a resource; nil when the resource is not known.
func newObject(resource string) runtime.Object {
	switch resource {
	case "pods":
		return &corev1.Pod{}
	case "events":
		return &corev1.Event{}
	case "endpointslices":
		return &discoveryv1.EndpointSlice{}
	case "services":
		return &corev1.Service{}
	case "nodes":
		return &corev1.Node{}
	}
	return nil
}

// known reports whether the entry says one thing, and one that this version knows.
func (e *Entry) known() bool {
	object, list, source := e.Event != "" || e.Object != nil, e.List != "", e.Source != nil
	if e.Counters != nil || e.Shadow != nil {
		return !object && !list && !source && (e.Counters == nil || e.Shadow == nil)
	}
	switch {
	case object && !list && !source:
		happened := e.Event == watch.Added || e.Event == watch.Modified || e.Event == watch.Deleted
		return happened && e.Object != nil && newObject(e.Resource) != nil
	case list && !object && !source:
		return (e.List == ListBegin || e.List == ListEnd) && newObject(e.Resource) != nil
	}
	return source && !object && !list
}
