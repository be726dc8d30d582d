package watch

import (
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/probetop/probetop/model"
)

// resource is a kind of object that is read: where it is found, and what becomes of it.
type resource struct {
	source model.SourceKind
	// name is the resource's in URLs; its group is core/v1, or discovery/v1.
	name      string
	discovery bool
	// fields is a field selector that every request has.
	fields string
	// list returns an empty list of the objects.
	list func() runtime.Object
	// fact converts an object; it returns nil for one that says nothing of interest.
	fact func(*interner, runtime.Object) model.Fact
}

// eventFields leaves out what a healthy pod's start says, which is most of what kubelets say.
const eventFields = "involvedObject.kind=Pod,source=kubelet,reason!=Pulling,reason!=Pulled,reason!=Created,reason!=Started"

func pods() resource {
	return resource{
		source: model.Pods, name: "pods",
		list: func() runtime.Object { return &corev1.PodList{} },
		fact: func(in *interner, o runtime.Object) model.Fact {
			if p, ok := o.(*corev1.Pod); ok {
				return podFact(in, p)
			}
			return nil
		},
	}
}

func events() resource {
	return resource{
		source: model.Events, name: "events", fields: eventFields,
		list: func() runtime.Object { return &corev1.EventList{} },
		fact: func(in *interner, o runtime.Object) model.Fact {
			if e, ok := o.(*corev1.Event); ok && telling(e.Reason) {
				return eventFact(in, e)
			}
			return nil
		},
	}
}

func endpointSlices() resource {
	return resource{
		source: model.EndpointSlices, name: "endpointslices", discovery: true,
		list: func() runtime.Object { return &discoveryv1.EndpointSliceList{} },
		fact: func(in *interner, o runtime.Object) model.Fact {
			if s, ok := o.(*discoveryv1.EndpointSlice); ok {
				return endpointSliceFact(in, s)
			}
			return nil
		},
	}
}

func services() resource {
	return resource{
		source: model.Services, name: "services",
		list: func() runtime.Object { return &corev1.ServiceList{} },
		fact: func(in *interner, o runtime.Object) model.Fact {
			if s, ok := o.(*corev1.Service); ok {
				return serviceFact(in, s)
			}
			return nil
		},
	}
}

func nodes() resource {
	return resource{
		source: model.Nodes, name: "nodes",
		list: func() runtime.Object { return &corev1.NodeList{} },
		fact: func(in *interner, o runtime.Object) model.Fact {
			if n, ok := o.(*corev1.Node); ok {
				return nodeFact(in, n)
			}
			return nil
		},
	}
}
