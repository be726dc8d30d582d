package model

import (
	"slices"
	"strings"

	"github.com/probetop/probetop/model/fact"
)

// maxSelections bounds how many sets of labels a namespace keeps an answer for; pods of Jobs have one each.
const maxSelections = 1 << 12

// selection knows the Services of a namespace, and for the labels that were asked about which of them select
// such a pod.
type selection struct {
	services []*fact.Service // by name
	of       map[fact.Labels][]*fact.Service
}

// replace puts s where the Service of that name is; nil takes it out.
func (n *selection) replace(name string, s *fact.Service) {
	i, found := slices.BinarySearchFunc(n.services, name, func(s *fact.Service, name string) int { return strings.Compare(s.Name, name) })
	switch {
	case found && s == nil:
		n.services = slices.Delete(n.services, i, i+1)
	case found:
		n.services[i] = s
	case s != nil:
		n.services = slices.Insert(n.services, i, s)
	}
	clear(n.of)
}

// selecting returns the Services that select a pod, by name. The pods of equal labels share the list.
func (c *Cluster) selecting(p *fact.Pod) []*fact.Service {
	n := c.selections[p.Namespace]
	if n == nil || len(n.services) == 0 {
		return nil
	}
	selecting, ok := n.of[p.Labels]
	if ok {
		return selecting
	}
	for _, s := range n.services {
		if s.Selector.Selects(p.Labels) {
			selecting = append(selecting, s)
		}
	}
	if len(n.of) >= maxSelections {
		clear(n.of)
	}
	n.of[p.Labels] = selecting
	return selecting
}

// reselect notes that a Service is another now; nil for gone.
func (c *Cluster) reselect(key objectKey, s *fact.Service) {
	n := c.selections[key.namespace]
	if n == nil {
		n = &selection{of: map[fact.Labels][]*fact.Service{}}
		c.selections[key.namespace] = n
	}
	n.replace(key.name, s)
	c.dirtySelections[key.namespace] = struct{}{}
}

// touchReselected marks the rows of the pods that are selected by other Services than before.
func (c *Cluster) touchReselected() {
	if len(c.dirtySelections) == 0 {
		return
	}
	for _, e := range c.pods {
		if e.row == nil || e.pod == nil {
			continue
		}
		if _, ok := c.dirtySelections[e.pod.Namespace]; ok && !slices.Equal(e.row.Services, c.selecting(e.pod)) {
			c.touch(e)
		}
	}
	clear(c.dirtySelections)
}

// cloneSelections returns a copy that can be changed.
func cloneSelections(of map[string]*selection) map[string]*selection {
	clones := make(map[string]*selection, len(of))
	for namespace, n := range of {
		clones[namespace] = &selection{services: slices.Clone(n.services), of: map[fact.Labels][]*fact.Service{}}
	}
	return clones
}
