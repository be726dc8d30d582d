package e2e

import (
	"context"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// newNamespace makes a namespace of its own for a test. It is deleted, without waiting, when the test ends.
func newNamespace(t *testing.T) string {
	t.Helper()
	namespaces := shared.client.CoreV1().Namespaces()
	ns, err := namespaces.Create(t.Context(), &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{GenerateName: "e2e-"}}, metav1.CreateOptions{})
	if err != nil {
		t.Fatalf("creating a namespace: %v", err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if t.Failed() {
			logNamespace(ctx, t, ns.Name)
		}
		if err := namespaces.Delete(ctx, ns.Name, metav1.DeleteOptions{}); err != nil {
			t.Errorf("deleting the namespace %s: %v", ns.Name, err)
		}
	})
	return ns.Name
}

// few are as many pods as may be left of a wide namespace for the tests after it.
const few = 5

// pause waits, but not longer than ctx.
func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// newWideNamespace makes a namespace for so many pods that their test runs alone. It ends when nearly all of them are gone, or a
// minute later: the tests after it would find a busy node.
func newWideNamespace(t *testing.T) string {
	t.Helper()
	ns := ""
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		for ctx.Err() == nil {
			if pods, err := shared.client.CoreV1().Pods(ns).List(ctx, metav1.ListOptions{}); err == nil && len(pods.Items) < few {
				return
			}
			pause(ctx, 500*time.Millisecond)
		}
	})
	ns = newNamespace(t)
	return ns
}

// logNamespace writes what happened in a namespace to the test's log.
func logNamespace(ctx context.Context, t *testing.T, ns string) {
	pods, err := shared.client.CoreV1().Pods(ns).List(ctx, metav1.ListOptions{})
	if err != nil {
		t.Logf("listing the pods: %v", err)
		return
	}
	for _, pod := range pods.Items {
		t.Logf("pod %s is %s", pod.Name, pod.Status.Phase)
		for _, c := range pod.Status.ContainerStatuses {
			t.Logf("  container %s: ready %t, %d restarts, %s", c.Name, c.Ready, c.RestartCount, c.State.String())
		}
	}
	events, err := shared.client.CoreV1().Events(ns).List(ctx, metav1.ListOptions{})
	if err != nil {
		t.Logf("listing the events: %v", err)
		return
	}
	for _, e := range events.Items {
		t.Logf("event %s: %s x%d: %s", e.InvolvedObject.Name, e.Reason, e.Count, e.Message)
	}
}
