package watch

import (
	"net/netip"

	discoveryv1 "k8s.io/api/discovery/v1"

	"github.com/probetop/probetop/model"
)

// endpointSliceFact converts an EndpointSlice, keeping the endpoints that are pods, or may be.
func endpointSliceFact(in *interner, s *discoveryv1.EndpointSlice) *model.EndpointSlice {
	fact := &model.EndpointSlice{
		Namespace: in.string(s.Namespace),
		Name:      s.Name,
		Service:   in.string(s.Labels[discoveryv1.LabelServiceName]),
		Endpoints: make([]model.Endpoint, 0, len(s.Endpoints)),
	}
	index := make(map[model.UID]int, len(s.Endpoints))
	for i := range s.Endpoints {
		ref := s.Endpoints[i].TargetRef
		if ref == nil || ref.UID == "" {
			if e, ok := looseFact(s, &s.Endpoints[i]); ok {
				fact.Loose = append(fact.Loose, e)
			}
			continue
		}
		if ref.Kind != "Pod" {
			continue
		}
		e := endpointFact(string(ref.UID), &s.Endpoints[i].Conditions)
		if at, ok := index[e.Pod]; ok {
			fact.Endpoints[at] = fact.Endpoints[at].Merge(e)
			continue
		}
		index[e.Pod] = len(fact.Endpoints)
		fact.Endpoints = append(fact.Endpoints, e)
	}
	return fact
}

// looseFact converts an endpoint that does not give the UID of its pod. It reports false for one that is no pod of the
// slice's namespace, and in a slice that is no Service's.
func looseFact(s *discoveryv1.EndpointSlice, e *discoveryv1.Endpoint) (model.LooseEndpoint, bool) {
	fact := model.LooseEndpoint{Endpoint: endpointFact("", &e.Conditions)}
	ref := e.TargetRef
	switch {
	case s.Labels[discoveryv1.LabelServiceName] == "":
		return fact, false
	case ref != nil:
		fact.Name = ref.Name
		return fact, ref.Kind == "Pod" && ref.Name != "" && (ref.Namespace == "" || ref.Namespace == s.Namespace)
	case len(e.Addresses) == 0:
		return fact, false
	}
	address, err := netip.ParseAddr(e.Addresses[0]) // the first is the one that counts
	fact.Address = address.String()
	return fact, err == nil
}

// endpointFact reads the conditions of an endpoint as the comments of discovery/v1 EndpointConditions say.
func endpointFact(pod model.UID, c *discoveryv1.EndpointConditions) model.Endpoint {
	return model.Endpoint{
		Pod:         pod,
		Ready:       c.Ready == nil || *c.Ready,
		Serving:     c.Serving == nil || *c.Serving,
		Terminating: c.Terminating != nil && *c.Terminating,
	}
}
