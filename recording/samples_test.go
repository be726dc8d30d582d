package recording

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/apimachinery/pkg/watch"
)

func ptr[T any](v T) *T { return &v }

// samplePod is a pod as an API server sends it: a server and its proxy, with what webhooks and controllers add.
func samplePod(i int) *corev1.Pod {
	at := func(d int) metav1.Time {
		return metav1.NewTime(noon.Add(time.Duration(i+d) * time.Second).Truncate(time.Second))
	}
	httpGet := func(path string) *corev1.Probe {
		return &corev1.Probe{
			ProbeHandler:   corev1.ProbeHandler{HTTPGet: &corev1.HTTPGetAction{Path: path, Port: intstr.FromString("http"), Scheme: "HTTP"}},
			TimeoutSeconds: 1, PeriodSeconds: 10, SuccessThreshold: 1, FailureThreshold: 3,
		}
	}
	hash := fmt.Sprintf("%08x", 0x7d4b9c5f+i/10)
	container := func(name string) corev1.Container {
		return corev1.Container{
			Name: name, Image: "registry.example/shop/" + name + ":v1.42.0", Command: []string{"/bin/" + name}, Args: []string{"--config=/etc/app.yaml"},
			Ports:          []corev1.ContainerPort{{Name: "http", ContainerPort: 8080, Protocol: "TCP"}},
			Env:            []corev1.EnvVar{{Name: "DATABASE_URL", Value: "postgres://app:hunter2@db/shop"}, {Name: "GOMAXPROCS", Value: "2"}},
			Resources:      corev1.ResourceRequirements{Limits: corev1.ResourceList{"memory": resource.MustParse("256Mi")}},
			VolumeMounts:   []corev1.VolumeMount{{Name: "kube-api-access-x2x9z", MountPath: "/var/run/secrets/kubernetes.io/serviceaccount", ReadOnly: true}},
			ReadinessProbe: httpGet("/readyz"), LivenessProbe: httpGet("/livez"), ImagePullPolicy: "IfNotPresent",
			TerminationMessagePath: "/dev/termination-log", TerminationMessagePolicy: "File",
		}
	}
	status := func(name string) corev1.ContainerStatus {
		return corev1.ContainerStatus{
			Name: name, Ready: i%2 == 0, Started: ptr(true), RestartCount: int32(i % 3), Image: "registry.example/shop/" + name + ":v1.42.0",
			ImageID:     fmt.Sprintf("registry.example/shop/%s@sha256:%064x", name, 0xabcdef),
			ContainerID: fmt.Sprintf("containerd://%064x", uint64(i+1)*0x9e3779b97f4a7c15),
			State:       corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: at(3)}},
			LastTerminationState: corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{
				ExitCode: 137, Reason: "Error", StartedAt: at(1), FinishedAt: at(2), ContainerID: fmt.Sprintf("containerd://%064x", uint64(i+1)*0xbf58476d1ce4e5b9),
			}},
		}
	}
	var conditions []corev1.PodCondition
	for _, c := range []corev1.PodConditionType{"PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled"} {
		conditions = append(conditions, corev1.PodCondition{Type: c, Status: "True", LastTransitionTime: at(4)})
	}
	name := fmt.Sprintf("checkout-%s-%05x", hash, i*7919)
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{
			Name: name, GenerateName: "checkout-" + hash + "-", Namespace: "shop",
			UID:             types.UID(fmt.Sprintf("1b4e28ba-2fa1-11d2-%04x-%012x", i, i*104729)),
			ResourceVersion: fmt.Sprint(1000000 + i), CreationTimestamp: at(0),
			Labels:        map[string]string{"app.kubernetes.io/name": "checkout", "app.kubernetes.io/part-of": "shop", "pod-template-hash": hash},
			Annotations:   map[string]string{"prometheus.io/scrape": "true", "checksum/config": fmt.Sprintf("%064x", 0xc0ffee)},
			ManagedFields: []metav1.ManagedFieldsEntry{{Manager: "kubelet", FieldsV1: metav1.NewFieldsV1(strings.Repeat("f:x", 800))}},
			OwnerReferences: []metav1.OwnerReference{{
				APIVersion: "apps/v1", Kind: "ReplicaSet", Name: "checkout-" + hash, UID: "6fa459ea-ee8a-3ca4-894e-db77e160355e", Controller: ptr(true), BlockOwnerDeletion: ptr(true),
			}},
		},
		Spec: corev1.PodSpec{
			NodeName: fmt.Sprintf("ip-10-0-%d-1.eu-west-1.compute.internal", i%50), RestartPolicy: "Always", TerminationGracePeriodSeconds: ptr(int64(30)),
			Containers: []corev1.Container{container("server"), container("proxy")}, ServiceAccountName: "checkout",
			Tolerations: []corev1.Toleration{{Key: "node.kubernetes.io/not-ready", Operator: "Exists", Effect: "NoExecute", TolerationSeconds: ptr(int64(300))}},
		},
		Status: corev1.PodStatus{
			Phase: "Running", Conditions: conditions, HostIP: "10.0.0.1", PodIP: fmt.Sprintf("10.244.%d.%d", i/250, i%250),
			PodIPs: []corev1.PodIP{{IP: fmt.Sprintf("10.244.%d.%d", i/250, i%250)}}, StartTime: ptr(at(1)), QOSClass: "Burstable",
			ContainerStatuses: []corev1.ContainerStatus{status("server"), status("proxy")},
		},
	}
}

