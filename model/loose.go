package model

import (
	"maps"
	"slices"
	"time"

	"github.com/probetop/probetop/model/fact"
)

// reference is how a loose endpoint refers to its pod: by name, or else by address.
type reference struct{ name, address string }

func referenceOf(e *fact.LooseEndpoint) reference {
	if e.Name != "" {
		return reference{name: e.Name}
	}
	return reference{address: e.Address}
}

// loose finds the pods of one namespace that loose endpoints refer to. A namespace without such endpoints has none.
type loose struct {
	// slices are the slices with loose endpoints as they were heard, by name.
	slices map[string]*fact.EndpointSlice
	// referring holds the names of the slices that have a reference.
	referring map[reference][]string
	// pods are the pods that a reference fits.
	pods map[reference][]fact.UID
}

func (l *loose) clone() *loose {
	return &loose{slices: maps.Clone(l.slices), referring: maps.Clone(l.referring), pods: maps.Clone(l.pods)}
}

// cloneLoose returns a copy that can be changed.
func cloneLoose(of map[string]*loose) map[string]*loose {
	clones := make(map[string]*loose, len(of))
	for namespace, l := range of {
		clones[namespace] = l.clone()
	}
	return clones
}

// add appends a value to a list that clones share.
func add[V comparable](lists map[reference][]V, key reference, v V) {
	if !slices.Contains(lists[key], v) {
		lists[key] = append(slices.Clip(lists[key]), v)
	}
}

// remove takes a value out of a list that clones share.
func remove[V comparable](lists map[reference][]V, key reference, v V) {
	rest := slices.DeleteFunc(slices.Clone(lists[key]), func(o V) bool { return o == v })
	if len(rest) == 0 {
		delete(lists, key)
		return
	}
	lists[key] = rest
}

// references are the ways in which a loose endpoint can refer to a pod. A pod that has ended keeps its address in its
// status, and the address may be another pod's.
func references(p *fact.Pod) [2]reference {
	var refs [2]reference
	if p == nil {
		return refs
	}
	refs[0].name = p.Name
	if !p.Terminal() {
		refs[1].address = p.IP
	}
	return refs
}

// keepLoose remembers a slice that has loose endpoints, and forgets what it said before.
func (c *Cluster) keepLoose(s *fact.EndpointSlice) {
	c.forgetLoose(s.Namespace, s.Name)
	if len(s.Loose) == 0 {
		return
	}
	l := c.loose[s.Namespace]
	if l == nil {
		l = &loose{slices: map[string]*fact.EndpointSlice{}, referring: map[reference][]string{}, pods: map[reference][]fact.UID{}}
		c.loose[s.Namespace] = l
		for uid, e := range c.pods {
			if e.pod != nil && e.pod.Namespace == s.Namespace {
				l.place(uid, nil, e.pod)
			}
		}
	}
	l.slices[s.Name] = s
	for i := range s.Loose {
		add(l.referring, referenceOf(&s.Loose[i]), s.Name)
	}
}

// forgetLoose forgets the loose endpoints of a slice, and the namespace's pods with the last of them.
func (c *Cluster) forgetLoose(namespace, name string) {
	l := c.loose[namespace]
	if l == nil || l.slices[name] == nil {
		return
	}
	for i := range l.slices[name].Loose {
		remove(l.referring, referenceOf(&l.slices[name].Loose[i]), name)
	}
	delete(l.slices, name)
	if len(l.slices) == 0 {
		delete(c.loose, namespace)
	}
}

// place notes how a pod can be referred to now, and returns the names of the slices for which that matters.
func (l *loose) place(uid fact.UID, old, p *fact.Pod) []string {
	was, is := references(old), references(p)
	var names []string
	for i := range was {
		if was[i] == is[i] {
			continue
		}
		if was[i] != (reference{}) {
			remove(l.pods, was[i], uid)
			names = append(names, l.referring[was[i]]...)
		}
		if is[i] != (reference{}) {
			add(l.pods, is[i], uid)
			names = append(names, l.referring[is[i]]...)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// move brings the slices up to date that refer to a pod by what has changed of it. Either may be nil. When the endpoints
// themselves changed is not known.
func (c *Cluster) move(uid fact.UID, old, p *fact.Pod) {
	namespace := ""
	switch {
	case p != nil:
		namespace = p.Namespace
	case old != nil:
		namespace = old.Namespace
	}
	l := c.loose[namespace]
	if l == nil {
		return
	}
	for _, name := range l.place(uid, old, p) {
		key := objectKey{namespace, name}
		before := c.slices[key]
		c.slices[key] = c.resolved(l.slices[name])
		c.replaceEndpoints(time.Time{}, before, c.slices[key])
	}
}

// resolved returns a slice whose loose endpoints are among its endpoints as far as one pod alone fits them: pods on the
// network of their node share an address.
func (c *Cluster) resolved(s *fact.EndpointSlice) *fact.EndpointSlice {
	l := c.loose[s.Namespace]
	if len(s.Loose) == 0 || l == nil {
		return s
	}
	r := *s
	r.Endpoints = slices.Clone(s.Endpoints)
	index := make(map[fact.UID]int, len(s.Endpoints))
	for i, ep := range r.Endpoints {
		index[ep.Pod] = i
	}
	for i := range s.Loose {
		fits := l.pods[referenceOf(&s.Loose[i])]
		if len(fits) != 1 {
			continue
		}
		ep := s.Loose[i].Endpoint
		ep.Pod = fits[0]
		if at, ok := index[ep.Pod]; ok {
			r.Endpoints[at] = r.Endpoints[at].Merge(ep)
			continue
		}
		index[ep.Pod] = len(r.Endpoints)
		r.Endpoints = append(r.Endpoints, ep)
	}
	return &r
}
