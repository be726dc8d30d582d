package simcluster

import (
	"cmp"
	"fmt"
	"strconv"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/labels"
)

// selection is what a list or watch is about.
type selection struct {
	namespace string
	labels    labels.Selector
	fields    fields.Selector
	table     fieldTable
}

// fieldTable says what a field selector may name, and what an object has there.
type fieldTable map[string]func(object) string

// newSelection returns a bad request for a field that cannot be selected by.
func newSelection(x *exchange, l labels.Selector, f fields.Selector) (selection, error) {
	if l == nil {
		l = labels.Everything()
	}
	if f == nil {
		f = fields.Everything()
	}
	sel := selection{namespace: x.Namespace, labels: l, fields: f, table: x.resource.fields}
	for _, r := range f.Requirements() {
		if r.Field == "metadata.name" || r.Field == "metadata.namespace" && !x.resource.clusterScoped {
			continue
		}
		if _, known := sel.table[r.Field]; !known {
			return sel, apierrors.NewBadRequest("field label not supported: " + r.Field)
		}
	}
	if x.Name != "" { // a watch of one object
		sel.fields = fields.AndSelectors(f, fields.OneTermEqualSelector("metadata.name", x.Name))
	}
	return sel, nil
}

// everything reports whether nothing but a namespace is selected.
func (s *selection) everything() bool { return s.labels.Empty() && s.fields.Empty() }

func (s *selection) matches(o object) bool {
	return o != nil && (s.namespace == "" || s.namespace == o.GetNamespace()) &&
		(s.labels.Empty() || s.labels.Matches(labels.Set(o.GetLabels()))) &&
		(s.fields.Empty() || s.fields.Matches(fieldsOf{o, s.table}))
}

// fieldsOf is an object seen by a field selector. It implements fields.Fields.
type fieldsOf struct {
	object object
	table  fieldTable
}

// Has implements fields.Fields.
func (f fieldsOf) Has(string) bool { return true }

// Get implements fields.Fields.
func (f fieldsOf) Get(field string) string {
	switch field {
	case "metadata.name":
		return f.object.GetName()
	case "metadata.namespace":
		return f.object.GetNamespace()
	}
	return f.table[field](f.object)
}

// field reads a field of objects of one type.
func field[T object](read func(T) string) func(object) string {
	return func(o object) string { return read(o.(T)) }
}

// The tables mirror pkg/apis/core/v1/conversion.go and the registries' strategies of Kubernetes 1.37.

func podFields() fieldTable {
	return fieldTable{
		"spec.nodeName":            field(func(p *corev1.Pod) string { return p.Spec.NodeName }),
		"spec.restartPolicy":       field(func(p *corev1.Pod) string { return string(p.Spec.RestartPolicy) }),
		"spec.schedulerName":       field(func(p *corev1.Pod) string { return p.Spec.SchedulerName }),
		"spec.serviceAccountName":  field(func(p *corev1.Pod) string { return p.Spec.ServiceAccountName }),
		"spec.hostNetwork":         field(func(p *corev1.Pod) string { return strconv.FormatBool(p.Spec.HostNetwork) }),
		"status.phase":             field(func(p *corev1.Pod) string { return string(p.Status.Phase) }),
		"status.podIP":             field(func(p *corev1.Pod) string { return p.Status.PodIP }),
		"status.nominatedNodeName": field(func(p *corev1.Pod) string { return p.Status.NominatedNodeName }),
	}
}

func eventFields() fieldTable {
	about := func(read func(corev1.ObjectReference) string) func(object) string {
		return field(func(e *corev1.Event) string { return read(e.InvolvedObject) })
	}
	return fieldTable{
		"involvedObject.kind":            about(func(r corev1.ObjectReference) string { return r.Kind }),
		"involvedObject.namespace":       about(func(r corev1.ObjectReference) string { return r.Namespace }),
		"involvedObject.name":            about(func(r corev1.ObjectReference) string { return r.Name }),
		"involvedObject.uid":             about(func(r corev1.ObjectReference) string { return string(r.UID) }),
		"involvedObject.apiVersion":      about(func(r corev1.ObjectReference) string { return r.APIVersion }),
		"involvedObject.resourceVersion": about(func(r corev1.ObjectReference) string { return r.ResourceVersion }),
		"involvedObject.fieldPath":       about(func(r corev1.ObjectReference) string { return r.FieldPath }),
		"reason":                         field(func(e *corev1.Event) string { return e.Reason }),
		"reportingComponent":             field(func(e *corev1.Event) string { return e.ReportingController }),
		"source":                         field(func(e *corev1.Event) string { return cmp.Or(e.Source.Component, e.ReportingController) }),
		"type":                           field(func(e *corev1.Event) string { return e.Type }),
	}
}

func serviceFields() fieldTable {
	return fieldTable{
		"spec.clusterIP": field(func(s *corev1.Service) string { return s.Spec.ClusterIP }),
		"spec.type":      field(func(s *corev1.Service) string { return string(s.Spec.Type) }),
	}
}

func nodeFields() fieldTable {
	return fieldTable{
		"spec.unschedulable": field(func(n *corev1.Node) string { return fmt.Sprint(n.Spec.Unschedulable) }),
	}
}

func namespaceFields() fieldTable {
	return fieldTable{
		"status.phase": field(func(n *corev1.Namespace) string { return string(n.Status.Phase) }),
	}
}
