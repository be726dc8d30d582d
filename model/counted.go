package model

import (
	"github.com/probetop/probetop/model/fact"
	"github.com/probetop/probetop/model/infer"
)

func (c *Cluster) applyCounters(ch fact.Change, f *fact.Counters) {
	before := c.counters[f.Node]
	if !ch.Gone && before != nil && !f.Asked.After(before.Asked) {
		return
	}
	if before != nil {
		for _, p := range before.Pods {
			if ch.Gone || f.Find(p.Pod) == nil {
				c.forgetCounts(p.Pod)
			}
		}
	}
	if ch.Gone {
		delete(c.counters, f.Node)
		return
	}
	look := infer.Look{Before: before, Now: f}
	for i := range f.Pods {
		p := &f.Pods[i]
		e := c.pods[c.realUID(p.Pod)]
		if e == nil || e.pod == nil || e.pod.Node != f.Node {
			continue
		}
		if counts := look.Pod(e.pod, e.counts, p); counts != e.counts {
			e.counts = counts
			c.touch(e)
		}
		if h := e.history.HeardCounts(e.pod, e.counts, f.Asked); h != e.history {
			e.history = h
			c.touch(e)
		}
	}
	c.counters[f.Node] = f
}

// forgetCounts forgets what the counters said of a pod.
func (c *Cluster) forgetCounts(pod fact.UID) {
	if e := c.pods[c.realUID(pod)]; e != nil && e.counts != nil {
		e.counts = nil
		c.touch(e)
	}
}
