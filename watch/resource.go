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
	// is reports whether an object is one of these, and isList whether it is a list of them.
	is, isList func(runtime.Object) bool
	// fact converts an object; it returns nil for one that says nothing of interest.
	fact func(*interner, runtime.Object) model.Fact
}

// eventFields leaves out what a healthy pod's start says, which is most of what kubelets say.
const eventFields = "involvedObject.kind=Pod,source=kubelet,reason!=Pulling,reason!=Pulled,reason!=Created,reason!=Started"

// startFields are those of the events in which kubelets say that they have started.
const startFields = "involvedObject.kind=Node,source=kubelet,reason=" + reasonStarting

// are reports whether an object is of a type.
func are[T runtime.Object](o runtime.Object) bool {
	_, ok := o.(T)
	return ok
}

func pods() resource {
	return resource{
		source: model.Pods, name: "pods",
		is: are[*corev1.Pod], isList: are[*corev1.PodList],
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
		is: are[*corev1.Event], isList: are[*corev1.EventList],
		fact: func(in *interner, o runtime.Object) model.Fact {
			if e, ok := o.(*corev1.Event); ok {
				return saidBy(in, e)
			}
			return nil
		},
	}
}

// nodeEvents are the events about nodes that say that a kubelet has started. They are few, and all in one namespace.
func nodeEvents() resource {
	r := events()
	r.source, r.fields = model.NodeEvents, startFields
	return r
}

func endpointSlices() resource {
	return resource{
		source: model.EndpointSlices, name: "endpointslices", discovery: true,
		is: are[*discoveryv1.EndpointSlice], isList: are[*discoveryv1.EndpointSliceList],
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
		is: are[*corev1.Service], isList: are[*corev1.ServiceList],
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
		is: are[*corev1.Node], isList: are[*corev1.NodeList],
		fact: func(in *interner, o runtime.Object) model.Fact {
			if n, ok := o.(*corev1.Node); ok {
				return nodeFact(in, n)
			}
			return nil
		},
	}
}
