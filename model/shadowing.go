package model

import "github.com/probetop/probetop/model/fact"

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
	var known podShadows
	if e.shadows != nil {
		known = *e.shadows
	}
	old := known.find(k.Name, run.Probe.Type)
	if next := old.next(run, k.Probes[run.Probe.Type]); next != old {
		known = known.with(k.Name, run.Probe.Type, next)
		e.shadows = &known
		c.touch(e)
	}
}

// shadowed gives each probe of the row what its runs have come to.
func (r *Row) shadowed(p *podShadows) {
	if p == nil {
		return
	}
	for i := range r.Probes {
		r.Probes[i].Shadow = p.find(r.Probes[i].Container.Name, r.Probes[i].Type)
	}
}
