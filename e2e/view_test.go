package e2e

import (
	"cmp"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	"k8s.io/kubectl/pkg/describe"
)

// podView is all that a report must say about a pod in the API server's own words. It is made from a report and from the
// API, and the two are compared.
type podView struct {
	Namespace, Name, UID, Node, Phase, Status string
	Workload                                  string // of a Deployment's pod; others are not compared
	Ready, Deleting                           bool
	Conditions                                map[string]conditionView
	Gates                                     map[string]gateView
	Containers                                map[string]containerView
	Traffic                                   map[string]endpointView // by Service
}

type conditionView struct {
	Status, Reason, Message string
	Since                   time.Time
}

type gateView struct {
	Status string // Missing if there is no condition
	Since  time.Time
}

type containerView struct {
	Kind, State, Reason string
	Started             *bool
	Ready               bool
	Restarts            int32
	Probes              map[string]probeView // by type
	Events              []reportedEvent      // Killing and BackOff
}

type probeView struct {
	Handler, Summary string
	Events           []reportedEvent
}

type endpointView struct {
	Ready, Serving, Terminating bool
}

// viewOfReport is what a report says about a pod.
func viewOfReport(p reportedPod) podView {
	v := podView{
		Namespace: p.Namespace, Name: p.Name, UID: p.UID, Node: p.Node, Phase: p.Phase, Status: p.Status,
		Ready: p.Ready, Deleting: p.Deleting,
		Conditions: map[string]conditionView{}, Gates: map[string]gateView{},
		Containers: map[string]containerView{}, Traffic: map[string]endpointView{},
	}
	if strings.HasPrefix(p.Workload, "Deployment/") {
		v.Workload = p.Workload
	}
	for _, c := range p.Conditions {
		v.Conditions[c.Type] = conditionView{c.Status, c.Reason, c.Message, c.Since}
	}
	for _, g := range p.Gates {
		v.Gates[g.Type] = gateView{g.Status, g.Since}
		if g.Status == "Missing" {
			v.Gates[g.Type] = gateView{Status: g.Status} // since when is a conclusion
		}
	}
	for _, c := range p.Containers {
		v.Containers[c.Name] = viewOfReportedContainer(c)
	}
	for _, tr := range p.Traffic {
		v.Traffic[tr.Service] = endpointView{tr.Ready, tr.Serving, tr.Terminating}
	}
	return v
}

func viewOfReportedContainer(c reportedContainer) containerView {
	v := containerView{
		Kind: c.Kind, State: c.State, Reason: c.Reason, Started: c.Started, Ready: c.Ready, Restarts: c.Restarts,
		Probes: map[string]probeView{},
	}
	for _, p := range c.Probes {
		v.Probes[p.Type] = probeView{p.Handler, p.Summary, sortEvents(p.Events)}
	}
	for _, e := range c.Events {
		if e.Reason == "Killing" || e.Reason == "BackOff" {
			v.Events = append(v.Events, e)
		}
	}
	v.Events = sortEvents(v.Events)
	return v
}

// viewOfAPI is what the API server says about a pod.
func viewOfAPI(pod *corev1.Pod, status string, events []corev1.Event, slices []discoveryv1.EndpointSlice) podView {
	v := podView{
		Namespace: pod.Namespace, Name: pod.Name, UID: string(pod.UID), Node: pod.Spec.NodeName,
		Phase: string(pod.Status.Phase), Status: status, Workload: deploymentOf(pod), Deleting: pod.DeletionTimestamp != nil,
		Conditions: map[string]conditionView{}, Gates: map[string]gateView{},
		Containers: map[string]containerView{}, Traffic: trafficOf(pod, slices),
	}
	for _, c := range pod.Status.Conditions {
		v.Conditions[string(c.Type)] = conditionView{string(c.Status), c.Reason, c.Message, c.LastTransitionTime.Time}
	}
	v.Ready = v.Conditions[string(corev1.PodReady)].Status == "True"
	for _, g := range pod.Spec.ReadinessGates {
		if c, ok := v.Conditions[string(g.ConditionType)]; ok {
			v.Gates[string(g.ConditionType)] = gateView{c.Status, c.Since}
		} else {
			v.Gates[string(g.ConditionType)] = gateView{Status: "Missing"}
		}
	}
	for _, c := range pod.Spec.InitContainers {
		kind := "init"
		if c.RestartPolicy != nil && *c.RestartPolicy == corev1.ContainerRestartPolicyAlways {
			kind = "sidecar"
		}
		path := "spec.initContainers{" + c.Name + "}"
		v.Containers[c.Name] = viewOfContainer(kind, c, pod.Status.InitContainerStatuses, eventsAt(pod, path, events))
	}
	for _, c := range pod.Spec.Containers {
		path := "spec.containers{" + c.Name + "}"
		v.Containers[c.Name] = viewOfContainer("main", c, pod.Status.ContainerStatuses, eventsAt(pod, path, events))
	}
	return v
}

