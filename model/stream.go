package model

import (
	"maps"
	"slices"
	"time"

	"github.com/probetop/probetop/model/fact"
)

// stream is what the fold knows about one list-and-watch.
type stream struct {
	source fact.Source
	spoke  bool
	// listened is set once it was listened to, and again is when that began anew after an outage; zero before.
	listened bool
	again    time.Time
	// begun is set once a list has begun, listed once one was completed, and began is when the first was.
	begun, listed bool
	began         time.Time
	// telling is set while a list runs: what it tells may have happened at any time.
	telling bool
	// mentioned holds what a running list has named so far; nil outside a list and during the first one,
	// when there is nothing yet that could be gone. A first list that was broken off has left something.
	mentioned map[objectKey]struct{}
	// names says which pod had which name when that list began. It is never written to.
	names map[objectKey]fact.UID
}

// mention notes that a running list has named an object.
func (c *Cluster) mention(s fact.Stream, namespace, name string) {
	if m := c.streams[s].mentioned; m != nil {
		m[objectKey{namespace, name}] = struct{}{}
	}
}

// sees reports whether the absence of an object of a kind means something in a namespace: its list was complete, and
// it is listened to.
func (c *Cluster) sees(namespace string, kind fact.SourceKind) bool {
	for i := range c.speaking {
		s := &c.streams[i]
		if s.spoke && s.source.Kind == kind && s.covers(namespace) {
			return s.listed && s.source.Listening()
		}
	}
	return false
}

// lacks reports whether a source is part of the picture and what it does not say of a namespace may have happened all the same.
func (c *Cluster) lacks(namespace string, kind fact.SourceKind) bool {
	lacks := false
	for i := range c.speaking {
		s := &c.streams[i]
		if s.spoke && s.source.Kind == kind && s.covers(namespace) {
			if s.source.Listening() {
				return false
			}
			lacks = true
		}
	}
	return lacks
}

// covers reports whether the stream speaks about objects of a namespace.
func (s *stream) covers(namespace string) bool {
	return s.source.Namespace == "" || s.source.Namespace == namespace
}

func (c *Cluster) applySource(id fact.Stream, at time.Time, src fact.Source) {
	s := &c.streams[id]
	if s.spoke && s.source == src {
		return
	}
	before, listened := c.eventsSeen(), s.source.Listening()
	s.source, s.spoke = src, true
	c.merged, c.speaking = nil, max(c.speaking, int(id)+1)
	if src.Listening() {
		if s.listened && !listened {
			s.again = at
		}
		s.listened = true
	}
	c.changed = true
	reached := (src.Kind == fact.EndpointSlices || src.Kind == fact.Services || src.Kind == fact.Nodes || src.Kind == fact.NodeEvents || src.Kind == fact.Pods) && listened != src.Listening()
	if c.eventsSeen() != before || reached {
		c.dirtyAll = true
	}
}

// eventsSeen reports whether the absence of an event means something.
func (c *Cluster) eventsSeen() bool {
	seen := false
	for i := range c.speaking {
		if s := &c.streams[i]; s.spoke && s.source.Kind == fact.Events {
			if !s.source.Listening() {
				return false
			}
			seen = true
		}
	}
	return seen
}

// sources merges the streams by kind. What it returns is shared until a source says something else.
func (c *Cluster) sources() []fact.Source {
	if c.merged == nil {
		c.merged = c.mergeSources()
	}
	return c.merged
}

func (c *Cluster) mergeSources() []fact.Source {
	var merged [len(fact.SourceKinds)]*fact.Source
	for i := range c.speaking {
		s := &c.streams[i]
		k := slices.Index(fact.SourceKinds[:], s.source.Kind)
		if !s.spoke || k < 0 {
			continue
		}
		if merged[k] == nil {
			src := s.source
			merged[k] = &src
			continue
		}
		missed := merged[k].Missed
		if s.source.Worse(*merged[k]) {
			*merged[k] = s.source
		}
		if missed.To.After(merged[k].Missed.To) {
			merged[k].Missed = missed
		}
	}
	var sources []fact.Source
	for _, src := range merged {
		if src != nil {
			sources = append(sources, *src)
		}
	}
	return sources
}

