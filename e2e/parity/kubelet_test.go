package parity

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/tools/record"
	"k8s.io/klog/v2"
	kubecontainer "k8s.io/kubernetes/pkg/kubelet/container"
	kubeletprober "k8s.io/kubernetes/pkg/kubelet/prober"
	"k8s.io/kubernetes/pkg/kubelet/prober/results"
	kubeletstatus "k8s.io/kubernetes/pkg/kubelet/status"

	"github.com/probetop/probetop/model"
)

// kubelet is the kubelet's own prober, with what it talks to replaced: pods have the status that they came with, and
// events and results go to whoever waits for the pod's probe.
type kubelet struct {
	manager kubeletprober.Manager

	mu sync.Mutex
	// guarded by mu
	pods map[types.UID]*probed
}

// probed is a pod whose readiness probe is run once.
type probed struct {
	pod     *corev1.Pod
	site    *site
	once    sync.Once
	outcome chan verdict
	settled atomic.Bool
}

// verdict is what a probe came to, and what the servers saw of it.
type verdict struct {
	kind model.ShadowVerdict
	text string
	seen []string
}

// newKubelet returns a kubelet that has been running for longer than the period of the pods here, so that it does not
// spread their first probes over a period.
func newKubelet() *kubelet {
	k := &kubelet{pods: map[types.UID]*probed{}}
	k.manager = kubeletprober.NewManager(statuses{kubelet: k}, resultSink{k}, resultSink{k}, resultSink{k}, runner{k}, recorder{k})
	return k
}

// probe runs the readiness probe of a pod once, with the kubelet's retries.
func (k *kubelet) probe(t *testing.T, s *site, pod *corev1.Pod) verdict {
	t.Helper()
	p := &probed{pod: pod, site: s, outcome: make(chan verdict, 1)}
	k.mu.Lock()
	k.pods[pod.UID] = p
	k.mu.Unlock()
	k.manager.AddPod(t.Context(), pod)
	defer k.manager.RemovePod(pod)
	select {
	case v := <-p.outcome:
		return v
	case <-time.After(time.Minute):
		t.Fatal("the kubelet's prober came to no result")
		return verdict{}
	}
}

func (k *kubelet) find(uid types.UID) *probed {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.pods[uid]
}

// settle takes the first outcome. It is called by the worker, which finds no status from then on and probes no more.
func (p *probed) settle(kind model.ShadowVerdict, text string) {
	p.once.Do(func() {
		p.settled.Store(true)
		p.outcome <- verdict{kind, text, p.site.take()}
	})
}

// statuses is the status manager: the pods never change.
type statuses struct {
	kubeletstatus.Manager
	kubelet *kubelet
}

func (s statuses) GetPodStatus(uid types.UID) (corev1.PodStatus, bool) {
	if p := s.kubelet.find(uid); p != nil && !p.settled.Load() {
		return p.pod.Status, true
	}
	return corev1.PodStatus{}, false
}

// resultSink takes successes; there is an event for everything else.
type resultSink struct{ kubelet *kubelet }

func (resultSink) Get(kubecontainer.ContainerID) (results.Result, bool) {
	return results.Unknown, false
}
func (resultSink) Remove(kubecontainer.ContainerID) {}
func (resultSink) Updates() <-chan results.Update   { return nil }

func (r resultSink) Set(_ kubecontainer.ContainerID, result results.Result, pod *corev1.Pod) {
	if result == results.Success {
		r.kubelet.find(pod.UID).settle(model.ShadowSuccess, "")
	}
}

// recorder reads events, whose message says which outcome it is.
type recorder struct{ kubelet *kubelet }

func (r recorder) WithLogger(klog.Logger) record.EventRecorderLogger { return r }
func (r recorder) Event(runtime.Object, string, string, string)      {}
func (r recorder) AnnotatedEventf(object runtime.Object, _ map[string]string, eventType, reason, format string, args ...any) {
	r.Eventf(object, eventType, reason, format, args...)
}

func (r recorder) Eventf(object runtime.Object, _, _, format string, args ...any) {
	p := r.kubelet.find(object.(*corev1.ObjectReference).UID)
	message := fmt.Sprintf(format, args...)
	for _, prefix := range [...]struct {
		text string
		kind model.ShadowVerdict
	}{
		{"Readiness probe failed: ", model.ShadowFailure},
		{"Readiness probe warning: ", model.ShadowWarning},
		{"Readiness probe errored and resulted in unknown state: ", model.ShadowErrored},
		{"Readiness probe errored and resulted in failure state: ", model.ShadowErrored},
	} {
		if text, ok := strings.CutPrefix(message, prefix.text); ok {
			p.settle(prefix.kind, text)
			return
		}
	}
	p.settle(model.ShadowNone, "an event that is not known: "+message)
}

// runner runs the commands of exec probes on this machine. The container ID is the pod's UID.
type runner struct{ kubelet *kubelet }

func (r runner) RunInContainer(ctx context.Context, id kubecontainer.ContainerID, argv []string, timeout time.Duration) ([]byte, error) {
	return r.kubelet.find(types.UID(id.ID)).site.execSync(ctx, argv, timeout)
}

// runningPod returns a running pod with one container.
func runningPod(uid, ip string, container corev1.Container) *corev1.Pod {
	started := true
	return &corev1.Pod{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Pod"},
		ObjectMeta: metav1.ObjectMeta{Name: "probed", Namespace: "parity", UID: types.UID(uid)},
		Spec:       corev1.PodSpec{Containers: []corev1.Container{container}},
		Status: corev1.PodStatus{
			Phase: corev1.PodRunning, PodIP: ip,
			ContainerStatuses: []corev1.ContainerStatus{{
				Name: container.Name, ContainerID: "test://" + uid, Started: &started,
				State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: metav1.Now()}},
			}},
		},
	}
}
