package e2e

import (
	"fmt"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	apiwatch "k8s.io/apimachinery/pkg/watch"
)

const (
	// waitLag is how long after the last pod has become ready wait ends at the latest.
	waitLag = time.Second
	// failFast is how long it takes at most until a roll-out is failed whose probe cannot work.
	failFast = 30 * time.Second
)

// wait ends with the last pod; a roll-out whose probe cannot work is failed long before its deadline, with the reason. That is so on a
// node whose events come in time, so it does not run beside other tests: late ones are not believed so soon.
func TestWait(t *testing.T) {
	ns := newNamespace(t)
	binary(t) // or the time that it takes to build would count
	ready := whenReady(t, ns, 3)
	apply(t, ns, "rollout")
	got := probetop(t, "wait", "deploy/web", "-n", ns, "--timeout", "2m")
	ended := time.Now()
	last := <-ready
	if last.IsZero() || got.code != 0 {
		t.Fatalf("exit code %d, the last pod ready %v:\n%s%s", got.code, last, got.stdout, got.stderr)
	}
	if lag := ended.Sub(last); lag > waitLag {
		t.Errorf("wait ended %v after the last pod was ready, want at most %v", lag, waitLag)
	} else {
		t.Logf("wait ended %v after the last pod was ready", lag)
	}
	for name, c := range map[string]struct{ probe, reason string }{
		"port":    {`{"httpGet":{"path":"/readyz","port":"admin","scheme":"HTTP"},"periodSeconds":1}`, `no port "admin" in main`},
		"command": {`{"httpGet":null,"exec":{"command":["/nowhere/check"]},"periodSeconds":5,"initialDelaySeconds":0}`, "/nowhere/check is not in the image of main"},
	} {
		patchProbe(t, ns, c.probe)
		began := time.Now()
		got := probetop(t, "wait", "deploy/web", "-n", ns, "--timeout", "2m")
		if took := time.Since(began); took > failFast || got.code != 1 {
			t.Errorf("%s: exit code %d after %v, want 1 within %v:\n%s%s", name, got.code, took, failFast, got.stdout, got.stderr)
		} else {
			t.Logf("%s: failed after %v", name, took)
		}
		if !strings.Contains(got.stderr, c.reason) || strings.Count(got.stderr, "\n") != 1 {
			t.Errorf("%s: stderr %q, want %q in one line", name, got.stderr, c.reason)
		}
	}
}

// whenReady tells when so many pods of a namespace were seen to be ready.
func whenReady(t *testing.T, ns string, pods int) <-chan time.Time {
	t.Helper()
	w, err := shared.client.CoreV1().Pods(ns).Watch(t.Context(), metav1.ListOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Stop)
	told := make(chan time.Time, 1)
	go func() {
		defer close(told)
		ready := map[types.UID]bool{}
		for e := range w.ResultChan() {
			pod, ok := e.Object.(*corev1.Pod)
			if !ok || e.Type == apiwatch.Deleted {
				continue
			}
			for _, c := range pod.Status.Conditions {
				if c.Type == corev1.PodReady && c.Status == corev1.ConditionTrue {
					ready[pod.UID] = true
				}
			}
			if len(ready) == pods {
				told <- time.Now()
				return
			}
		}
	}()
	return told
}

// patchProbe gives the Deployment another readiness probe.
func patchProbe(t *testing.T, ns, probe string) {
	t.Helper()
	patch := fmt.Sprintf(`{"spec":{"template":{"spec":{"containers":[{"name":"main","readinessProbe":%s}]}}}}`, probe)
	_, err := shared.client.AppsV1().Deployments(ns).Patch(t.Context(), "web", types.StrategicMergePatchType, []byte(patch), metav1.PatchOptions{})
	if err != nil {
		t.Fatal(err)
	}
}
