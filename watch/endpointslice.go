package watch

import (
	discoveryv1 "k8s.io/api/discovery/v1"

	"github.com/probetop/probetop/model"
)

// endpointSliceFact converts an EndpointSlice, keeping the endpoints that are pods.
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
		if ref == nil || ref.Kind != "Pod" || ref.UID == "" {
			continue
		}
		e := endpointFact(string(ref.UID), &s.Endpoints[i].Conditions)
		if at, ok := index[e.Pod]; ok {
			old := &fact.Endpoints[at]
			old.Ready, old.Serving = old.Ready || e.Ready, old.Serving || e.Serving
			old.Terminating = old.Terminating || e.Terminating
			continue
		}
		index[e.Pod] = len(fact.Endpoints)
		fact.Endpoints = append(fact.Endpoints, e)
	}
	return fact
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
