package simcluster

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// The columns mirror pkg/printers/internalversion/printers.go of Kubernetes 1.37.

func podColumns() []column {
	return []column{
		nameColumn(),
		cell("Ready", func(p *corev1.Pod) any { s := printPod(p); return of(s.ready, s.total) }),
		cell("Status", func(p *corev1.Pod) any { return printPod(p).status }),
		timeCell("Restarts", func(p *corev1.Pod, now time.Time) any { return printPod(p).restartCell(now) }),
		ageColumn(),
		wide(cell("IP", func(p *corev1.Pod) any { return orNone(p.Status.PodIP) })),
		wide(cell("Node", func(p *corev1.Pod) any { return orNone(p.Spec.NodeName) })),
		wide(cell("Nominated Node", func(p *corev1.Pod) any { return orNone(p.Status.NominatedNodeName) })),
		wide(cell("Readiness Gates", func(p *corev1.Pod) any { return gates(p) })),
	}
}

func gates(p *corev1.Pod) string {
	if len(p.Spec.ReadinessGates) == 0 {
		return "<none>"
	}
	passed := 0
	for _, g := range p.Spec.ReadinessGates {
		if podCondition(p, g.ConditionType) == corev1.ConditionTrue {
			passed++
		}
	}
	return of(passed, len(p.Spec.ReadinessGates))
}

func serviceColumns() []column {
	return []column{
		nameColumn(),
		cell("Type", func(s *corev1.Service) any { return string(s.Spec.Type) }),
		cell("Cluster-IP", func(s *corev1.Service) any { return orNone(s.Spec.ClusterIP) }),
		cell("External-IP", func(s *corev1.Service) any { return orNone(strings.Join(s.Spec.ExternalIPs, ",")) }),
		cell("Port(s)", func(s *corev1.Service) any { return orNone(servicePorts(s)) }),
		ageColumn(),
		wide(cell("Selector", func(s *corev1.Service) any { return labels.FormatLabels(s.Spec.Selector) })),
	}
}

func servicePorts(s *corev1.Service) string {
	var all []string
	for _, p := range s.Spec.Ports {
		port := strconv.Itoa(int(p.Port))
		if p.NodePort > 0 {
			port += ":" + strconv.Itoa(int(p.NodePort))
		}
		all = append(all, port+"/"+string(cmp.Or(p.Protocol, corev1.ProtocolTCP)))
	}
	return strings.Join(all, ",")
}

func nodeColumns() []column {
	return []column{
		nameColumn(),
		cell("Status", func(n *corev1.Node) any { return nodeStatus(n) }),
		cell("Roles", func(n *corev1.Node) any { return orNone(nodeRoles(n)) }),
		ageColumn(),
		cell("Version", func(n *corev1.Node) any { return n.Status.NodeInfo.KubeletVersion }),
		wide(cell("Internal-IP", func(n *corev1.Node) any { return orNone(nodeAddress(n)) })),
		wide(cell("OS-Image", func(n *corev1.Node) any { return cmp.Or(n.Status.NodeInfo.OSImage, "<unknown>") })),
		wide(cell("Kernel-Version", func(n *corev1.Node) any { return cmp.Or(n.Status.NodeInfo.KernelVersion, "<unknown>") })),
		wide(cell("Container-Runtime", func(n *corev1.Node) any {
			return cmp.Or(n.Status.NodeInfo.ContainerRuntimeVersion, "<unknown>")
		})),
	}
}

func nodeStatus(n *corev1.Node) string {
	status := "Unknown"
	for _, c := range n.Status.Conditions {
		if c.Type == corev1.NodeReady {
			if status = "NotReady"; c.Status == corev1.ConditionTrue {
				status = "Ready"
			}
		}
	}
	if n.Spec.Unschedulable {
		status += ",SchedulingDisabled"
	}
	return status
}

func nodeRoles(n *corev1.Node) string {
	var roles []string
	for label := range n.Labels {
		if role, ok := strings.CutPrefix(label, "node-role.kubernetes.io/"); ok && role != "" {
			roles = append(roles, role)
		}
	}
	slices.Sort(roles)
	return strings.Join(roles, ",")
}

func nodeAddress(n *corev1.Node) string {
	for _, a := range n.Status.Addresses {
		if a.Type == corev1.NodeInternalIP {
			return a.Address
		}
	}
	return ""
}

func namespaceColumns() []column {
	return []column{nameColumn(), cell("Status", func(n *corev1.Namespace) any { return string(n.Status.Phase) }), ageColumn()}
}

func eventColumns() []column {
	return []column{
		timeCell("Last Seen", func(e *corev1.Event, now time.Time) any { _, last, _ := seen(e); return since(last, now) }),
		cell("Type", func(e *corev1.Event) any { return e.Type }),
		cell("Reason", func(e *corev1.Event) any { return e.Reason }),
		cell("Object", func(e *corev1.Event) any {
			return strings.TrimSuffix(strings.ToLower(e.InvolvedObject.Kind)+"/"+e.InvolvedObject.Name, "/")
		}),
		wide(cell("Subobject", func(e *corev1.Event) any { return e.InvolvedObject.FieldPath })),
		wide(cell("Source", func(e *corev1.Event) any { return eventSource(e) })),
		cell("Message", func(e *corev1.Event) any { return strings.TrimSpace(e.Message) }),
		wide(timeCell("First Seen", func(e *corev1.Event, now time.Time) any { first, _, _ := seen(e); return since(first, now) })),
		wide(cell("Count", func(e *corev1.Event) any { _, _, n := seen(e); return fmt.Sprint(n) })),
		wide(cell("Name", func(e *corev1.Event) any { return e.Name })),
	}
}

// seen returns when an event was first and last seen, and how often.
func seen(e *corev1.Event) (first, last time.Time, count int32) {
	first, last, count = e.FirstTimestamp.Time, e.LastTimestamp.Time, max(e.Count, 1)
	if first.IsZero() {
		first = e.EventTime.Time
	}
	if last.IsZero() {
		last = first
	}
	if e.Series != nil {
		last, count = e.Series.LastObservedTime.Time, e.Series.Count
	}
	return first, last, count
}

func eventSource(e *corev1.Event) string {
	source := cmp.Or(e.Source.Component, e.ReportingController)
	if host := cmp.Or(e.Source.Host, e.ReportingInstance); host != "" {
		source += ", " + host
	}
	return source
}

func endpointSliceColumns() []column {
	return []column{
		nameColumn(),
		cell("AddressType", func(s *discoveryv1.EndpointSlice) any { return string(s.AddressType) }),
		cell("Ports", func(s *discoveryv1.EndpointSlice) any { return few(slicePorts(s)) }),
		cell("Endpoints", func(s *discoveryv1.EndpointSlice) any {
			var all []string
			for _, e := range s.Endpoints {
				all = append(all, e.Addresses...)
			}
			return few(all)
		}),
		ageColumn(),
	}
}

func slicePorts(s *discoveryv1.EndpointSlice) []string {
	var all []string
	for _, p := range s.Ports {
		if p.Port != nil {
			all = append(all, strconv.Itoa(int(*p.Port)))
		} else {
			all = append(all, *p.Name)
		}
	}
	return all
}
