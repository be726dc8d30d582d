package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

// action is something that an operator, or fate, does to an application.
type action func(context.Context, *stage) error

// everyPod stands for all the pods of an application, where the number of one of them is wanted.
const everyPod = -1

// turn changes how a pod's workload behaves; the package documentation of the workload has the queries. They reach the
// control port through the API server. A container that has just started may not listen yet.
func turn(namespace, app string, number int, queries ...string) action {
	return func(ctx context.Context, s *stage) error {
		pods, err := s.pods(ctx, namespace, app)
		if err != nil {
			return err
		}
		for i := range pods {
			if number != everyPod && number != i {
				continue
			}
			for _, query := range queries {
				err := retry(ctx, 10*time.Second, func(ctx context.Context) error { return s.turn(ctx, namespace, pods[i].Name, query) })
				if err != nil {
					return err
				}
			}
		}
		return nil
	}
}

func (s *stage) turn(ctx context.Context, namespace, pod, query string) error {
	values, err := url.ParseQuery(query)
	if err != nil {
		return fmt.Errorf("parsing the turn %q: %w", query, err)
	}
	req := s.client.CoreV1().RESTClient().Post().Namespace(namespace).Resource("pods").Name(pod + ":6060").SubResource("proxy").Suffix("turn")
	for name := range values {
		req.Param(name, values.Get(name))
	}
	if out, err := req.DoRaw(ctx); err != nil {
		return fmt.Errorf("turning pod %s to %s: %w: %s", pod, query, err, out)
	}
	return nil
}

// both does one action after the other.
func both(first, second action) action {
	return func(ctx context.Context, s *stage) error {
		if err := first(ctx, s); err != nil {
			return err
		}
		return second(ctx, s)
	}
}

// eat makes a pod take so many MiB of memory. It does not answer if that is the end of it.
func eat(namespace, app string, number, mib int) action {
	return turn(namespace, app, number, fmt.Sprintf("handler=memory&eat=%d&after=1ms", mib))
}

// listens is the label that tells the demo's cluster that a pod listens on its loopback interface only.
const listens = "demo.probetop.dev/listens"

// rollOut gives the one container of a Deployment's template other arguments; with none, nothing is wrong with it. Its
// pods listen on all interfaces.
func rollOut(namespace, name string, args ...string) action {
	return func(ctx context.Context, s *stage) error {
		container := map[string]any{"name": name, "args": args}
		patch, err := json.Marshal(map[string]any{"spec": map[string]any{"template": map[string]any{
			"metadata": map[string]any{"labels": map[string]any{listens: nil}},
			"spec":     map[string]any{"containers": []any{container}},
		}}})
		if err != nil {
			return fmt.Errorf("encoding the patch of %s: %w", name, err)
		}
		_, err = s.client.AppsV1().Deployments(namespace).Patch(ctx, name, types.StrategicMergePatchType, patch, metav1.PatchOptions{})
		if err != nil {
			return fmt.Errorf("rolling out %s: %w", name, err)
		}
		return nil
	}
}

// scale sets the number of a Deployment's replicas.
func scale(namespace, name string, replicas int) action {
	return func(ctx context.Context, s *stage) error {
		patch := fmt.Appendf(nil, `{"spec":{"replicas":%d}}`, replicas)
		_, err := s.client.AppsV1().Deployments(namespace).Patch(ctx, name, types.MergePatchType, patch, metav1.PatchOptions{}, "scale")
		if err != nil {
			return fmt.Errorf("scaling %s: %w", name, err)
		}
		return nil
	}
}

// remove begins the deletion of a pod.
func remove(namespace, app string, number int) action {
	return func(ctx context.Context, s *stage) error {
		pods, err := s.pods(ctx, namespace, app)
		if err != nil {
			return err
		}
		if err := s.client.CoreV1().Pods(namespace).Delete(ctx, pods[number].Name, metav1.DeleteOptions{}); err != nil {
			return fmt.Errorf("deleting a pod of %s: %w", app, err)
		}
		return nil
	}
}

// openGate sets a pod's condition for its readiness gate.
func openGate(namespace, app string, number int, gate string) action {
	return func(ctx context.Context, s *stage) error {
		pods, err := s.pods(ctx, namespace, app)
		if err != nil {
			return err
		}
		patch := fmt.Appendf(nil, `{"status":{"conditions":[{"type":%q,"status":"True","lastTransitionTime":%q}]}}`,
			gate, time.Now().UTC().Format(time.RFC3339))
		_, err = s.client.CoreV1().Pods(namespace).Patch(ctx, pods[number].Name, types.StrategicMergePatchType, patch, metav1.PatchOptions{}, "status")
		if err != nil {
			return fmt.Errorf("opening the gate of a pod of %s: %w", app, err)
		}
		return nil
	}
}
