package cmd_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/probetop/probetop/cmd"
	"github.com/probetop/probetop/simcluster"
)

// village is a cluster whose pods are reached through its API server. What they serve on port 8080 is on loopback
// only for pods that are named so.
func village(t *testing.T, pods ...*corev1.Pod) (*simcluster.Cluster, string) {
	t.Helper()
	web := httptest.NewServer(http.HandlerFunc(answer))
	t.Cleanup(web.Close)
	behave := func(pod *corev1.Pod) simcluster.Behaviour {
		l := &simcluster.Local{Linger: time.Millisecond}
		l.Dial = func(ctx context.Context, port int32, onLoopback bool) (net.Conn, error) {
			if port != 8080 || pod.Name == "local" && !onLoopback {
				return nil, syscall.ECONNREFUSED
			}
			return (&net.Dialer{}).DialContext(ctx, "tcp", web.Listener.Addr().String())
		}
		l.Run = func(_ context.Context, _ string, argv []string, stdout, _ io.Writer) (int, error) {
			fmt.Fprintf(stdout, "ran %s", argv[0])
			return 0, nil
		}
		return l
	}
	cluster, err := simcluster.Start(simcluster.Options{Behaviour: behave})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cluster.Close)
	path := filepath.Join(t.TempDir(), "kubeconfig")
	if err := cluster.WriteKubeconfig(path); err != nil {
		t.Fatal(err)
	}
	for _, pod := range pods {
		if err := cluster.Apply(pod); err != nil {
			t.Fatal(err)
		}
	}
	return cluster, path
}

// shadowed runs probetop shadow by the way of every day, and returns what it prints.
func shadowed(t *testing.T, kubeconfig string, args ...string) (int, []cmd.TranscriptReport) {
	t.Helper()
	var out, errs bytes.Buffer
	code := cmd.Execute(t.Context(), "probetop", append([]string{"shadow", "--kubeconfig", kubeconfig, "-n", "shop", "-o", "json"}, args...), cmd.Streams{
		In: strings.NewReader(""), Out: &out, Err: &errs, Now: time.Now, Log: &cmd.DebugLog{},
	})
	var reports []cmd.TranscriptReport
	for d := json.NewDecoder(&out); d.More(); {
		var r cmd.TranscriptReport
		if err := d.Decode(&r); err != nil {
			t.Fatal(err)
		}
		reports = append(reports, r)
	}
	if len(reports) == 0 {
		t.Fatalf("exit code %d: %s", code, errs.String())
	}
	return code, reports
}

// refusal is what a kubelet says of a readiness probe that nobody answers.
func refusal(pod string) *corev1.Event {
	now := metav1.Now()
	return &corev1.Event{
		ObjectMeta:     metav1.ObjectMeta{Namespace: "shop", Name: pod + ".1", UID: "e1"},
		InvolvedObject: corev1.ObjectReference{Kind: "Pod", Namespace: "shop", Name: pod, UID: types.UID("uid-" + pod), FieldPath: "spec.containers{app}"},
		Source:         corev1.EventSource{Component: "kubelet"}, Reason: "Unhealthy", Type: "Warning",
		Count: 20, FirstTimestamp: metav1.NewTime(now.Add(-20 * time.Second)), LastTimestamp: now,
		Message: `Readiness probe failed: Get "http://10.0.0.5:8080/healthz": dial tcp 10.0.0.5:8080: connect: connection refused`,
	}
}

func TestShadowThroughTheAPIServer(t *testing.T) {
	t.Parallel()
	cluster, kubeconfig := village(t, villager("web", true, get("/moved"), command("true")), villager("local", false, get("/healthz")))
	if err := cluster.Apply(refusal("local")); err != nil {
		t.Fatal(err)
	}
	code, reports := shadowed(t, kubeconfig, "pod/web", "--allow-exec")
	if len(reports) != 2 || code != 0 {
		t.Fatalf("exit code %d, %+v", code, reports)
	}
	for i, want := range []string{"fine", "ran true"} {
		run := reports[i].Runs[0]
		if run.Outcome != "success" || len(run.Attempts) != 1 || run.Attempts[0].Body != want || reports[i].Shadow.Class != "A0" {
			t.Errorf("%s: %+v, class %s", reports[i].Type, run, reports[i].Shadow.Class)
		}
	}
	if run := reports[0].Runs[0]; run.RoundTripMs <= 0 || len(run.Attempts[0].Hops) != 2 || run.PodIP == nil {
		t.Errorf("got %+v", run)
	}
	code, reports = shadowed(t, kubeconfig, "pod/local")
	if run := reports[0].Runs[0]; code != 1 || run.Outcome != "success" || run.PodIP.Outcome != "failure" || reports[0].Shadow.Class != "N1" {
		t.Errorf("exit code %d, %+v, %+v", code, run, reports[0].Shadow)
	}
}

// TestShadowThatTheAPIServerForbids: the server is asked before, and nothing is tried.
func TestShadowThatTheAPIServerForbids(t *testing.T) {
	t.Parallel()
	cluster, kubeconfig := village(t, villager("web", true, get("/healthz")))
	cluster.Faults().Add(simcluster.Fault{Resource: "pods", Subresource: "portforward", Do: simcluster.Forbid()})
	code, reports := shadowed(t, kubeconfig, "pod/web")
	if run := reports[0].Runs[0]; code != 3 || run.Lack != "forbidden" || reports[0].Shadow.Class != "X1" || reports[0].Reproduce == "" {
		t.Errorf("exit code %d, %+v, %+v", code, run, reports[0].Shadow)
	}
	for _, r := range cluster.Requests() {
		if r.Subresource == "portforward" {
			t.Errorf("the server was asked for %+v", r)
		}
	}
}
