package recording

import (
	"bytes"
	"strings"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

// Trim returns a new object with what a recording holds of o: what the program reads, and what a reader of an
// incident wants. Texts are masked; values of HTTP probe headers are kept only if keepHeaders is set, masked. The argument
// is not changed, but the result shares memory with it. It is nil for a type that is not recorded.
func Trim(o runtime.Object, keepHeaders bool) runtime.Object {
	return trimmer{headers: keepHeaders}.object(o)
}

// object trims an object.
func (t trimmer) object(o runtime.Object) runtime.Object {
	switch o := o.(type) {
	case *corev1.Pod:
		return t.pod(o)
	case *corev1.Event:
		return t.event(o)
	case *discoveryv1.EndpointSlice:
		return trimEndpointSlice(o)
	case *corev1.Service:
		return trimService(o)
	case *corev1.Node:
		return t.node(o)
	}
	return nil
}

// trimMeta keeps the identity, the labels and the owners of an object.
func trimMeta(m *metav1.ObjectMeta) metav1.ObjectMeta {
	return metav1.ObjectMeta{
		Name: m.Name, Namespace: m.Namespace, UID: m.UID, ResourceVersion: m.ResourceVersion, Generation: m.Generation,
		CreationTimestamp:          m.CreationTimestamp,
		DeletionTimestamp:          m.DeletionTimestamp,
		DeletionGracePeriodSeconds: m.DeletionGracePeriodSeconds,
		Labels:                     m.Labels,
		Annotations:                trimAnnotations(m.Annotations),
		OwnerReferences:            m.OwnerReferences,
		Finalizers:                 m.Finalizers,
	}
}

// trimWritten keeps, beside that, when an event was written, and not what by whom.
func trimWritten(m *metav1.ObjectMeta) metav1.ObjectMeta {
	out := trimMeta(m)
	for i := range m.ManagedFields {
		if w := &m.ManagedFields[i]; SaysOccurred(w) {
			out.ManagedFields = append(out.ManagedFields, metav1.ManagedFieldsEntry{Time: w.Time})
		}
	}
	return out
}

// SaysOccurred reports whether a write of an event says that it occurred, and did not, say, label it later. So does one of which
// it is not known who wrote it, as in a recording.
func SaysOccurred(w *metav1.ManagedFieldsEntry) bool {
	if w.FieldsV1 == nil {
		return true
	}
	what := w.FieldsV1.GetRawBytes()
	return len(what) == 0 || bytes.Contains(what, []byte(`"f:count"`)) || bytes.Contains(what, []byte(`"f:series"`))
}

// acceptPrefix is how annotations begin that accept a finding of lint.
const acceptPrefix = "lint.probetop/"

// trimAnnotations keeps the annotations that something is read from.
func trimAnnotations(all map[string]string) (kept map[string]string) {
	keep := func(name, value string) {
		if kept == nil {
			kept = map[string]string{}
		}
		kept[name] = value
	}
	for _, name := range [...]string{
		corev1.MirrorPodAnnotationKey, corev1.EndpointsLastChangeTriggerTime, "deployment.kubernetes.io/revision",
	} {
		if value, ok := all[name]; ok {
			keep(name, value)
		}
	}
	for name, value := range all {
		if strings.HasPrefix(name, acceptPrefix) {
			keep(name, value)
		}
	}
	for _, name := range [...]string{ // the proxy of a mesh
		"sidecar.istio.io/status", "linkerd.io/proxy-version", "consul.hashicorp.com/connect-inject-status", "kuma.io/sidecar-injected",
	} {
		if value, ok := all[name]; ok {
			keep(name, meshValue(value))
		}
	}
	return kept
}

// meshValue keeps of what an injector has left that it has: a word, and nothing of a longer report.
func meshValue(value string) string {
	if len(value) > len("injected") {
		return ""
	}
	return value
}

func (t trimmer) event(e *corev1.Event) *corev1.Event {
	return &corev1.Event{
		ObjectMeta:     trimWritten(&e.ObjectMeta),
		InvolvedObject: e.InvolvedObject,
		Reason:         t.policy.Text(e.Reason), Message: t.policy.Text(e.Message), Source: e.Source,
		FirstTimestamp: e.FirstTimestamp, LastTimestamp: e.LastTimestamp, Count: e.Count,
		Type: e.Type, EventTime: e.EventTime, Series: e.Series, Action: t.policy.Text(e.Action), Related: e.Related,
		ReportingController: e.ReportingController, ReportingInstance: e.ReportingInstance,
	}
}

func trimEndpointSlice(s *discoveryv1.EndpointSlice) *discoveryv1.EndpointSlice {
	out := &discoveryv1.EndpointSlice{
		ObjectMeta:  trimMeta(&s.ObjectMeta),
		AddressType: s.AddressType, Ports: s.Ports,
		Endpoints: make([]discoveryv1.Endpoint, len(s.Endpoints)),
	}
	for i := range s.Endpoints {
		e := &s.Endpoints[i]
		out.Endpoints[i] = discoveryv1.Endpoint{
			Addresses: e.Addresses, Conditions: e.Conditions, TargetRef: e.TargetRef, NodeName: e.NodeName, Zone: e.Zone,
		}
	}
	return out
}

func trimService(s *corev1.Service) *corev1.Service {
	return &corev1.Service{
		ObjectMeta: trimMeta(&s.ObjectMeta),
		Spec: corev1.ServiceSpec{
			Type: s.Spec.Type, Selector: s.Spec.Selector, Ports: s.Spec.Ports, ClusterIP: s.Spec.ClusterIP,
			PublishNotReadyAddresses: s.Spec.PublishNotReadyAddresses,
		},
	}
}

// LabelVirtual is the label by which virtual kubelets name themselves: its value is virtual-kubelet.
const LabelVirtual = "type"

func (t trimmer) node(n *corev1.Node) *corev1.Node {
	out := &corev1.Node{ObjectMeta: trimMeta(&n.ObjectMeta)}
	out.Labels, out.Annotations = nil, nil
	for _, name := range [...]string{
		corev1.LabelTopologyZone, corev1.LabelTopologyRegion, corev1.LabelFailureDomainBetaZone, corev1.LabelFailureDomainBetaRegion,
		LabelVirtual,
	} {
		if value, ok := n.Labels[name]; ok {
			metav1.SetMetaDataLabel(&out.ObjectMeta, name, value)
		}
	}
	out.Spec.Unschedulable = n.Spec.Unschedulable
	info := &n.Status.NodeInfo
	out.Status.NodeInfo = corev1.NodeSystemInfo{
		KubeletVersion: info.KubeletVersion, ContainerRuntimeVersion: info.ContainerRuntimeVersion,
		KernelVersion: info.KernelVersion, OSImage: info.OSImage, OperatingSystem: info.OperatingSystem, Architecture: info.Architecture,
	}
	for i := range n.Status.Conditions {
		c := n.Status.Conditions[i]
		c.Reason, c.Message = t.policy.Text(c.Reason), t.policy.Text(c.Message)
		out.Status.Conditions = append(out.Status.Conditions, c)
	}
	return out
}
