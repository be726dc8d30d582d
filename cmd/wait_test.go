package cmd_test

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/probetop/probetop/cmd"
	"github.com/probetop/probetop/simcluster"
)

// rolling is a cluster with Deployment web, and what changes it.
type rolling struct {
	*simcluster.Cluster
	t          *testing.T
	kubeconfig string
}

// newRolling serves a Deployment that wants so many pods, and a node.
func newRolling(t *testing.T, want int32) *rolling {
	t.Helper()
	c, err := simcluster.Start(simcluster.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	r := &rolling{Cluster: c, t: t, kubeconfig: filepath.Join(t.TempDir(), "config")}
	if err := c.WriteKubeconfig(r.kubeconfig); err != nil {
		t.Fatal(err)
	}
	r.apply(&corev1.Node{
		ObjectMeta: metav1.ObjectMeta{Name: "n1"},
		Status: corev1.NodeStatus{
			Conditions: []corev1.NodeCondition{{Type: corev1.NodeReady, Status: corev1.ConditionTrue}},
			NodeInfo:   corev1.NodeSystemInfo{KubeletVersion: "v1.37.1"},
		},
	})
	r.deploys(1, want)
	return r
}

func (r *rolling) apply(objects ...runtime.Object) {
	r.t.Helper()
	if err := r.Apply(objects...); err != nil {
		r.t.Fatal(err)
	}
}

// deploys is what the controller makes of a revision: the Deployment as it has seen it, and the ReplicaSet.
func (r *rolling) deploys(revision int, want int32) {
	r.t.Helper()
	number := map[string]string{"deployment.kubernetes.io/revision": fmt.Sprint(revision)}
	selector := &metav1.LabelSelector{MatchLabels: map[string]string{"app": "web"}}
	r.apply(
		&appsv1.Deployment{
			ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: "web", UID: "d1", Generation: int64(revision), Annotations: number},
			Spec:       appsv1.DeploymentSpec{Replicas: &want, Selector: selector},
			Status:     appsv1.DeploymentStatus{ObservedGeneration: int64(revision)},
		},
		&appsv1.ReplicaSet{
			ObjectMeta: metav1.ObjectMeta{
				Namespace: "default", Name: fmt.Sprintf("web-r%d", revision), UID: types.UID(fmt.Sprintf("r%d", revision)), Annotations: number,
				Labels:          map[string]string{"app": "web"},
				OwnerReferences: []metav1.OwnerReference{{APIVersion: "apps/v1", Kind: "Deployment", Name: "web", UID: "d1", Controller: new(true)}},
			},
			Spec: appsv1.ReplicaSetSpec{Selector: selector},
		},
	)
}

// pod is one of a revision.
func (r *rolling) pod(revision int, name string, ready bool, edit ...func(*corev1.Pod)) {
	r.t.Helper()
	now := metav1.Now()
	status := func(is bool) corev1.ConditionStatus {
		if is {
			return corev1.ConditionTrue
		}
		return corev1.ConditionFalse
	}
	hash := fmt.Sprintf("r%d", revision)
	pod := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{
			Namespace: "default", Name: "web-" + hash + "-" + name, UID: types.UID(hash + name), CreationTimestamp: now,
			Labels:          map[string]string{"app": "web", "pod-template-hash": hash},
			OwnerReferences: []metav1.OwnerReference{{APIVersion: "apps/v1", Kind: "ReplicaSet", Name: "web-" + hash, UID: types.UID(hash), Controller: new(true)}},
		},
		Spec: corev1.PodSpec{NodeName: "n1", RestartPolicy: corev1.RestartPolicyAlways, Containers: []corev1.Container{{
			Name: "web", Image: "web", Ports: []corev1.ContainerPort{{Name: "http", ContainerPort: 8080}},
			ReadinessProbe: &corev1.Probe{
				ProbeHandler:  corev1.ProbeHandler{HTTPGet: &corev1.HTTPGetAction{Path: "/ready", Port: intstr.FromString("http"), Scheme: "HTTP"}},
				PeriodSeconds: 10, TimeoutSeconds: 1, SuccessThreshold: 1, FailureThreshold: 3,
			},
		}}},
		Status: corev1.PodStatus{
			Phase: corev1.PodRunning, PodIP: "10.0.0.7", StartTime: &now,
			Conditions: []corev1.PodCondition{
				{Type: corev1.PodScheduled, Status: corev1.ConditionTrue, LastTransitionTime: now},
				{Type: corev1.PodInitialized, Status: corev1.ConditionTrue, LastTransitionTime: now},
				{Type: corev1.ContainersReady, Status: status(ready), LastTransitionTime: now},
				{Type: corev1.PodReady, Status: status(ready), LastTransitionTime: now},
			},
			ContainerStatuses: []corev1.ContainerStatus{{
				Name: "web", Ready: ready, Started: new(true), ContainerID: "containerd://" + hash + name,
				State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: now}},
			}},
		},
	}
	for _, e := range edit {
		e(pod)
	}
	r.apply(pod)
}

