package recording

import corev1 "k8s.io/api/core/v1"

// trimmer trims pods.
type trimmer struct {
	headers bool
}

func (t trimmer) pod(p *corev1.Pod) *corev1.Pod {
	return &corev1.Pod{ObjectMeta: trimMeta(&p.ObjectMeta), Spec: t.spec(&p.Spec), Status: trimStatus(&p.Status)}
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

func trimStatus(s *corev1.PodStatus) corev1.PodStatus {
	out := corev1.PodStatus{
		ObservedGeneration: s.ObservedGeneration,
		Phase:              s.Phase, Reason: s.Reason, Message: mask(s.Message),
		HostIP: s.HostIP, PodIP: s.PodIP, PodIPs: s.PodIPs, StartTime: s.StartTime, QOSClass: s.QOSClass,
		InitContainerStatuses:      trimStatuses(s.InitContainerStatuses),
		ContainerStatuses:          trimStatuses(s.ContainerStatuses),
		EphemeralContainerStatuses: trimStatuses(s.EphemeralContainerStatuses),
	}
	for i := range s.Conditions {
		c := s.Conditions[i]
		c.Message = mask(c.Message)
		out.Conditions = append(out.Conditions, c)
	}
	return out
}

func trimStatuses(statuses []corev1.ContainerStatus) []corev1.ContainerStatus {
	if statuses == nil {
		return nil
	}
	out := make([]corev1.ContainerStatus, len(statuses))
	for i := range statuses {
		s := &statuses[i]
		out[i] = corev1.ContainerStatus{
			Name: s.Name, Ready: s.Ready, Started: s.Started, RestartCount: s.RestartCount,
			Image: s.Image, ImageID: s.ImageID, ContainerID: s.ContainerID,
			State: trimState(s.State), LastTerminationState: trimState(s.LastTerminationState),
		}
	}
	return out
}

// trimState masks the messages of a state, which may be what the container wrote.
func trimState(s corev1.ContainerState) corev1.ContainerState {
	if w := s.Waiting; w != nil {
		s.Waiting = &corev1.ContainerStateWaiting{Reason: w.Reason, Message: mask(w.Message)}
	}
	if t := s.Terminated; t != nil {
		kept := *t
		kept.Message = mask(t.Message)
		s.Terminated = &kept
	}
	return s
}
