package recording

import (
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/probetop/probetop/recording/mask"
)

// trimmer trims objects.
type trimmer struct {
	headers bool
	policy  mask.Policy
}

func (t trimmer) pod(p *corev1.Pod) *corev1.Pod {
	meta := trimMeta(&p.ObjectMeta)
	for name, reason := range meta.Annotations {
		if strings.HasPrefix(name, acceptPrefix) {
			meta.Annotations[name] = t.policy.Text(reason)
		}
	}
	return &corev1.Pod{ObjectMeta: meta, Spec: t.spec(&p.Spec), Status: t.status(&p.Status)}
}

func (t trimmer) spec(s *corev1.PodSpec) corev1.PodSpec {
	out := corev1.PodSpec{
		NodeName: s.NodeName, HostNetwork: s.HostNetwork, RuntimeClassName: s.RuntimeClassName, RestartPolicy: s.RestartPolicy,
		TerminationGracePeriodSeconds: s.TerminationGracePeriodSeconds,
		ActiveDeadlineSeconds:         s.ActiveDeadlineSeconds,
		ReadinessGates:                s.ReadinessGates,
		SchedulingGates:               s.SchedulingGates,
		SchedulerName:                 s.SchedulerName,
		InitContainers:                t.containers(s.InitContainers),
		Containers:                    t.containers(s.Containers),
	}
	for i := range s.EphemeralContainers {
		c := &s.EphemeralContainers[i]
		var kept corev1.EphemeralContainer
		kept.Name, kept.Image, kept.TargetContainerName = c.Name, c.Image, c.TargetContainerName
		out.EphemeralContainers = append(out.EphemeralContainers, kept)
	}
	return out
}

func (t trimmer) status(s *corev1.PodStatus) corev1.PodStatus {
	out := corev1.PodStatus{
		ObservedGeneration: s.ObservedGeneration,
		Phase:              s.Phase, Reason: t.policy.Text(s.Reason), Message: t.policy.Text(s.Message),
		HostIP: s.HostIP, PodIP: s.PodIP, PodIPs: s.PodIPs, StartTime: s.StartTime, QOSClass: s.QOSClass,
		InitContainerStatuses:      t.statuses(s.InitContainerStatuses),
		ContainerStatuses:          t.statuses(s.ContainerStatuses),
		EphemeralContainerStatuses: t.statuses(s.EphemeralContainerStatuses),
	}
	for i := range s.Conditions {
		c := s.Conditions[i]
		c.Reason, c.Message = t.policy.Text(c.Reason), t.policy.Text(c.Message)
		out.Conditions = append(out.Conditions, c)
	}
	return out
}

func (t trimmer) statuses(statuses []corev1.ContainerStatus) []corev1.ContainerStatus {
	if statuses == nil {
		return nil
	}
	out := make([]corev1.ContainerStatus, len(statuses))
	for i := range statuses {
		s := &statuses[i]
		out[i] = corev1.ContainerStatus{
			Name: s.Name, Ready: s.Ready, Started: s.Started, RestartCount: s.RestartCount,
			Image: s.Image, ImageID: s.ImageID, ContainerID: s.ContainerID,
			State: t.state(s.State), LastTerminationState: t.state(s.LastTerminationState),
		}
	}
	return out
}

// state masks the texts of a state, which may be what the container wrote.
func (t trimmer) state(s corev1.ContainerState) corev1.ContainerState {
	if w := s.Waiting; w != nil {
		s.Waiting = &corev1.ContainerStateWaiting{Reason: t.policy.Text(w.Reason), Message: t.policy.Text(w.Message)}
	}
	if s.Terminated != nil {
		kept := *s.Terminated
		kept.Reason, kept.Message = t.policy.Text(kept.Reason), t.policy.Text(kept.Message)
		s.Terminated = &kept
	}
	return s
}
