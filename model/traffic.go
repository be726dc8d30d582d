package model

import (
	"slices"
	"strings"
	"time"

	"github.com/probetop/probetop/model/fact"
)

func (c *Cluster) applySlice(ch fact.Change, s *fact.EndpointSlice) {
	key := objectKey{s.Namespace, s.Name}
	old := c.slices[key]
	if old != nil {
		defer c.countSlice(old, -1) // after the new version, so that a Service does not lose its only slice in between
	}
	if ch.Gone {
		delete(c.slices, key)
		c.forgetLoose(s.Namespace, s.Name)
		c.replaceEndpoints(ch.At, old, nil)
		return
	}
	c.mention(ch.Stream, s.Namespace, s.Name)
	c.countSlice(s, 1)
	c.keepLoose(s)
	c.slices[key] = c.resolved(s)
	c.replaceEndpoints(ch.At, old, c.slices[key])
}

// countSlice counts a slice of a Service, or one less, and tells the Service when it has its first, or none any more.
func (c *Cluster) countSlice(s *fact.EndpointSlice, n int) {
	key := objectKey{s.Namespace, s.Service}
	before := c.sliced[key]
	if c.sliced[key] += n; c.sliced[key] == 0 {
		delete(c.sliced, key)
	}
	if service := c.services[key]; service != nil && (before == 0) != (before+n == 0) {
		changed := *service
		changed.Sliced = before+n > 0
		c.services[key] = &changed
		c.roster.services = nil
		c.reselect(key, &changed)
	}
}

// replaceEndpoints carries the difference between two versions of a slice to the pods it is about. Either
// may be nil. What begins began at that moment, if it was seen happen; zero for not known.
func (c *Cluster) replaceEndpoints(at time.Time, old, s *fact.EndpointSlice) {
	left := map[fact.UID]fact.Endpoint{}
	if old != nil {
		for _, ep := range old.Endpoints {
			left[ep.Pod] = ep
		}
	}
	if s != nil {
		for _, ep := range s.Endpoints {
			was, known := left[ep.Pod]
			delete(left, ep.Pod)
			if known && was == ep && old.Service == s.Service {
				continue
			}
			t := fact.Traffic{Service: s.Service, Slice: s.Name, Ready: ep.Ready, Serving: ep.Serving, Terminating: ep.Terminating}
			if old != nil || c.sees(s.Namespace, fact.EndpointSlices) {
				t.Since = at
			}
			c.setTraffic(c.entryOf(ep.Pod), t)
		}
	}
	for uid := range left {
		if e := c.pods[uid]; e != nil {
			c.dropTraffic(e, old.Name)
		}
	}
}

// setTraffic replaces what a slice says of a pod.
func (c *Cluster) setTraffic(e *entry, t fact.Traffic) {
	traffic := make([]fact.Traffic, 0, len(e.traffic)+1)
	for _, old := range e.traffic {
		if old.Slice != t.Slice {
			traffic = append(traffic, old)
		}
	}
	traffic = append(traffic, t)
	slices.SortFunc(traffic, func(a, b fact.Traffic) int {
		return strings.Compare(a.Service+"\x00"+a.Slice, b.Service+"\x00"+b.Slice)
	})
	e.traffic = traffic
	c.touch(e)
}

func (c *Cluster) dropTraffic(e *entry, slice string) {
	e.traffic = slices.DeleteFunc(slices.Clone(e.traffic), func(t fact.Traffic) bool { return t.Slice == slice })
	c.touch(e)
	c.release(e)
}

func (c *Cluster) applyService(ch fact.Change, s *fact.Service) {
	key := objectKey{s.Namespace, s.Name}
	old := c.services[key]
	published := old != nil && old.PublishNotReady
	defer func() {
		if c.services[key] != old {
			c.roster.services, c.changed = nil, true
		}
	}()
	if ch.Gone {
		delete(c.services, key)
		c.reselect(key, nil)
	} else {
		c.mention(ch.Stream, s.Namespace, s.Name)
		own := *s
		own.Sliced = c.sliced[key] > 0
		if old != nil && *old == own {
			return
		}
		c.services[key] = &own
		c.reselect(key, &own)
	}
	if published != (!ch.Gone && s.PublishNotReady) {
		c.touchEndpoints(key)
	}
}

// touchEndpoints marks the pods that the slices of a Service are about.
func (c *Cluster) touchEndpoints(service objectKey) {
	for k, slice := range c.slices {
		if k.namespace != service.namespace || slice.Service != service.name {
			continue
		}
		for _, ep := range slice.Endpoints {
			if e := c.pods[ep.Pod]; e != nil {
				c.touch(e)
			}
		}
	}
}

// published returns what a row says about traffic: one entry a Service, with what the Service itself says.
// A pod that is in several slices of a Service (one an address family) takes traffic when one of them says so.
func (c *Cluster) published(e *entry) []fact.Traffic {
	if len(e.traffic) == 0 {
		return nil
	}
	if c.plain(e) {
		return e.traffic
	}
	merged := make([]fact.Traffic, 0, len(e.traffic))
	for _, t := range e.traffic {
		if n := len(merged); n > 0 && merged[n-1].Service == t.Service {
			m := &merged[n-1]
			m.Ready, m.Serving = m.Ready || t.Ready, m.Serving || t.Serving
			m.Terminating = m.Terminating || t.Terminating
			continue
		}
		if s := c.services[objectKey{e.pod.Namespace, t.Service}]; s != nil {
			t.PublishNotReady = s.PublishNotReady
		}
		merged = append(merged, t)
	}
	return merged
}

// plain reports whether what the slices say about a pod is what a row says: one slice a Service, and none that
// publishes addresses that are not ready.
func (c *Cluster) plain(e *entry) bool {
	for i, t := range e.traffic {
		s := c.services[objectKey{e.pod.Namespace, t.Service}]
		if s != nil && s.PublishNotReady || i > 0 && e.traffic[i-1].Service == t.Service {
			return false
		}
	}
	return true
}
