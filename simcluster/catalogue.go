package simcluster

import (
	"fmt"

	appsv1 "k8s.io/api/apps/v1"
	authorizationv1 "k8s.io/api/authorization/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// object is what the store holds. One that is in the store is never changed.
type object interface {
	runtime.Object
	metav1.Object
}

// resource is a kind of object that is served: how URLs, discovery and kubectl name it, how it is selected, and
// how it is printed.
type resource struct {
	schema.GroupVersionResource
	kind, singular string
	shortNames     []string
	clusterScoped  bool
	// all says whether kubectl's "all" means it as well.
	all bool
	// writable says whether its status can be patched.
	writable bool
	// fields are the labels that a field selector may name besides metadata.name and metadata.namespace.
	fields  fieldTable
	columns []column
}

func (r *resource) gvk() schema.GroupVersionKind { return r.GroupVersion().WithKind(r.kind) }

// catalogue is all that is served. It is immutable.
type catalogue struct {
	scheme    *runtime.Scheme
	resources []*resource
	byKind    map[schema.GroupVersionKind]*resource
}

func newCatalogue() (*catalogue, error) {
	c := &catalogue{scheme: runtime.NewScheme(), byKind: map[schema.GroupVersionKind]*resource{}}
	metav1.AddToGroupVersion(c.scheme, schema.GroupVersion{Version: "v1"})
	for _, add := range []func(*runtime.Scheme) error{
		corev1.AddToScheme, discoveryv1.AddToScheme, appsv1.AddToScheme, batchv1.AddToScheme, authorizationv1.AddToScheme,
	} {
		if err := add(c.scheme); err != nil {
			return nil, fmt.Errorf("registering an API group: %w", err)
		}
	}
	c.resources = append(coreResources(), workloadResources()...)
	for _, r := range c.resources {
		c.byKind[r.gvk()] = r
	}
	return c, nil
}

func coreResources() []*resource {
	core := corev1.SchemeGroupVersion
	return []*resource{
		{
			GroupVersionResource: core.WithResource("pods"), kind: "Pod", singular: "pod", shortNames: []string{"po"},
			all: true, writable: true, fields: podFields(), columns: podColumns(),
		},
		{
			GroupVersionResource: core.WithResource("services"), kind: "Service", singular: "service",
			shortNames: []string{"svc"}, all: true, fields: serviceFields(), columns: serviceColumns(),
		},
		{
			GroupVersionResource: core.WithResource("nodes"), kind: "Node", singular: "node", shortNames: []string{"no"},
			clusterScoped: true, fields: nodeFields(), columns: nodeColumns(),
		},
		{
			GroupVersionResource: core.WithResource("namespaces"), kind: "Namespace", singular: "namespace",
			shortNames: []string{"ns"}, clusterScoped: true, fields: namespaceFields(), columns: namespaceColumns(),
		},
		{
			GroupVersionResource: core.WithResource("events"), kind: "Event", singular: "event", shortNames: []string{"ev"},
			fields: eventFields(), columns: eventColumns(),
		},
		{
			GroupVersionResource: discoveryv1.SchemeGroupVersion.WithResource("endpointslices"), kind: "EndpointSlice",
			singular: "endpointslice", columns: endpointSliceColumns(),
		},
	}
}

func workloadResources() []*resource {
	apps := appsv1.SchemeGroupVersion
	return []*resource{
		{
			GroupVersionResource: apps.WithResource("deployments"), kind: "Deployment", singular: "deployment",
			shortNames: []string{"deploy"}, all: true, columns: deploymentColumns(),
		},
		{
			GroupVersionResource: apps.WithResource("replicasets"), kind: "ReplicaSet", singular: "replicaset",
			shortNames: []string{"rs"}, all: true, columns: replicaSetColumns(),
		},
		{
			GroupVersionResource: apps.WithResource("statefulsets"), kind: "StatefulSet", singular: "statefulset",
			shortNames: []string{"sts"}, all: true, columns: statefulSetColumns(),
		},
		{
			GroupVersionResource: apps.WithResource("daemonsets"), kind: "DaemonSet", singular: "daemonset",
			shortNames: []string{"ds"}, all: true, columns: daemonSetColumns(),
		},
		{
			GroupVersionResource: batchv1.SchemeGroupVersion.WithResource("jobs"), kind: "Job", singular: "job",
			all: true, columns: jobColumns(),
		},
	}
}

// resource returns nil for one that is not served.
func (c *catalogue) resource(gvr schema.GroupVersionResource) *resource {
	for _, r := range c.resources {
		if r.GroupVersionResource == gvr {
			return r
		}
	}
	return nil
}

// list returns an empty list of a resource's objects.
func (c *catalogue) list(r *resource) (runtime.Object, error) {
	kind := r.GroupVersion().WithKind(r.kind + "List")
	list, err := c.scheme.New(kind)
	if err != nil {
		return nil, fmt.Errorf("making a list of %s: %w", r.Resource, err)
	}
	list.GetObjectKind().SetGroupVersionKind(kind)
	return list, nil
}

// bookmark returns an object with nothing in it but a resource version.
func (c *catalogue) bookmark(r *resource) (object, error) {
	o, err := c.scheme.New(r.gvk())
	if err != nil {
		return nil, fmt.Errorf("making a bookmark of %s: %w", r.Resource, err)
	}
	o.GetObjectKind().SetGroupVersionKind(r.gvk())
	return o.(object), nil
}

// entry copies an object and says of what resource it is.
func (c *catalogue) entry(o runtime.Object) (entry, error) {
	kinds, _, err := c.scheme.ObjectKinds(o)
	if err != nil {
		return entry{}, fmt.Errorf("reading an object: %w", err)
	}
	res := c.byKind[kinds[0]]
	own, ok := o.DeepCopyObject().(object)
	if res == nil || !ok {
		return entry{}, fmt.Errorf("reading an object: %s is not served", kinds[0].Kind)
	}
	switch {
	case own.GetName() == "":
		return entry{}, fmt.Errorf("reading an object: %s has no name", res.kind)
	case res.clusterScoped:
		own.SetNamespace("")
	case own.GetNamespace() == "":
		own.SetNamespace(metav1.NamespaceDefault)
	}
	own.GetObjectKind().SetGroupVersionKind(res.gvk())
	if s, ok := own.(*discoveryv1.EndpointSlice); ok {
		defaultPorts(s)
	}
	return entry{res, own}, nil
}

// defaultPorts fills in what the API server does and kubectl describe relies on.
func defaultPorts(s *discoveryv1.EndpointSlice) {
	for i := range s.Ports {
		if s.Ports[i].Name == nil {
			s.Ports[i].Name = new("")
		}
		if s.Ports[i].Protocol == nil {
			s.Ports[i].Protocol = new(corev1.ProtocolTCP)
		}
	}
}