// badPort gives the readiness probe a port that the container does not name.
func badPort(p *corev1.Pod) {
	p.Spec.Containers[0].ReadinessProbe.HTTPGet.Port = intstr.FromString("admin")
}

// transcript is an output that tests read while it is written.
type transcript struct {
	mu   sync.Mutex
	text bytes.Buffer // guarded by mu
}

func (s *transcript) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(p)
}

func (s *transcript) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// running is a wait that goes on.
type running struct {
	t         *testing.T
	out, errs transcript
	stop      context.CancelFunc
	code      chan int
}

// waits begins to wait; width is that of the terminal, 0 for a pipe.
func (r *rolling) waits(width int, args ...string) *running {
	r.t.Helper()
	ctx, stop := context.WithCancel(r.t.Context())
	w := &running{t: r.t, stop: stop, code: make(chan int, 1)}
	streams := cmd.Streams{In: strings.NewReader(""), Out: &w.out, Err: &w.errs, Now: time.Now, Log: &cmd.DebugLog{}, Terminal: width > 0, Width: func() int { return width }}
	go func() {
		w.code <- cmd.Execute(ctx, "probetop", append([]string{"wait", "--kubeconfig", r.kubeconfig}, args...), streams)
	}()
	r.t.Cleanup(stop)
	return w
}

// says waits for words of it.
func (w *running) says(words string) {
	w.t.Helper()
	for late := time.Now().Add(patience); !strings.Contains(w.out.String(), words); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(late) {
			w.t.Fatalf("waited in vain for %q in\n%s%s", words, w.out.String(), w.errs.String())
		}
	}
}

// ends waits for its end.
func (w *running) ends(code int) {
	w.t.Helper()
	select {
	case got := <-w.code:
		if got != code {
			w.t.Fatalf("exit code %d, want %d:\n%s%s", got, code, w.out.String(), w.errs.String())
		}
	case <-time.After(patience):
		w.t.Fatalf("it does not end:\n%s%s", w.out.String(), w.errs.String())
	}
}

// A line is written for every change, and the wait ends with the last pod of the newest revision.
func TestWaitForTheNewestRevision(t *testing.T) {
	t.Parallel()
	r := newRolling(t, 2)
	r.pod(1, "a", true)
	w := r.waits(0, "deploy/web")
	w.says("deploy/web: 1 of 2 ready")
	r.pod(1, "b", false)
	w.says("pod/web-r1-b: ")
	r.deploys(2, 2)
	w.says("deploy/web: 0 of 2 ready, 2 of older revisions")
	r.pod(1, "b", true)
	r.pod(2, "a", true)
	w.says("deploy/web: 1 of 2 ready, 2 of older revisions")
	r.pod(2, "b", true)
	w.ends(0)
	if out := w.out.String(); !strings.Contains(out, "✓ deploy/web is ready after ") || w.errs.String() != "" || strings.Contains(out, "\x1b") {
		t.Errorf("stdout %q, stderr %q", out, w.errs.String())
	}
}

