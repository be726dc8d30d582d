package model

import (
	"slices"

	"github.com/probetop/probetop/model/fact"
)

func (c *Cluster) applyPod(ch fact.Change, p *fact.Pod) {
	bit := uint64(1) << ch.Stream
	if !ch.Gone {
		c.supersede(ch.Stream, p)
		delete(c.mirrors, p.UID) // this pod has the UID, whatever a mirror annotation claims
		e := c.entryOf(p.UID)
		c.mention(ch.Stream, p.UID, "")
		events, known := len(e.events), e.history
		c.adopt(e, p)
		if e.pod == nil {
			e.seen = ch.At
			for _, ev := range e.events { // which a list told before their node was known
				if told := ev.KnownBy(); !told.IsZero() {
					c.heardLate(p, ev, told)
				}
			}
		}
		if e.pod == nil || len(e.events) != events || e.history != known {
			e.attributed(p)
		}
		c.heardAhead(p, c.now)
		if !c.streams[ch.Stream].telling {
			c.heardSlow(e.pod, p, ch.At)
		}
		e.history = e.history.HeardPod(e.pod, p, ch.At, c.streams[ch.Stream].telling)
		old := e.pod
		e.pod, e.streams = p, e.streams|bit
		c.move(e.uid, old, p)
		c.touch(e)
		return
	}
	if e := c.pods[p.UID]; e != nil {
		c.forgetPod(e, bit)
	}
}

// adopt moves the events of a static pod, recorded under another identity, to the pod.
func (c *Cluster) adopt(e *entry, p *fact.Pod) {
	orphan := c.pods[p.MirrorUID]
	if p.MirrorUID == "" || p.MirrorUID == p.UID || c.mirrors[p.MirrorUID] == p.UID || orphan != nil && orphan.pod != nil {
		return // any user can write the annotation: it takes nothing from an existing pod
	}
	if orphan != nil {
		e.events = slices.Concat(e.events, orphan.events)
		sortEvents(e.events)
		if e.history == nil {
			e.history = orphan.history
		}
		orphan.events = nil
		c.release(orphan)
	}
	c.mirrors[p.MirrorUID] = p.UID
}

// forgetPod takes the pod out of the streams in mask, and out of the cluster when it is in no other.
func (c *Cluster) forgetPod(e *entry, mask uint64) {
	e.streams &^= mask
	if e.pod == nil || e.streams != 0 {
		return
	}
	c.disown(e)
	old := e.pod
	e.pod, e.counts, e.shadows = nil, nil, nil
	c.move(e.uid, old, nil)
	c.drop(e)
	c.release(e)
}

// disown gives the events of a static pod back to the identity under which they are recorded: the kubelet may make its
// mirror anew.
func (c *Cluster) disown(e *entry) {
	mirror := e.pod.MirrorUID
	if mirror == "" || c.mirrors[mirror] != e.uid {
		return
	}
	delete(c.mirrors, mirror)
	if len(e.events) > 0 {
		orphan := c.entryOf(mirror)
		orphan.events, orphan.history = e.events, e.history
		e.events, e.history = nil, nil
	}
}