func sampleEvent(i int) *corev1.Event {
	return &corev1.Event{
		ObjectMeta:     metav1.ObjectMeta{Name: fmt.Sprintf("checkout.%x", i), Namespace: "shop", UID: types.UID(fmt.Sprint(i))},
		InvolvedObject: corev1.ObjectReference{Kind: "Pod", Name: "checkout", FieldPath: "spec.containers{server}"},
		Reason:         "Unhealthy", Message: "Liveness probe failed: <&> HTTP probe failed with statuscode: 503\n", Count: int32(i),
		FirstTimestamp: metav1.NewTime(noon.Truncate(time.Second)), Type: "Warning",
	}
}

// sampleEntries is how many entries writeSample writes.
const sampleEntries = 11

// writeSample writes one of everything, in several frames.
func writeSample(t testing.TB, w *Writer) {
	t.Helper()
	at := noon
	tick := func() time.Time { at = at.Add(time.Millisecond); return at }
	w.Source(tick(), 1, Source{Kind: "pods", Namespace: "shop", State: "syncing", Since: noon})
	w.List(tick(), 1, "pods", ListBegin)
	w.Object(tick(), 1, watch.Added, "pods", samplePod(1))
	w.List(tick(), 1, "pods", ListEnd)
	w.Object(tick(), 2, watch.Added, "events", sampleEvent(1))
	w.Object(tick(), 3, watch.Added, "endpointslices", &discoveryv1.EndpointSlice{
		ObjectMeta: metav1.ObjectMeta{Name: "checkout-x"}, AddressType: "IPv4",
		Endpoints: []discoveryv1.Endpoint{{Addresses: []string{"10.244.0.1"}, Conditions: discoveryv1.EndpointConditions{Ready: ptr(false)}}},
	})
	w.Object(tick(), 4, watch.Added, "services", &corev1.Service{ObjectMeta: metav1.ObjectMeta{Name: "checkout"}, Spec: corev1.ServiceSpec{Type: "ClusterIP"}})
	w.Object(tick(), 5, watch.Added, "nodes", &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: "node-1"}})
	w.Object(tick(), 1, watch.Deleted, "pods", samplePod(2))
	w.Shadow(tick(), 62, Shadow{UID: "u", Container: "server", Type: "liveness", Outcome: "failure", Text: "<&> token=hunter2", Began: noon, Took: 7, PodIP: &Vantage{Outcome: "success"}})
	w.Source(tick(), 1, Source{Kind: "pods", State: "stale", Since: noon, Error: "the connection was cut off"})
}

// sample returns a recording with as many frames as it has entries, and one for the header.
func sample(t testing.TB) []byte {
	t.Helper()
	var whole bytes.Buffer
	w := newWriter(t, &whole, Options{})
	writeSample(t, w)
	closeWriter(t, w)
	frames, err := newFrames(&whole)
	if err != nil {
		t.Fatal(err)
	}
	encoder, err := newEncoder()
	if err != nil {
		t.Fatal(err)
	}
	var file []byte
	for {
		lines, err := frames.next()
		if errors.Is(err, io.EOF) {
			return file
		}
		if err != nil {
			t.Fatal(err)
		}
		for line := range bytes.Lines(lines) {
			file = encoder.EncodeAll(line, file)
		}
	}
}

var sampleHeader = Header{
	Kind: Kind, Version: Version, Context: "prod", ServerVersion: "v1.37.2", Scope: "namespace shop", Start: noon, Build: "v0.1.0",
}

func newWriter(t testing.TB, out io.Writer, o Options) *Writer {
	t.Helper()
	w, err := NewWriter(out, sampleHeader, o)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func closeWriter(t testing.TB, w *Writer) {
	t.Helper()
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}

// readAll reads entries until there are no more, and returns why.
func readAll(in io.Reader) ([]Entry, error) {
	r, err := NewReader(in)
	if err != nil {
		return nil, err
	}
	defer func() { _ = r.Close() }()
	var entries []Entry
	for {
		e, err := r.Next()
		if err != nil {
			return entries, err
		}
		entries = append(entries, e)
	}
}
