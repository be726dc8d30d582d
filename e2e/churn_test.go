package e2e

import (
	"context"
	"math/rand/v2"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// churn makes a namespace change all the time, until the test ends: pods flap, and one is deleted and replaced every
// few seconds.
func churn(t *testing.T, ns string) {
	t.Helper()
	apply(t, ns, "churn")
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	t.Cleanup(func() {
		cancel()
		<-done
	})
	go func() {
		defer close(done)
		tick := time.NewTicker(4 * time.Second)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				deleteOne(ctx, t, ns)
			}
		}
	}()
}

// deleteOne deletes one of the pods that are for it.
func deleteOne(ctx context.Context, t *testing.T, ns string) {
	pods, err := shared.client.CoreV1().Pods(ns).List(ctx, metav1.ListOptions{LabelSelector: "app=brief"})
	if err == nil && len(pods.Items) > 0 {
		name := pods.Items[rand.IntN(len(pods.Items))].Name
		err = shared.client.CoreV1().Pods(ns).Delete(ctx, name, metav1.DeleteOptions{})
	}
	if err != nil && ctx.Err() == nil {
		t.Logf("deleting a pod: %v", err) // it may have gone by itself
	}
}
