package e2e

import (
	"fmt"
	"testing"

	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// exitUnreachable is the exit code for a way that is closed.
const exitUnreachable = 3

// TestShadowForbidden runs probes as somebody who may see pods and nothing else: there is no verdict, and it is said why.
func TestShadowForbidden(t *testing.T) {
	t.Parallel()
	ns := newNamespace(t)
	const user = "shadow-viewer"
	grant(t, ns, user)
	c := shadowCase{main: `{readinessProbe: {httpGet: {port: 8080}}, livenessProbe: {exec: {command: ["true"]}, periodSeconds: 5}}`}
	createCase(t, ns, "seen", &c)
	awaitReady(t, ns, "seen")
	for _, kind := range []string{"readiness", "liveness"} {
		r, code, err := shadow(t.Context(), shared.kubeconfig, ns, "seen", kind, "--as", user)
		if err != nil {
			t.Fatal(err)
		}
		run := r.Runs[len(r.Runs)-1]
		if run.Outcome != "none" || run.Lack != "forbidden" || r.class() != "X1" || code != exitUnreachable {
			t.Errorf("%s is %s (%s) of class %q with exit code %d, want none (forbidden), X1 and %d: %s",
				kind, run.Outcome, run.Lack, r.class(), code, exitUnreachable, run.Text)
		}
	}
}

// TestShadowOfADeletedPod deletes pods while their probes are run: what breaks off then decides nothing.
func TestShadowOfADeletedPod(t *testing.T) {
	t.Parallel()
	ns := newNamespace(t)
	for name, c := range map[string]*shadowCase{
		"http": {turns: []string{"handler=http&delay=90s"}, main: `{readinessProbe: {httpGet: {port: 8080}, timeoutSeconds: 60}}`},
		"grpc": {turns: []string{"handler=grpc&delay=90s"}, main: `{readinessProbe: {grpc: {port: 9090}, timeoutSeconds: 60}}`},
		"exec": {main: `{readinessProbe: {exec: {command: [sleep, "90"]}, timeoutSeconds: 60}}`},
	} {
		for _, protocol := range []string{overWebSocket, overSPDY} {
			t.Run(name+" over "+protocol, func(t *testing.T) {
				t.Parallel()
				deletedMeanwhile(t, ns, name+"-"+protocol[:4], protocol, c)
			})
		}
	}
}

// deletedMeanwhile deletes the pod of a case as soon as a probe of it has a connection.
func deletedMeanwhile(t *testing.T, ns, name, protocol string, c *shadowCase) {
	createCase(t, ns, name, c)
	eventually(t, 2*patience, func() error {
		pod, err := shared.client.CoreV1().Pods(ns).Get(t.Context(), name, metav1.GetOptions{})
		if err == nil && !started(pod) {
			err = fmt.Errorf("pod %s has not started", name)
		}
		return err
	})
	gate := newTunnelGate(t, protocol)
	type told struct {
		report shadowReport
		code   int
		err    error
	}
	over := make(chan told, 1)
	go func() {
		r, code, err := shadow(t.Context(), gate.kubeconfig, ns, name, "readiness")
		over <- told{r, code, err}
	}()
	eventually(t, 2*patience, func() error {
		if gate.passed.Load() == 0 {
			return fmt.Errorf("no connection to pod %s", name)
		}
		return nil
	})
	if err := deletes(t.Context(), ns, name); err != nil {
		t.Fatal(err)
	}
	got := <-over // shadow gives up by itself
	if got.err != nil {
		t.Fatal(got.err)
	}
	if run := got.report.Runs[len(got.report.Runs)-1]; run.Outcome != "none" || got.code == 0 {
		t.Errorf("the probe of a pod that was deleted meanwhile is %s (%s) with exit code %d, want none: %s", run.Outcome, run.Lack, got.code, run.Text)
	} else {
		t.Logf("no verdict (%s, exit code %d): %s", run.Lack, got.code, run.Text)
	}
}

func createCase(t *testing.T, ns, name string, c *shadowCase) {
	t.Helper()
	pod, err := c.pod(name)
	if err == nil {
		_, err = shared.client.CoreV1().Pods(ns).Create(t.Context(), pod, metav1.CreateOptions{})
	}
	if err != nil {
		t.Fatalf("creating a pod: %v", err)
	}
}

// awaitReady waits until a pod is ready, and returns it.
func awaitReady(t *testing.T, ns, name string) (pod *corev1.Pod) {
	t.Helper()
	eventually(t, 2*patience, func() (err error) {
		if pod, err = shared.client.CoreV1().Pods(ns).Get(t.Context(), name, metav1.GetOptions{}); err != nil {
			return fmt.Errorf("reading pod %s: %w", name, err)
		}
		if !ready(pod) {
			return fmt.Errorf("pod %s is not ready", name)
		}
		return nil
	})
	return pod
}

// grant lets a user see the pods of a namespace.
func grant(t *testing.T, ns, user string) {
	t.Helper()
	rbac, name := shared.client.RbacV1(), metav1.ObjectMeta{Name: user}
	role := &rbacv1.Role{ObjectMeta: name, Rules: []rbacv1.PolicyRule{{APIGroups: []string{""}, Resources: []string{"pods"}, Verbs: []string{"get", "list", "watch"}}}}
	_, err := rbac.Roles(ns).Create(t.Context(), role, metav1.CreateOptions{})
	if err == nil {
		_, err = rbac.RoleBindings(ns).Create(t.Context(), &rbacv1.RoleBinding{
			ObjectMeta: name, RoleRef: rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "Role", Name: user},
			Subjects: []rbacv1.Subject{{APIGroup: rbacv1.GroupName, Kind: rbacv1.UserKind, Name: user}},
		}, metav1.CreateOptions{})
	}
	if err != nil {
		t.Fatalf("granting %s access: %v", user, err)
	}
}
