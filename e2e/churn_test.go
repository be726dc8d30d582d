package e2e

import (
	"context"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// churning is held while a namespace changes all the time. Making containers is most of the work of a node, and with several such
// namespaces at once there is none left to run the probes of other tests in time.
var churning sync.Mutex

// churn makes a namespace change all the time, until the test ends: pods flap, and one is deleted and replaced every
// few seconds. It waits until no other does.
func churn(t *testing.T, ns string) {
	t.Helper()
	churning.Lock()
	t.Cleanup(churning.Unlock)
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
