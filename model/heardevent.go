package model

import (
	"slices"

	"github.com/probetop/probetop/model/fact"
	"github.com/probetop/probetop/model/infer"
)

func (c *Cluster) applyEvent(ch fact.Change, ev *fact.Event) {
	if ch.Gone {
		if e := c.pods[c.realUID(ev.Pod)]; e != nil {
			c.forgetEvents(e, func(old *fact.Event) bool { return old.UID == ev.UID })
		}
		return
	}
	e := c.entryOf(ev.Pod)
	c.mention(ch.Stream, ev.Namespace, ev.Name)
	var before *fact.Event
	events := make([]*fact.Event, 0, len(e.events)+1)
	for _, old := range e.events {
		if old.Name != ev.Name {
			events = append(events, old)
		} else {
			before = old
		}
	}
	if before != nil && before.UID == ev.UID && ev.Count < before.Count {
		return // an older state of the same object
	}
	if before == nil && ev.Unread() {
		c.unread.Count++
		c.unread.Sample = ev.Message
		c.changed = true
	}
	telling := c.streams[ch.Stream].telling
	raw := ev
	if e.pod != nil {
		ev = e.pod.Attribute(ev)
	}
	e.history = e.history.HeardEvent(before, ev, ch.At, telling)
	if !telling {
		c.heardLate(e.pod, raw, ch.At)
	} else if told := raw.KnownBy(); !told.IsZero() {
		c.heardLate(e.pod, raw, told)
	}
	e.events = append(events, ev)
	sortEvents(e.events)
	c.touch(e)
}

func (c *Cluster) realUID(uid fact.UID) fact.UID {
	if real, ok := c.mirrors[uid]; ok {
		return real
	}
	return uid
}

// forgetEvents takes the events that match out of an entry.
func (c *Cluster) forgetEvents(e *entry, match func(*fact.Event) bool) {
	if !slices.ContainsFunc(e.events, match) {
		return
	}
	e.events = slices.DeleteFunc(slices.Clone(e.events), match)
	c.touch(e)
	c.release(e)
}

// attributed resolves what was heard of the pod's events before the pod was known.
func (e *entry) attributed(p *fact.Pod) {
	if len(e.events) > 0 {
		e.events = slices.Clone(e.events)
	}
	for i, ev := range e.events {
		e.events[i] = p.Attribute(ev)
	}
	if e.history == nil {
		return
	}
	h := e.history.Clone()
	h.Failures = make([]infer.Failure, len(e.history.Failures))
	for i, f := range e.history.Failures {
		f.Event = p.Attribute(f.Event)
		h.Failures[i] = f
	}
	e.history = h
}
