package recording

import (
	"reflect"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func TestAnnotationsThatAreReadAreKept(t *testing.T) {
	got := Trim(&corev1.Pod{ObjectMeta: metav1.ObjectMeta{Annotations: map[string]string{
		"kubernetes.io/config.mirror": "0123456789abcdef0123456789abcdef", "note": "x",
		"sidecar.istio.io/status": `{"initContainers":["istio-init"],"containers":["istio-proxy"]}`, "kuma.io/sidecar-injected": "false", "lint.probetop/host-set": "why",
	}}}, false).(*corev1.Pod)
	want := map[string]string{"kubernetes.io/config.mirror": "0123456789abcdef0123456789abcdef", "sidecar.istio.io/status": "", "kuma.io/sidecar-injected": "false", "lint.probetop/host-set": "why"}
	if !reflect.DeepEqual(got.Annotations, want) {
		t.Errorf("got %v", got.Annotations)
	}
}

func TestNodesKeepTheirPlace(t *testing.T) {
	got := Trim(&corev1.Node{ObjectMeta: metav1.ObjectMeta{Labels: map[string]string{
		corev1.LabelTopologyZone: "a", corev1.LabelTopologyRegion: "b", "note": "x",
	}}}, false).(*corev1.Node)
	if want := map[string]string{corev1.LabelTopologyZone: "a", corev1.LabelTopologyRegion: "b"}; !reflect.DeepEqual(got.Labels, want) {
		t.Errorf("got %v", got.Labels)
	}
}

func TestOnlyVariablesOfProbesAreKept(t *testing.T) {
	secret := &corev1.EnvVarSource{SecretKeyRef: &corev1.SecretKeySelector{
		LocalObjectReference: corev1.LocalObjectReference{Name: "db"}, Key: "k",
	}}
	got := Trim(&corev1.Pod{Spec: corev1.PodSpec{Containers: []corev1.Container{{
		Env: []corev1.EnvVar{
			{Name: "UNUSED", Value: "x"},
			{Name: "PORT", Value: "6379"},
			{Name: "URL", Value: "redis://a:b@c/"},
			{Name: "AUTH", Value: "hunter2"},
			{Name: "DB_PASSWORD", Value: "hunter3"},
			{Name: "FROM", ValueFrom: secret},
			{Name: "ESCAPED", Value: "x"},
		},
		ReadinessProbe: &corev1.Probe{ProbeHandler: corev1.ProbeHandler{Exec: &corev1.ExecAction{Command: []string{
			"redis-cli", "-p", "$(PORT)", "-a", "$(AUTH)", "-u$(URL)", "$(DB_PASSWORD)$(FROM)", "$$(ESCAPED) $(",
		}}}},
	}}}}, false).(*corev1.Pod).Spec.Containers[0]
	want := []corev1.EnvVar{
		{Name: "PORT", Value: "6379"},
		{Name: "URL", Value: "redis://***@c/"},
		{Name: "AUTH", Value: "***"},
		{Name: "DB_PASSWORD", Value: "***"},
		{Name: "FROM", ValueFrom: &corev1.EnvVarSource{SecretKeyRef: &corev1.SecretKeySelector{}}},
	}
	if !reflect.DeepEqual(got.Env, want) {
		t.Errorf("got %v\nwant %v", got.Env, want)
	}
	if arg := got.ReadinessProbe.Exec.Command[4]; arg != "$(AUTH)" {
		t.Errorf("got %s", arg)
	}
}

func TestOtherTypesAreNotRecorded(t *testing.T) {
	if got := Trim(&corev1.Secret{}, true); got != nil {
		t.Errorf("got %v", got)
	}
}

// TestAnEventKeepsWhenItWasWritten: and not by whom, nor what.
func TestAnEventKeepsWhenItWasWritten(t *testing.T) {
	at := metav1.NewTime(time.Date(2026, 8, 11, 12, 0, 7, 0, time.UTC))
	e := &corev1.Event{ObjectMeta: metav1.ObjectMeta{ManagedFields: []metav1.ManagedFieldsEntry{{
		Manager: "kubelet", Operation: metav1.ManagedFieldsOperationUpdate, Time: &at, FieldsV1: metav1.NewFieldsV1(`{"f:count":{}}`),
	}}}}
	got := Trim(e, false).(*corev1.Event).ManagedFields
	if want := []metav1.ManagedFieldsEntry{{Time: &at}}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
