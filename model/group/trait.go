package group

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/probetop/probetop/model"
)

// Trait is something that the pods of an incident have, all the same or not, and how many of the pods of their workloads that are
// well have the same.
type Trait struct {
	By Key
	// Values are those of the failing pods, the most frequent first, and Well counts the pods that are well and of which the value
	// is known.
	Values []Value
	Well   int
	// shared is set when all pods have the first of the values.
	shared bool
}

// Value is one value of a Trait: how many failing pods have it, and how many of those that are well.
type Value struct {
	Name          string
	Failing, Well int
}

// Shared reports whether all failing pods have the same value.
func (t *Trait) Shared() bool { return t.shared }

// Apart reports whether the value sets the failing pods apart: all of them have it, and none of those that are well.
func (t *Trait) Apart() bool { return t.shared && t.Well > 0 && t.Values[0].Well == 0 }

// The keys of traits beyond those that pods are grouped by.
const (
	Container Key = "container"
	Port      Key = "port"
	Kubelet   Key = "kubelet"
)

// traitKeys are in the order in which traits of the same weight are told.
var traitKeys = [...]Key{Node, Revision, Zone, Image, Port, Kubelet, Workload, Cause}

// traits finds out what the pods share: what sets them apart first, then what they share, then what they do not. A pod that fails
// alone shares everything with itself, so that only what sets it apart is told first.
func (i *Incident) traits() []Trait {
	var traits []Trait
	for _, by := range traitKeys {
		if t := i.trait(by); len(t.Values) > 0 {
			traits = append(traits, t)
		}
	}
	slices.SortStableFunc(traits, func(a, b Trait) int { return cmp.Compare(a.rank(), b.rank()) })
	return traits
}

func (t *Trait) rank() int {
	switch {
	case t.Apart():
		return 0
	case t.shared:
		return 1
	}
	return 2
}

func (i *Incident) trait(by Key) Trait {
	t := Trait{By: by}
	index := map[string]int{}
	for _, r := range i.Rows {
		v := i.value(r, by)
		if v == "" {
			continue
		}
		at, ok := index[v]
		if !ok {
			at = len(t.Values)
			index[v] = at
			t.Values = append(t.Values, Value{Name: v})
		}
		t.Values[at].Failing++
	}
	if by != Cause && by != Workload {
		for _, r := range i.peers {
			v := i.value(r, by)
			if v == "" {
				continue
			}
			t.Well++
			if at, ok := index[v]; ok {
				t.Values[at].Well++
			}
		}
	}
	t.shared = len(t.Values) == 1 && t.Values[0].Failing == len(i.Rows)
	slices.SortStableFunc(t.Values, func(a, b Value) int {
		return cmp.Or(cmp.Compare(b.Failing, a.Failing), strings.Compare(a.Name, b.Name))
	})
	return t
}

// value is what a pod has; empty when that is not known, or it has nothing of the kind.
func (i *Incident) value(r *model.Row, by Key) string {
	switch by {
	case Node:
		return r.Pod.Node
	case Revision:
		return r.Pod.Owner.Revision
	case Workload:
		if o := r.Pod.Owner.String(); o != "" {
			return r.Pod.Namespace + "/" + o
		}
		return ""
	case Zone:
		if r.Node != nil {
			return r.Node.Zone
		}
	case Kubelet:
		if r.Node != nil {
			return r.Node.KubeletVersion
		}
	case Image:
		return i.image(r)
	case Port:
		return i.port(r)
	case Cause:
		return i.cause(r)
	}
	return ""
}

// image is that of the container that fails, or all of the pod's.
func (i *Incident) image(r *model.Row) string {
	if c := r.Pod.Container(i.ID.Container); c != nil {
		return c.Image()
	}
	return strings.Join(images(r), ", ")
}

// port is the one that the probe asks which the incident is told by.
func (i *Incident) port(r *model.Row) string {
	p := probeOf(r, &i.Diagnosis)
	if p == nil || p.Spec.Port == "" {
		return ""
	}
	if n, ok := p.Container.Port(p.Spec.Port); ok {
		return strconv.Itoa(int(n))
	}
	return p.Spec.Port
}

// cause is what the probes find, or the kind of the root cause.
func (i *Incident) cause(r *model.Row) string {
	if found := causes(r); len(found) > 0 {
		slices.Sort(found)
		return strings.Join(found, ", ")
	}
	return cmp.Or(string(i.ID.Cause), string(i.ID.Class))
}