func viewOfContainer(kind string, c corev1.Container, statuses []corev1.ContainerStatus, events []corev1.Event) containerView {
	v := containerView{Kind: kind, State: "waiting", Probes: map[string]probeView{}}
	if i := slices.IndexFunc(statuses, func(s corev1.ContainerStatus) bool { return s.Name == c.Name }); i >= 0 {
		s := statuses[i]
		v.Started, v.Ready, v.Restarts = s.Started, s.Ready, s.RestartCount
		switch {
		case s.State.Running != nil:
			v.State = "running"
		case s.State.Terminated != nil:
			v.State, v.Reason = "terminated", s.State.Terminated.Reason
		case s.State.Waiting != nil:
			v.Reason = s.State.Waiting.Reason
		}
	}
	for kind, probe := range map[string]*corev1.Probe{"startup": c.StartupProbe, "readiness": c.ReadinessProbe, "liveness": c.LivenessProbe} {
		if probe != nil {
			v.Probes[kind] = probeView{handlerOf(probe), describe.DescribeProbe(probe), probeEvents(kind, events)}
		}
	}
	for _, e := range events {
		if e.Reason == "Killing" || e.Reason == "BackOff" {
			v.Events = append(v.Events, viewOfEvent(e, "", e.Message))
		}
	}
	v.Events = sortEvents(v.Events)
	return v
}

func handlerOf(probe *corev1.Probe) string {
	switch {
	case probe.Exec != nil:
		return "exec"
	case probe.HTTPGet != nil:
		return "http"
	case probe.TCPSocket != nil:
		return "tcp"
	default:
		return "grpc"
	}
}

// deploymentOf names the Deployment of a pod, whose ReplicaSet is called after it and the pod's template hash.
func deploymentOf(pod *corev1.Pod) string {
	for _, owner := range pod.OwnerReferences {
		name, ok := strings.CutSuffix(owner.Name, "-"+pod.Labels["pod-template-hash"])
		if ok && owner.Kind == "ReplicaSet" {
			return "Deployment/" + name
		}
	}
	return ""
}

// eventsAt are the events about one container of a pod.
func eventsAt(pod *corev1.Pod, path string, events []corev1.Event) []corev1.Event {
	var at []corev1.Event
	for _, e := range events {
		if e.InvolvedObject.UID == pod.UID && e.InvolvedObject.FieldPath == path {
			at = append(at, e)
		}
	}
	return at
}

// phrases are how the kubelet's messages about a probe go on after its type.
var phrases = map[string]string{
	"probe failed: ":  "failed",
	"probe warning: ": "warning",
	"probe errored and resulted in unknown state: ": "errored",
	"probe errored and resulted in failure state: ": "errored",
	"probe errored: ": "errored",
}

// probeEvents are the events that tell of one probe, with the text that the probe itself gave.
func probeEvents(kind string, events []corev1.Event) []reportedEvent {
	var of []reportedEvent
	prefix := strings.ToUpper(kind[:1]) + kind[1:] + " "
	for _, e := range events {
		if e.Reason != "Unhealthy" && e.Reason != "ProbeWarning" {
			continue
		}
		message := strings.TrimPrefix(e.Message, "(combined from similar events): ")
		for phrase, outcome := range phrases {
			if text, ok := strings.CutPrefix(message, prefix+phrase); ok {
				of = append(of, viewOfEvent(e, outcome, text))
			}
		}
	}
	return sortEvents(of)
}

func viewOfEvent(e corev1.Event, outcome, text string) reportedEvent {
	return reportedEvent{
		Reason: e.Reason, Outcome: outcome, Text: text, Count: e.Count,
		Combined: strings.HasPrefix(e.Message, "(combined from similar events): "),
		First:    e.FirstTimestamp.Time, Last: e.LastTimestamp.Time,
	}
}

func sortEvents(events []reportedEvent) []reportedEvent {
	slices.SortFunc(events, func(a, b reportedEvent) int {
		return cmp.Or(a.First.Compare(b.First), cmp.Compare(a.Text, b.Text), cmp.Compare(a.Reason, b.Reason))
	})
	return events
}

// trafficOf is what the endpoint slices say about a pod. A condition that is not set means ready, serving, not terminating.
func trafficOf(pod *corev1.Pod, slices []discoveryv1.EndpointSlice) map[string]endpointView {
	traffic := map[string]endpointView{}
	for _, slice := range slices {
		for _, e := range slice.Endpoints {
			if e.TargetRef != nil && e.TargetRef.UID == pod.UID {
				traffic[slice.Labels[discoveryv1.LabelServiceName]] = endpointView{
					Ready:       e.Conditions.Ready == nil || *e.Conditions.Ready,
					Serving:     e.Conditions.Serving == nil || *e.Conditions.Serving,
					Terminating: e.Conditions.Terminating != nil && *e.Conditions.Terminating,
				}
			}
		}
	}
	return traffic
}
