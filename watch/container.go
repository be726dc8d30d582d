package watch

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/probetop/probetop/model"
)

// containerFacts converts the containers of a pod: init containers first, each list in spec order.
func containerFacts(in *interner, p *corev1.Pod) []model.Container {
	facts := make([]model.Container, 0, len(p.Spec.InitContainers)+len(p.Spec.Containers))
	for i := range p.Spec.InitContainers {
		c := &p.Spec.InitContainers[i]
		kind := model.Init
		if c.RestartPolicy != nil && *c.RestartPolicy == corev1.ContainerRestartPolicyAlways {
			kind = model.Sidecar
		}
		facts = append(facts, containerFact(in, c, kind, p.Status.InitContainerStatuses))
	}
	for i := range p.Spec.Containers {
		facts = append(facts, containerFact(in, &p.Spec.Containers[i], model.Main, p.Status.ContainerStatuses))
	}
	return facts
}

func containerFact(in *interner, c *corev1.Container, kind model.ContainerKind, statuses []corev1.ContainerStatus) model.Container {
	fact := model.Container{
		Name:        in.string(c.Name),
		Kind:        kind,
		StatusIndex: -1,
	}
	if c.RestartPolicy != nil {
		fact.RestartPolicy = in.string(string(*c.RestartPolicy))
	}
	fact.Probes[model.Startup] = in.probe(c.StartupProbe)
	fact.Probes[model.Readiness] = in.probe(c.ReadinessProbe)
	fact.Probes[model.Liveness] = in.probe(c.LivenessProbe)
	fact.Spec = in.containerSpec(c)
	for i := range statuses {
		if statuses[i].Name == c.Name {
			fact.StatusIndex = int16(i)
			readStatus(in, &fact, &statuses[i])
			break
		}
	}
	return fact
}

func readStatus(in *interner, fact *model.Container, s *corev1.ContainerStatus) {
	fact.ID, fact.Ready, fact.Restarts = s.ContainerID, s.Ready, s.RestartCount
	if s.Started != nil {
		fact.Started = model.TriOf(*s.Started)
	}
	if t := s.LastTerminationState.Terminated; t != nil {
		fact.Last = &model.Termination{
			Reason:     in.text(t.Reason),
			Message:    in.policy.Text(t.Message),
			ExitCode:   t.ExitCode,
			Signal:     t.Signal,
			StartedAt:  utc(t.StartedAt),
			FinishedAt: utc(t.FinishedAt),
		}
	}
	switch {
	case s.State.Running != nil:
		fact.State, fact.StartedAt = model.Running, utc(s.State.Running.StartedAt)
	case s.State.Terminated != nil:
		t := s.State.Terminated
		fact.State, fact.Reason, fact.Message = model.Terminated, in.text(t.Reason), in.policy.Text(t.Message)
		fact.ExitCode, fact.Signal = t.ExitCode, t.Signal
		fact.StartedAt, fact.FinishedAt = utc(t.StartedAt), utc(t.FinishedAt)
	case s.State.Waiting != nil:
		fact.State, fact.Reason, fact.Message = model.Waiting, in.text(s.State.Waiting.Reason), in.policy.Text(s.State.Waiting.Message)
	default: // a state that names none is a waiting one (core/v1 ContainerState)
		fact.State = model.Waiting
	}
}
