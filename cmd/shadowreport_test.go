package cmd_test

import (
	"encoding/json"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	apiwatch "k8s.io/apimachinery/pkg/watch"

	"github.com/probetop/probetop/cmd"
	"github.com/probetop/probetop/recording"
)

// TestReportOfARecordingWithShadows is about a container that listens on loopback only, as a recording has it.
func TestReportOfARecordingWithShadows(t *testing.T) {
	file := filepath.Join(t.TempDir(), "shadow.zst")
	w, err := recording.Create(file, recording.Header{Context: "here", Start: noon}, recording.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for i, kind := range []string{"pods", "events"} {
		w.Source(noon, uint8(i), recording.Source{Kind: kind, State: "synced", Since: noon})
	}
	began, failed := metav1.NewTime(noon.Add(-time.Hour)), metav1.NewTime(noon.Add(5*time.Second))
	w.Object(noon, 0, apiwatch.Added, "pods", &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "web-0", UID: "u"},
		Spec: corev1.PodSpec{NodeName: "n1", Containers: []corev1.Container{{Name: "web", ReadinessProbe: &corev1.Probe{
			ProbeHandler: corev1.ProbeHandler{HTTPGet: &corev1.HTTPGetAction{Path: "/ready", Port: intstr.FromInt32(8080)}},
		}}}},
		Status: corev1.PodStatus{
			Phase: corev1.PodRunning, PodIP: "10.0.0.7",
			ContainerStatuses: []corev1.ContainerStatus{{
				Name: "web", Started: new(true), ContainerID: "containerd://c1",
				State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: began}},
			}},
		},
	})
	w.Object(noon.Add(5*time.Second), 1, apiwatch.Added, "events", &corev1.Event{
		ObjectMeta:     metav1.ObjectMeta{Namespace: "shop", Name: "web-0.1", UID: "e"},
		InvolvedObject: corev1.ObjectReference{Kind: "Pod", Namespace: "shop", Name: "web-0", UID: "u", FieldPath: "spec.containers{web}"},
		Source:         corev1.EventSource{Component: "kubelet"}, Reason: "Unhealthy", Count: 1, FirstTimestamp: failed, LastTimestamp: failed,
		Message: `Readiness probe failed: Get "http://10.0.0.7:8080/ready": dial tcp 10.0.0.7:8080: connect: connection refused`,
	})
	w.Shadow(noon.Add(7*time.Second), 62, recording.Shadow{
		UID: "u", Container: "web", ContainerID: "containerd://c1", Type: "readiness", Began: noon.Add(6 * time.Second), Took: 12345678,
		Attempts: 1, Outcome: "success", Protocol: "HTTP/1.1", PodIP: &recording.Vantage{Outcome: "failure", Text: "dial tcp 10.0.0.7:8080: connect: connection refused"},
	})
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	got := run(t, t.Context(), "get", "--replay", file, "-o", "json")
	var r cmd.Report
	if err := json.Unmarshal([]byte(got.out), &r); err != nil || len(r.Pods) != 1 {
		t.Fatalf("%v, %d pods: %+v", err, len(r.Pods), got)
	}
	s := r.Pods[0].Containers[0].Probes[0].Shadow
	if s == nil || s.Class != "N1" || s.Certainty != "high" || s.Outcome != "success" || s.DurationMs != 12.345 || !s.At.Equal(noon.Add(6*time.Second)) ||
		!strings.Contains(s.Explain, "loopback only") || s.Check == "" || s.Kubelet.Cause != "REFUSED" || s.PodIP.Outcome != "failure" {
		t.Errorf("got %+v", s)
	}
	if want := (&cmd.DurationsReport{P50Ms: 12.345, P95Ms: 12.345, MaxMs: 12.345, HeadroomMs: 987.654}); s != nil && !reflect.DeepEqual(s.Durations, want) {
		t.Errorf("durations %+v, want %+v", s.Durations, want)
	}
	lines := run(t, t.Context(), "get", "--replay", file, "-o", "jsonl")
	if !strings.Contains(lines.out, `"class":"N1"`) {
		t.Errorf("got %+v", lines)
	}
}
