package model

import (
	"github.com/probetop/probetop/model/fact"
	"github.com/probetop/probetop/model/infer"
)

// applyShadow folds a run of a probe. One of a pod or a probe that does not exist, or not yet, says nothing.
func (c *Cluster) applyShadow(ch fact.Change, run *fact.Shadow) {
	e := c.pods[c.realUID(run.Probe.Pod)]
	if e == nil || e.pod == nil || ch.Gone || int(run.Probe.Type) >= len(fact.ProbeTypes) {
		return
	}
	k := e.pod.Container(run.Probe.Container)
	if k == nil || k.Probes[run.Probe.Type] == nil {
		return
	}
	var known infer.PodShadows
	if e.shadows != nil {
		known = *e.shadows
	}
	old := known.Find(k.Name, run.Probe.Type)
	if next := old.Next(run, k.Probes[run.Probe.Type]); next != old {
		known = known.With(k.Name, run.Probe.Type, next)
		e.shadows = &known
		c.touch(e)
	}
}

// shadowed gives each probe of the row what its runs have come to.
func (r *Row) shadowed(p *infer.PodShadows) {
	if p == nil {
		return
	}
	for i := range r.Probes {
		r.Probes[i].Shadow = p.Find(r.Probes[i].Container.Name, r.Probes[i].Type)
	}
}
