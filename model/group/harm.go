package group

import (
	"cmp"

	"github.com/probetop/probetop/model"
)

// Harm is how many of the endpoints of a Service are ready, of those that are pods in view.
type Harm struct {
	Namespace, Name string
	Ready, Of       int
	// PublishNotReady is set for a Service that sends traffic to pods that are not ready.
	PublishNotReady bool
}

// Dead reports whether no endpoint of the Service takes traffic.
func (h Harm) Dead() bool { return h.Of > 0 && h.Ready == 0 && !h.PublishNotReady }

// Hurt reports whether an endpoint of the Service takes no traffic.
func (h Harm) Hurt() bool { return h.Ready < h.Of && !h.PublishNotReady }

// compare orders Services, the worst hurt first.
func (h Harm) compare(o Harm) int {
	rank := func(h Harm) int {
		switch {
		case h.Dead():
			return 0
		case h.Hurt():
			return 1
		}
		return 2
	}
	return cmp.Or(cmp.Compare(rank(h), rank(o)), cmp.Compare(h.Ready, o.Ready), cmp.Compare(h.Namespace, o.Namespace), cmp.Compare(h.Name, o.Name))
}

// Dead counts the Services of which no endpoint takes traffic.
func (i *Incident) Dead() int {
	n := 0
	for _, h := range i.Services {
		if h.Dead() {
			n++
		}
	}
	return n
}

// maxServices bounds the Services of an incident.
const maxServices = 32

// service names a Service.
type service struct{ namespace, name string }

// surround counts, in one pass over the rows, the pods that could fail like those of the incidents, collects those of them that are
// well, and counts the endpoints of the Services that select the pods.
func surround(incidents []*Incident, rows []*model.Row) {
	byWorkload, byNode := map[workload][]*Incident{}, map[string][]*Incident{}
	harms := map[service]*Harm{}
	for _, i := range incidents {
		if i.ID.Node != "" {
			byNode[i.ID.Node] = append(byNode[i.ID.Node], i)
		}
		for _, w := range i.workloads {
			if w.kind != "" {
				byWorkload[w] = append(byWorkload[w], i)
			}
		}
		for s := range i.selectedBy() {
			harms[s] = &Harm{Namespace: s.namespace, Name: s.name}
		}
	}
	for _, r := range rows {
		count(harms, r)
		if r.Severity == model.Finished || r.Severity == model.Terminating {
			continue
		}
		for _, i := range byWorkload[workloadOf(r.Pod)] {
			i.meet(r)
		}
		for _, i := range byNode[r.Pod.Node] {
			i.Of++
		}
	}
	for _, i := range incidents {
		for s := range i.selectedBy() {
			if h := harms[s]; h.Of > 0 && len(i.Services) < maxServices {
				i.Services = append(i.Services, *h)
			}
		}
	}
}

// meet takes a pod of one of the workloads.
func (i *Incident) meet(r *model.Row) {
	if i.ID.Node == "" {
		i.Of++
	}
	if r.Severity == model.Healthy || r.Severity == model.Unprobed {
		i.peers = append(i.peers, r)
	}
}

// selectedBy returns the Services that select the pods, or have endpoints for them.
func (i *Incident) selectedBy() map[service]bool {
	set := map[service]bool{}
	for _, r := range i.Rows {
		for _, s := range r.Services {
			set[service{s.Namespace, s.Name}] = true
		}
		for k := range r.Traffic {
			set[service{r.Pod.Namespace, r.Traffic[k].Service}] = true
		}
	}
	return set
}

// count adds the endpoints of a pod to those of the Services.
func count(harms map[service]*Harm, r *model.Row) {
	for k := range r.Traffic {
		t := &r.Traffic[k]
		h := harms[service{r.Pod.Namespace, t.Service}]
		if h == nil {
			continue
		}
		h.Of++
		h.PublishNotReady = h.PublishNotReady || t.PublishNotReady
		if t.Ready {
			h.Ready++
		}
	}
}
