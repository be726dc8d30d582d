package e2e

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

// A pod is running and not ready for as long as its readiness probe's initial delay.
func TestReadinessDelay(t *testing.T) {
	s := newScenario(t, "http-readiness")
	s.awaitPod("delayed", "running", func(p *corev1.Pod) bool { return p.Status.Phase == corev1.PodRunning })
	s.board.shows(t, promptly, "delayed", "0/1")
	if probe := s.agree().probe(t, "delayed", "main", "readiness"); probe.State != "delayed" {
		t.Errorf("the probe is %s, want delayed", probe.State)
	}
	s.awaitReady("delayed")
	s.probeIs("delayed", "main", "readiness", "passing")
	s.board.shows(t, promptly, "1/1")
	s.agree()
	if n := s.events.times("delayed", "Unhealthy"); n != 0 {
		t.Errorf("the kubelet told of %d failures, want none", n)
	}
}

const gate = "www.example.com/gate-1"

// Five pods wait for a readiness gate that nobody sets. Setting one of them lets that pod into the Service.
func TestReadinessGates(t *testing.T) {
	s := newScenario(t, "readiness-gates")
	var pods []corev1.Pod
	eventually(t, patience, func() (err error) {
		pods, err = s.containersReady(5)
		return err
	})
	opened := pods[0].Name
	for _, pod := range pods {
		// The board may shorten a name, but not what sets it apart.
		s.board.shows(t, promptly, strings.TrimPrefix(pod.Name, pod.GenerateName))
	}
	eventually(t, patience, func() error {
		for _, p := range s.agree().Pods {
			if p.Ready || len(p.Gates) != 1 || p.Gates[0].Status != "Missing" || len(p.Traffic) != 1 || p.Traffic[0].Ready {
				return fmt.Errorf("pod %s: ready %t, gates %v, traffic %v; want a missing gate and no traffic", p.Name, p.Ready, p.Gates, p.Traffic)
			}
		}
		return nil
	})
	s.setGate(opened)
	s.awaitReady(opened)
	eventually(t, patience, func() error {
		for _, p := range s.agree().Pods {
			if p.Ready != (p.Name == opened) || len(p.Traffic) != 1 || p.Traffic[0].Ready != p.Ready {
				return fmt.Errorf("pod %s: ready %t, traffic %v; want only %s ready", p.Name, p.Ready, p.Traffic, opened)
			}
		}
		return nil
	})
}

// containersReady returns the pods once there are n, all of whose containers are ready.
func (s *scenario) containersReady(n int) ([]corev1.Pod, error) {
	pods, err := shared.client.CoreV1().Pods(s.ns).List(s.Context(), metav1.ListOptions{})
	if err != nil {
		return nil, fmt.Errorf("listing the pods: %w", err)
	}
	ready := 0
	for _, pod := range pods.Items {
		for _, c := range pod.Status.Conditions {
			if c.Type == corev1.ContainersReady && c.Status == corev1.ConditionTrue {
				ready++
			}
		}
	}
	if ready != n {
		return nil, fmt.Errorf("%d pods have all containers ready, want %d", ready, n)
	}
	return pods.Items, nil
}

// setGate sets the gate's condition in the pod's status, which is a resource of its own.
func (s *scenario) setGate(pod string) {
	s.Helper()
	condition := corev1.PodCondition{Type: gate, Status: corev1.ConditionTrue, LastTransitionTime: metav1.Now()}
	patch, err := json.Marshal(map[string]any{"status": map[string]any{"conditions": []corev1.PodCondition{condition}}})
	if err != nil {
		s.Fatalf("encoding the gate's condition: %v", err)
	}
	_, err = shared.client.CoreV1().Pods(s.ns).Patch(s.Context(), pod, types.StrategicMergePatchType, patch, metav1.PatchOptions{}, "status")
	if err != nil {
		s.Fatalf("setting the gate of pod %s: %v", pod, err)
	}
}

// A pod goes on serving while it is being deleted, and its readiness probe goes on failing.
func TestTermination(t *testing.T) {
	s := newScenario(t, "termination")
	s.awaitReady("draining")
	s.agree()
	s.delete("draining")
	s.fails("draining", "Readiness probe failed: HTTP probe failed with statuscode: 503", "Terminating")
	eventually(t, patience, func() error {
		p := s.agree().Pods
		if len(p) != 1 || len(p[0].Traffic) != 1 {
			return errors.New("the pod or its endpoint is gone too early")
		}
		if tr := p[0].Traffic[0]; p[0].Ready || tr.Ready || tr.Serving || !tr.Terminating {
			return fmt.Errorf("ready %t, traffic %+v; want terminating only", p[0].Ready, tr)
		}
		return nil
	})
	s.probeIs("draining", "main", "liveness", "suspended")
	s.awaitGone("draining")
	if pods := s.agree().Pods; len(pods) != 0 {
		t.Errorf("the report has %d pods, want none", len(pods))
	}
}

func (s *scenario) awaitGone(pod string) {
	s.Helper()
	eventually(s.T, patience, func() error {
		switch _, err := s.pod(pod); {
		case apierrors.IsNotFound(err):
			return nil
		case err != nil:
			return fmt.Errorf("reading pod %s: %w", pod, err)
		default:
			return fmt.Errorf("pod %s is still there", pod)
		}
	})
}
