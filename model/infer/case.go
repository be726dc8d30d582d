package infer

import (
	"time"

	"github.com/probetop/probetop/model/fact"
)

// Case is one pod: the facts about it joined, and what follows from them about its containers.
type Case struct {
	Pod *fact.Pod
	// Node is the pod's node; nil when it is not bound, or nodes are not read.
	Node *fact.Node
	// Probes holds every probe of the pod, container by container in spec order.
	Probes []Probe
	// Events are the events about the pod, oldest last occurrence first.
	Events []*fact.Event
	// Traffic has an entry for each Service that has an endpoint for the pod, by name.
	Traffic []fact.Traffic
	// Services are the Services whose selector the pod matches, by name.
	Services []*fact.Service
	// SlicesSeen and ServicesSeen are set when a missing endpoint, or Service, means something.
	SlicesSeen, ServicesSeen bool
	// Restarts are the restarts of the pod's containers that are known, newest first.
	Restarts []Restart
	// Facts drew the conclusions, and forecasts from the same facts.
	Facts Facts
}

// Conclude draws the conclusions about the probes and the restarts of a pod. The second result is when the first of them changes
// by time alone; zero for never.
func (j *Facts) Conclude() (Case, time.Time) {
	c := Case{Pod: j.Pod, Node: j.Node, Events: j.Events, Probes: j.probes(), Facts: *j}
	next := Soonest{}
	for i := range c.Probes {
		p := &c.Probes[i]
		p.Verdict = j.verdict(p)
		var until time.Time
		p.Failures, until = j.reckon(p)
		next.Add(until)
		next.Add(p.Until)
	}
	c.Restarts = j.ledger()
	next.Add(j.ledgerDue())
	if until, ok := j.kubeletsLate(j.Now); ok {
		next.Add(until)
	}
	c.Facts.Now = time.Time{} // a case is what follows from the facts; when it is looked at is for its methods to be told
	return c, next.At
}

// Soonest is the first of some moments; zero for none.
type Soonest struct{ At time.Time }

// Add takes in one more moment; zero is none.
func (s *Soonest) Add(t time.Time) {
	if !t.IsZero() && (s.At.IsZero() || t.Before(s.At)) {
		s.At = t
	}
}

// TrafficKnown reports whether a Service of which the case knows no endpoint sends no traffic to the pod.
func (c *Case) TrafficKnown() bool { return c.SlicesSeen && c.ServicesSeen }

// ContainerEvents returns the events about a container that are not a probe's, oldest last occurrence first.
func (c *Case) ContainerEvents(name string) []*fact.Event {
	var events []*fact.Event
	for _, e := range c.Events {
		if e.Container == name && e.Outcome == fact.NoOutcome {
			events = append(events, e)
		}
	}
	return events
}

// WorstOf returns the probe of that type whose state is worst, or nil when the pod has none.
func (c *Case) WorstOf(typ fact.ProbeType) *Probe {
	var worst *Probe
	for i := range c.Probes {
		if p := &c.Probes[i]; p.Type == typ && (worst == nil || p.State < worst.State) {
			worst = p
		}
	}
	return worst
}

// probes lists the pod's probes with the events about each.
func (j *Facts) probes() []Probe {
	n := 0
	for i := range j.Pod.Containers {
		for _, spec := range j.Pod.Containers[i].Probes {
			if spec != nil {
				n++
			}
		}
	}
	if n == 0 {
		return nil
	}
	probes := make([]Probe, 0, n)
	kubelet := j.Node.Version()
	for i := range j.Pod.Containers {
		c := &j.Pod.Containers[i]
		for _, typ := range fact.ProbeTypes {
			if spec := c.Probes[typ]; spec != nil {
				probes = append(probes, Probe{Type: typ, Container: c, Spec: spec, unproven: spec.Handler == fact.GRPC && !fact.ProvesConnection(kubelet)})
			}
		}
	}
	for i := range probes {
		probes[i].Events = j.eventsOf(&probes[i])
	}
	return probes
}

// eventsOf selects the events about probe p.
func (j *Facts) eventsOf(p *Probe) []*fact.Event {
	var events []*fact.Event
	for _, e := range j.Events {
		if e.Outcome != fact.NoOutcome && e.Probe == p.Type && e.Container == p.Container.Name {
			events = append(events, e)
		}
	}
	return events
}

// ProbeOf returns the probe of that type of the container of that name; nil when there is none.
func (c *Case) ProbeOf(container string, typ fact.ProbeType) *Probe {
	for i := range c.Probes {
		if p := &c.Probes[i]; p.Container.Name == container && p.Type == typ {
			return p
		}
	}
	return nil
}
