package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/yaml"
)

// once waits until something holds for a pod, and then acts.
func once(holds func(*corev1.Pod) bool, then act) act {
	return func(ctx context.Context, ns, pod string) error {
		err := repeat(ctx, func() bool {
			p, err := shared.client.CoreV1().Pods(ns).Get(ctx, pod, metav1.GetOptions{})
			return err == nil && holds(p)
		})
		if err != nil {
			return fmt.Errorf("waiting for pod %s: %w", pod, err)
		}
		return then(ctx, ns, pod)
	}
}

// repeat asks twice a second until something is done.
func repeat(ctx context.Context, done func() bool) error {
	tick := time.NewTicker(500 * time.Millisecond)
	defer tick.Stop()
	for !done() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	return nil
}

// inOrder does one act after the other.
func inOrder(acts ...act) act {
	return func(ctx context.Context, ns, pod string) error {
		for _, a := range acts {
			if err := a(ctx, ns, pod); err != nil {
				return err
			}
		}
		return nil
	}
}

// restarted reports whether a regular container of a pod was restarted.
func restarted(pod *corev1.Pod) bool { return restarts(pod) > 0 }

// evicts asks the API for the eviction of a pod.
func evicts(ctx context.Context, ns, pod string) error {
	return shared.client.PolicyV1().Evictions(ns).Evict(ctx, &policyv1.Eviction{ObjectMeta: metav1.ObjectMeta{Name: pod, Namespace: ns}})
}

// resizes changes the resources of the container app in place.
func resizes(resources string) act {
	return func(ctx context.Context, ns, pod string) error {
		patch, err := yaml.YAMLToJSON([]byte(`{spec: {containers: [{name: app, resources: ` + resources + `}]}}`))
		if err != nil {
			return fmt.Errorf("encoding the resources: %w", err)
		}
		_, err = shared.client.CoreV1().Pods(ns).Patch(ctx, pod, types.StrategicMergePatchType, patch, metav1.PatchOptions{}, "resize")
		return err
	}
}

// claimsNode resizes the container app to nearly all the processors that its node has, which others have claimed in part.
func claimsNode(ctx context.Context, ns, pod string) error {
	name, err := readyNode(ctx)
	if err != nil {
		return err
	}
	node, err := shared.client.CoreV1().Nodes().Get(ctx, name, metav1.GetOptions{})
	if err != nil {
		return fmt.Errorf("reading node %s: %w", name, err)
	}
	return resizes(fmt.Sprintf(`{requests: {cpu: %dm}}`, node.Status.Allocatable.Cpu().MilliValue()-100))(ctx, ns, pod)
}

// replaces deletes a pod and makes another of the same name, whose container app is this one.
func replaces(app string) act {
	return func(ctx context.Context, ns, pod string) error {
		if err := deletes(ctx, ns, pod); err != nil {
			return err
		}
		err := repeat(ctx, func() bool {
			_, err := shared.client.CoreV1().Pods(ns).Get(ctx, pod, metav1.GetOptions{})
			return apierrors.IsNotFound(err)
		})
		if err != nil {
			return fmt.Errorf("waiting for the end of pod %s: %w", pod, err)
		}
		return (&incident{name: pod, app: app}).stage(ctx, ns)
	}
}

// makes creates objects when the time has come.
func makes(objects string) act {
	return func(ctx context.Context, ns, pod string) error {
		return (&incident{name: pod, with: objects}).stageObjects(ctx, ns)
	}
}

// wasRunning writes the status of a pod that its node has left behind: it was running, and its node's end made it unready.
func wasRunning(ctx context.Context, ns, pod string) error {
	now := metav1.Now()
	status := corev1.PodStatus{
		Phase: corev1.PodRunning, StartTime: &now,
		ContainerStatuses: []corev1.ContainerStatus{{
			Name: "app", Image: shared.image, ImageID: shared.image, ContainerID: "containerd://app", Ready: true, Started: new(true),
			State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: now}},
		}},
	}
	for kind, is := range map[corev1.PodConditionType]corev1.ConditionStatus{
		corev1.PodInitialized: "True", corev1.ContainersReady: "True", corev1.PodReady: "False", corev1.PodScheduled: "True",
	} {
		status.Conditions = append(status.Conditions, corev1.PodCondition{Type: kind, Status: is, LastTransitionTime: now})
	}
	patch, err := json.Marshal(map[string]any{"status": status})
	if err != nil {
		return fmt.Errorf("encoding the status: %w", err)
	}
	_, err = shared.client.CoreV1().Pods(ns).Patch(ctx, pod, types.StrategicMergePatchType, patch, metav1.PatchOptions{}, "status")
	return err
}

// licence is a resource of which the node has one.
const licence = "probetop.dev~1licence"

// offersLicence gives the node that resource.
func offersLicence(ctx context.Context, _, _ string) error {
	return patchNode(ctx, `[{"op": "add", "path": "/status/capacity/`+licence+`", "value": "1"}]`)
}

// patchNode changes the status of the node that runs the pods.
func patchNode(ctx context.Context, patch string) error {
	node, err := readyNode(ctx)
	if err != nil {
		return err
	}
	_, err = shared.client.CoreV1().Nodes().Patch(ctx, node, types.JSONPatchType, []byte(patch), metav1.PatchOptions{}, "status")
	return err
}

// readyNode names a node that is ready.
func readyNode(ctx context.Context) (string, error) {
	nodes, err := shared.client.CoreV1().Nodes().List(ctx, metav1.ListOptions{})
	if err != nil {
		return "", fmt.Errorf("listing the nodes: %w", err)
	}
	for _, n := range nodes.Items {
		for _, c := range n.Status.Conditions {
			if c.Type == corev1.NodeReady && c.Status == corev1.ConditionTrue {
				return n.Name, nil
			}
		}
	}
	return "", fmt.Errorf("none of %d nodes is ready", len(nodes.Items))
}
