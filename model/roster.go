package model

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/probetop/probetop/model/fact"
)

// roster holds the lists of a snapshot that are the same as long as nothing in them changes; nil after that.
type roster struct {
	nodes    []*fact.Node
	services []*fact.Service
}

// listNodes lists the nodes by name.
func (c *Cluster) listNodes() []*fact.Node {
	if c.roster.nodes == nil {
		c.roster.nodes = slices.SortedFunc(maps.Values(c.nodes), func(a, b *fact.Node) int { return strings.Compare(a.Name, b.Name) })
	}
	return c.roster.nodes
}

// listServices lists the Services by namespace and name.
func (c *Cluster) listServices() []*fact.Service {
	if c.roster.services == nil {
		c.roster.services = slices.SortedFunc(maps.Values(c.services), func(a, b *fact.Service) int {
			return cmp.Or(strings.Compare(a.Namespace, b.Namespace), strings.Compare(a.Name, b.Name))
		})
	}
	return c.roster.services
}
