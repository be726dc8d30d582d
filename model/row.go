package model

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// Row is one pod as a snapshot holds it: the facts about it joined, and what follows from them.
type Row struct {
	Pod     *Pod
	Summary Summary
	// Node is the pod's node; nil when it is not bound, or nodes are not read.
	Node *Node
	// Probes holds every probe of the pod, container by container in spec order.
	Probes []Probe
	// Events are the events about the pod, oldest last occurrence first.
	Events []*Event
	// Traffic has an entry for each Service that has an endpoint for the pod, by name.
	Traffic []Traffic
	// Services are the Services whose selector the pod matches, by name.
	Services []*Service
	Severity Severity
	// slicesSeen and servicesSeen are set when a missing endpoint, or Service, means something.
	slicesSeen, servicesSeen bool
	// Worst is the index in Probes of the probe that gives the row its severity; -1 for another reason.
	Worst int
	// Since is when what gives the row its severity began; zero when that is not known.
	Since time.Time
	// Restarts are the restarts of the pod's containers that are known, newest first.
	Restarts []Restart
	// judge drew the conclusions, and forecasts from the same facts.
	judge judge
	// Due is when something in the row changes by time alone; zero for never.
	Due time.Time
}

// TrafficKnown reports whether a Service of which the row knows no endpoint sends no traffic to the pod.
func (r *Row) TrafficKnown() bool { return r.slicesSeen && r.servicesSeen }

// ContainerEvents returns the events about a container that are not a probe's, oldest last occurrence first.
func (r *Row) ContainerEvents(name string) []*Event {
	var events []*Event
	for _, e := range r.Events {
		if e.Container == name && e.Outcome == NoOutcome {
			events = append(events, e)
		}
	}
	return events
}

// row joins what is known about a pod and draws the conclusions.
func (j *judge) row(traffic []Traffic) *Row {
	r := &Row{Pod: j.pod, Summary: j.pod.Summary(), Node: j.node, Events: j.events, Traffic: traffic, Worst: -1, judge: *j}
	r.Probes = j.probes()
	for i := range r.Probes {
		p := &r.Probes[i]
		p.Verdict = j.verdict(p)
		var until time.Time
		p.Failures, until = j.reckon(p)
		r.due(until)
		r.due(p.Until)
	}
	r.Restarts = j.ledger()
	r.due(j.ledgerDue())
	if until, ok := j.kubeletsLate(j.now); ok {
		r.due(until)
	}
	r.judge.now = time.Time{} // a row is of no moment: it is what follows from the facts
	j.grade(r)
	return r
}

// due makes t the next moment that matters if it is the nearest.
func (r *Row) due(t time.Time) {
	if !t.IsZero() && (r.Due.IsZero() || t.Before(r.Due)) {
		r.Due = t
	}
}

// probes lists the pod's probes with the events about each.
func (j *judge) probes() []Probe {
	n := 0
	for i := range j.pod.Containers {
		for _, spec := range j.pod.Containers[i].Probes {
			if spec != nil {
				n++
			}
		}
	}
	if n == 0 {
		return nil
	}
	probes := make([]Probe, 0, n)
	kubelet := j.node.Version()
	for i := range j.pod.Containers {
		c := &j.pod.Containers[i]
		for _, typ := range ProbeTypes {
			if spec := c.Probes[typ]; spec != nil {
				probes = append(probes, Probe{Type: typ, Container: c, Spec: spec, unproven: spec.Handler == GRPC && !provesConnection(kubelet)})
			}
		}
	}
	for i := range probes {
		probes[i].Events = j.eventsOf(&probes[i])
	}
	return probes
}

// eventsOf selects the events about probe p.
func (j *judge) eventsOf(p *Probe) []*Event {
	var events []*Event
	for _, e := range j.events {
		if e.Outcome != NoOutcome && e.Probe == p.Type && e.Container == p.Container.Name {
			events = append(events, e)
		}
	}
	return events
}

// sortEvents orders events by last occurrence, then by name, which holds the first occurrence.
func sortEvents(events []*Event) {
	slices.SortFunc(events, func(a, b *Event) int {
		return cmp.Or(a.Last.Compare(b.Last), strings.Compare(a.Name, b.Name))
	})
}

// WorstOf returns the probe of that type whose state is worst, or nil when the pod has none.
func (r *Row) WorstOf(typ ProbeType) *Probe {
	var worst *Probe
	for i := range r.Probes {
		if p := &r.Probes[i]; p.Type == typ && (worst == nil || p.State < worst.State) {
			worst = p
		}
	}
	return worst
}
