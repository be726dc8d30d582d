package simcluster

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"time"

	corev1 "k8s.io/api/core/v1"
)

// podPrint is a pod's line in kubectl get pods, as printPod in pkg/printers/internalversion/printers.go of
// Kubernetes 1.37 writes it.
type podPrint struct {
	status          string
	ready, total    int
	restarts        int32
	restarted       time.Time
	sidecarRestarts podRestarts
}

// podRestarts is how often containers have restarted, and when one did last.
type podRestarts struct {
	count int32
	last  time.Time
}

func (r *podRestarts) add(s *corev1.ContainerStatus) {
	r.count += s.RestartCount
	if t := s.LastTerminationState.Terminated; t != nil && t.FinishedAt.After(r.last) {
		r.last = t.FinishedAt.Time
	}
}

func printPod(p *corev1.Pod) podPrint {
	pp := podPrint{status: cmp.Or(p.Status.Reason, string(p.Status.Phase)), total: len(p.Spec.Containers)}
	for _, c := range p.Status.Conditions {
		if c.Type == corev1.PodScheduled && c.Reason == corev1.PodReasonSchedulingGated {
			pp.status = c.Reason
		}
	}
	restarts, initializing := pp.addInit(p)
	if !initializing || podCondition(p, corev1.PodInitialized) == corev1.ConditionTrue {
		restarts = pp.sidecarRestarts
		pp.addMain(p, &restarts)
	}
	pp.restarts, pp.restarted = restarts.count, restarts.last
	switch {
	case p.DeletionTimestamp == nil:
	case p.Status.Reason == "NodeLost":
		pp.status = "Unknown"
	case p.Status.Phase != corev1.PodSucceeded && p.Status.Phase != corev1.PodFailed:
		pp.status = "Terminating"
	}
	return pp
}

// addInit adds the init containers, and reports whether one of them holds the pod up.
func (pp *podPrint) addInit(p *corev1.Pod) (restarts podRestarts, initializing bool) {
	sidecars := map[string]bool{}
	for i := range p.Spec.InitContainers {
		if c := &p.Spec.InitContainers[i]; c.RestartPolicy != nil && *c.RestartPolicy == corev1.ContainerRestartPolicyAlways {
			sidecars[c.Name] = true
			pp.total++
		}
	}
	for i := range p.Status.InitContainerStatuses {
		s := &p.Status.InitContainerStatuses[i]
		restarts.add(s)
		if sidecars[s.Name] {
			pp.sidecarRestarts.add(s)
		}
		if s.State.Terminated != nil && s.State.Terminated.ExitCode == 0 {
			continue
		}
		if sidecars[s.Name] && s.Started != nil && *s.Started {
			if s.Ready {
				pp.ready++
			}
			continue
		}
		pp.status = initStatus(s, i, len(p.Spec.InitContainers))
		return restarts, true
	}
	return restarts, false
}

func initStatus(s *corev1.ContainerStatus, i, n int) string {
	switch {
	case s.State.Terminated != nil:
		return "Init:" + endStatus(s.State.Terminated)
	case s.State.Waiting != nil && s.State.Waiting.Reason != "" && s.State.Waiting.Reason != "PodInitializing":
		return "Init:" + s.State.Waiting.Reason
	}
	return "Init:" + of(i, n)
}

// addMain lets the main containers, last first, have their say.
func (pp *podPrint) addMain(p *corev1.Pod, restarts *podRestarts) {
	running, failed := false, ""
	for _, s := range slices.Backward(p.Status.ContainerStatuses) {
		restarts.add(&s)
		switch {
		case s.State.Waiting != nil && s.State.Waiting.Reason != "":
			pp.status = s.State.Waiting.Reason
		case s.State.Terminated != nil:
			if pp.status = endStatus(s.State.Terminated); s.State.Terminated.ExitCode != 0 {
				failed = pp.status
			}
		case s.Ready && s.State.Running != nil:
			running = true
			pp.ready++
		}
	}
	switch {
	case pp.status != "Completed":
	case running && podCondition(p, corev1.PodReady) == corev1.ConditionTrue:
		pp.status = "Running"
	case failed != "":
		pp.status = failed
	case running:
		pp.status = "NotReady"
	}
}

func endStatus(t *corev1.ContainerStateTerminated) string {
	switch {
	case t.Reason != "":
		return t.Reason
	case t.Signal != 0:
		return fmt.Sprintf("Signal:%d", t.Signal)
	}
	return fmt.Sprintf("ExitCode:%d", t.ExitCode)
}

func (pp podPrint) restartCell(now time.Time) string {
	cell := strconv.Itoa(int(pp.restarts))
	if pp.restarts != 0 && !pp.restarted.IsZero() {
		cell += " (" + since(pp.restarted, now) + " ago)"
	}
	return cell
}

func podCondition(p *corev1.Pod, typ corev1.PodConditionType) corev1.ConditionStatus {
	for _, c := range p.Status.Conditions {
		if c.Type == typ {
			return c.Status
		}
	}
	return ""
}
