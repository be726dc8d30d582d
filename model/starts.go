package model

import (
	"time"

	"github.com/probetop/probetop/model/fact"
	"github.com/probetop/probetop/model/infer"
)

// This file remembers when the kubelets of the nodes have started.

func (c *Cluster) applyStart(ch fact.Change, f *fact.KubeletStart) {
	known := c.starts[f.Node]
	if ch.Gone {
		if known != nil && known.At.Equal(f.At) {
			c.expire(f.Node)
		}
		return
	}
	c.mention(ch.Stream, "", f.Node)
	if known != nil && !f.At.After(known.At) {
		return
	}
	by := c.now
	if told := f.Written.Add(time.Second); !f.Written.IsZero() && told.Before(by) {
		by = told
	} else if f.Written.IsZero() && c.streams[ch.Stream].telling {
		if told := f.At.Add(time.Second); told.Before(by) {
			by = told
		}
	}
	c.starts[f.Node] = &infer.KubeletStart{At: f.At, By: by}
	c.loseQueue(f.Node, f.At, by)
	c.dirtyNodes[f.Node] = struct{}{}
}

// expire notes that no event tells the start of a node's kubelet any more.
func (c *Cluster) expire(node string) {
	if s := c.starts[node]; s != nil && !s.Expired {
		c.starts[node] = &infer.KubeletStart{At: s.At, By: s.By, Expired: true}
		c.dirtyNodes[node] = struct{}{}
	}
}

// loseQueue notes that the events that waited when a kubelet ended are never told.
func (c *Cluster) loseQueue(node string, at, by time.Time) {
	l := c.lates[node]
	lost := infer.EventSlack
	if l.By > 0 && by.Before(l.Until()) {
		lost = max(lost, by.Sub(l.Heard)+l.By)
	}
	l = l.Waited(fact.Window{Earliest: at.Add(-lost), Latest: at})
	if by.After(l.Heard) {
		l.By, l.Heard = 0, by
	}
	c.lates[node] = l
}

// startsFrom is since when every start of a kubelet is known; zero while they are not listened to. Their events live for an hour.
func (c *Cluster) startsFrom() time.Time {
	for i := range c.speaking {
		s := &c.streams[i]
		if !s.spoke || s.source.Kind != fact.NodeEvents || !s.listed || !s.source.Listening() {
			continue
		}
		from := s.began
		if missed := s.source.Missed; missed.Duration() >= infer.EventLife {
			from = missed.To
		}
		return from.Add(-infer.EventLife)
	}
	return time.Time{}
}