func (c *Cluster) applyListing(id fact.Stream, l fact.Listing) {
	s := &c.streams[id]
	if !l.Done {
		if s.begun {
			s.mentioned, s.names = map[objectKey]struct{}{}, c.names(id, l.Kind)
		}
		s.begun, s.telling = true, true
		return
	}
	if s.mentioned != nil {
		c.sweep(id, s, l.Kind)
	}
	if !s.listed && (l.Kind == fact.EndpointSlices || l.Kind == fact.Services || l.Kind == fact.Nodes || l.Kind == fact.NodeEvents) {
		c.dirtyAll = true // what is missing means something from now on
	}
	if !s.listed {
		s.began = c.now
	}
	s.listed, s.telling, s.mentioned, s.names = true, false, nil, nil
}

// names returns which pod of a stream has which name; nil for other kinds.
func (c *Cluster) names(id fact.Stream, kind fact.SourceKind) map[objectKey]fact.UID {
	if kind != fact.Pods {
		return nil
	}
	names := make(map[objectKey]fact.UID, len(c.pods))
	for uid, e := range c.pods {
		if e.streams&(1<<id) != 0 {
			names[objectKey{e.pod.Namespace, e.pod.Name}] = uid
		}
	}
	return names
}

// supersede forgets the pod that had p's name before the running list began. The list tells only at its end that
// it is gone, and there are no two pods of a name.
func (c *Cluster) supersede(id fact.Stream, p *fact.Pod) {
	uid, ok := c.streams[id].names[objectKey{p.Namespace, p.Name}]
	if e := c.pods[uid]; ok && uid != p.UID && e != nil {
		c.forgetPod(e, 1<<id)
	}
}

// sweep forgets everything of the stream that its list has not named.
func (c *Cluster) sweep(id fact.Stream, s *stream, kind fact.SourceKind) {
	gone := func(namespace, name string) bool {
		_, ok := s.mentioned[objectKey{namespace, name}]
		return !ok
	}
	switch kind {
	case fact.Pods:
		for _, e := range slices.Collect(maps.Values(c.pods)) {
			if e.streams&(1<<id) != 0 && gone(e.uid, "") {
				c.forgetPod(e, 1<<id)
			}
		}
	case fact.Events:
		for _, e := range slices.Collect(maps.Values(c.pods)) {
			c.forgetEvents(e, func(ev *fact.Event) bool { return s.covers(ev.Namespace) && gone(ev.Namespace, ev.Name) })
		}
	case fact.EndpointSlices:
		for k, slice := range maps.Clone(c.slices) {
			if s.covers(k.namespace) && gone(k.namespace, k.name) {
				c.applySlice(fact.Change{At: c.now, Stream: id, Gone: true, Fact: slice}, slice)
			}
		}
	case fact.Services:
		for k, svc := range maps.Clone(c.services) {
			if s.covers(k.namespace) && gone(k.namespace, k.name) {
				c.applyService(fact.Change{At: c.now, Stream: id, Gone: true, Fact: svc}, svc)
			}
		}
	case fact.NodeEvents:
		for node := range c.starts {
			if gone("", node) {
				c.expire(node)
			}
		}
	case fact.Nodes:
		for name, n := range maps.Clone(c.nodes) {
			if gone(name, "") {
				c.applyNode(fact.Change{At: c.now, Stream: id, Gone: true, Fact: n}, n)
			}
		}
	}
}

// heardAgain returns when the pods of a namespace were listened to again after an outage; zero when there was none.
func (c *Cluster) heardAgain(namespace string) time.Time {
	var last time.Time
	for i := range c.speaking {
		if s := &c.streams[i]; s.spoke && s.source.Kind == fact.Pods && s.covers(namespace) && s.again.After(last) {
			last = s.again
		}
	}
	return last
}