// The newest revision is blamed, at once, and older ones are not.
func TestWaitFailsFast(t *testing.T) {
	t.Parallel()
	r := newRolling(t, 1)
	r.pod(1, "a", false, badPort)
	r.deploys(2, 1)
	w := r.waits(0, "deploy/web", "--timeout", "0")
	w.says("deploy/web: 0 of 1 ready, 1 of older revisions")
	r.pod(2, "a", false, badPort)
	w.ends(1)
	for _, want := range []string{
		`✖ deploy/web cannot become ready: no port "admin" in web (it has http): readiness can never be carried out`,
		"sure because the port of a probe and the ports of its container do not change", "certainty certain", "pod/web-r2-a", "revision web-r2",
	} {
		if !strings.Contains(w.out.String(), want) {
			t.Errorf("stdout lacks %q:\n%s", want, w.out.String())
		}
	}
	if want := "Deploy/web cannot become ready: no port \"admin\" in web (it has http): readiness can never be carried out.\n"; w.errs.String() != want {
		t.Errorf("stderr %q, want %q", w.errs.String(), want)
	}
}

// On a terminal one line is written over, and fits.
func TestWaitOnATerminal(t *testing.T) {
	t.Parallel()
	r := newRolling(t, 2)
	r.pod(1, "a", true)
	w := r.waits(60, "deploy/web")
	w.says("deploy/web: 1 of 2 ready")
	r.pod(1, "b", true)
	w.ends(0)
	for line := range strings.SplitSeq(w.out.String(), "\r\x1b[K") {
		if text := []rune(line); len(text) > 59 && !strings.HasPrefix(line, "✓") {
			t.Errorf("%d cells: %q", len(text), line)
		}
	}
	if out := w.out.String(); strings.Count(out, "\n") != 1 || !strings.HasSuffix(out, "\n") {
		t.Errorf("got %q", out)
	}
}

// A pod that ceases to be ready begins the time anew in which it must stay so.
func TestWaitUntilStable(t *testing.T) {
	t.Parallel()
	r := newRolling(t, 1)
	r.pod(1, "a", true)
	began := time.Now()
	w := r.waits(0, "deploy/web", "--stable", "1500ms")
	w.says("must stay so")
	r.pod(1, "a", false)
	w.says("deploy/web: 0 of 1 ready")
	again := time.Now()
	r.pod(1, "a", true)
	w.ends(0)
	if since := time.Since(again); since < 1500*time.Millisecond {
		t.Errorf("it ended %v after the pod was ready again, %v after it began", since, time.Since(began))
	}
	if !strings.Contains(w.out.String(), "stayed so for 1.5s") {
		t.Errorf("got %q", w.out.String())
	}
}

// Waiting for the end of a workload is waiting for its pods, also when it is gone already.
func TestWaitUntilGone(t *testing.T) {
	t.Parallel()
	r := newRolling(t, 1)
	r.pod(1, "a", true)
	if err := r.Delete(&appsv1.Deployment{ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: "web"}}); err != nil {
		t.Fatal(err)
	}
	w := r.waits(0, "deploy/web", "--for", "gone")
	w.says("deploy/web: 1 pods left")
	if err := r.Delete(&corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: "web-r1-a"}}); err != nil {
		t.Fatal(err)
	}
	w.ends(0)
}

// When time is up, and on ctrl-c, the exit code says so.
func TestWaitEnds(t *testing.T) {
	t.Parallel()
	r := newRolling(t, 1)
	r.pod(1, "a", false)
	w := r.waits(0, "deploy/web", "--timeout", "1s")
	w.ends(4)
	if !strings.HasPrefix(w.errs.String(), "Timed out after 1s: deploy/web: 0 of 1 ready; ") || !strings.Contains(w.out.String(), "✖ deploy/web: 0 of 1 ready") {
		t.Errorf("stdout %q, stderr %q", w.out.String(), w.errs.String())
	}
	w = r.waits(0, "deploy/web")
	w.says("0 of 1 ready")
	w.stop()
	w.ends(130)
	if w.errs.String() != "Interrupted.\n" {
		t.Errorf("stderr %q", w.errs.String())
	}
}
