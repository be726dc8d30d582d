package cmd_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/probetop/probetop/cmd"
)

// TestAClockThatIsWrong: what time this machine takes it for changes nothing, and is told.
func TestAClockThatIsWrong(t *testing.T) {
	healthz := corev1.ProbeHandler{HTTPGet: &corev1.HTTPGetAction{Path: "/healthz", Port: intstr.FromInt32(8080)}}
	pod := villager("web-0", true, healthz, healthz)
	for _, probe := range []*corev1.Probe{pod.Spec.Containers[0].ReadinessProbe, pod.Spec.Containers[0].LivenessProbe} {
		probe.PeriodSeconds, probe.TimeoutSeconds = 300, 10
	}
	cluster, kubeconfig := village(t, pod)
	last := time.Now().Add(-5 * time.Second).Truncate(time.Second)
	if err := cluster.Apply(&corev1.Event{
		ObjectMeta:     metav1.ObjectMeta{Namespace: "shop", Name: "web-0.1"},
		InvolvedObject: corev1.ObjectReference{Kind: "Pod", Namespace: "shop", Name: "web-0", UID: pod.UID, FieldPath: "spec.containers{app}"},
		Type:           "Warning", Reason: "Unhealthy", Message: "Liveness probe failed: no", Source: corev1.EventSource{Component: "kubelet"},
		FirstTimestamp: metav1.NewTime(last), LastTimestamp: metav1.NewTime(last), Count: 1,
	}); err != nil {
		t.Fatal(err)
	}
	for wrong, remark := range map[time.Duration]string{
		0:                                "",
		95*time.Minute + 30*time.Second:  "This clock is 95m ahead of the server's; times are the server's.\n",
		-25*time.Minute - 30*time.Second: "This clock is 25m behind the server's; times are the server's.\n",
	} {
		run := func(args ...string) result {
			var out, errs bytes.Buffer
			code := cmd.Execute(t.Context(), "probetop", append(args, "--kubeconfig", kubeconfig, "-n", "shop"), cmd.Streams{
				In: strings.NewReader(""), Out: &out, Err: &errs, Now: func() time.Time { return time.Now().Add(wrong) }, Log: &cmd.DebugLog{},
			})
			return result{code, out.String(), errs.String()}
		}
		got := run("get", "-o", "json")
		var r cmd.Report
		if err := json.Unmarshal([]byte(got.out), &r); err != nil || got.code != 0 || len(r.Pods) != 1 {
			t.Fatalf("%v: %+v", wrong, got)
		}
		if got.err != remark {
			t.Errorf("%v: told %q", wrong, got.err)
		}
		for _, p := range r.Pods[0].Containers[0].Probes {
			if want := map[string]string{"liveness": "failing", "readiness": "passing"}[p.Type]; p.State != want || p.Certainty != "high" {
				t.Errorf("%v: %s is %s, %s", wrong, p.Type, p.State, p.Certainty)
			}
		}
		got = run("shadow", "pod/web-0", "--probe", "liveness", "-o", "json")
		var tr cmd.TranscriptReport
		if err := json.Unmarshal([]byte(got.out), &tr); err != nil || len(tr.Runs) != 1 || len(tr.Runs[0].Attempts) != 1 {
			t.Fatalf("%v: %+v", wrong, got)
		}
		if off := time.Since(tr.Runs[0].At).Abs(); off > time.Minute || tr.Runs[0].Attempts[0].At.Sub(tr.Runs[0].At).Abs() > time.Second {
			t.Errorf("%v: the run was at %v, its attempt at %v", wrong, tr.Runs[0].At, tr.Runs[0].Attempts[0].At)
		}
		if tr.Shadow == nil || tr.Shadow.Kubelet.Outcome != "failure" || tr.Shadow.Class != "T2" {
			t.Errorf("%v: beside it is %+v", wrong, tr.Shadow)
		}
	}
}
