package cmd_test

import (
	"context"
	"encoding/json"
	"maps"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"

	"github.com/probetop/probetop/cmd"
)

// shop is a cluster with a pod that fails its readiness probe, and one that is well.
var shop = api{
	"pods": `
{"metadata":{"namespace":"shop","name":"cart-0","uid":"u1","resourceVersion":"1","creationTimestamp":"2026-11-21T11:58:00Z",
  "ownerReferences":[{"apiVersion":"apps/v1","kind":"StatefulSet","name":"cart","uid":"s1","controller":true}]},
 "spec":{"nodeName":"n1","restartPolicy":"Always","readinessGates":[{"conditionType":"example.com/lb"}],
  "containers":[{"name":"cart","image":"cart","readinessProbe":{"httpGet":{"path":"/ready","port":8080,"scheme":"HTTP"},
   "timeoutSeconds":1,"periodSeconds":10,"successThreshold":1,"failureThreshold":3}}]},
 "status":{"phase":"Running","conditions":[
   {"type":"Ready","status":"False","reason":"ContainersNotReady","message":"containers with unready status: [cart]","lastTransitionTime":"2026-11-21T11:59:00Z"}],
  "containerStatuses":[{"name":"cart","image":"cart","imageID":"","containerID":"containerd://1","ready":false,"started":true,"restartCount":2,
   "state":{"running":{"startedAt":"2026-11-21T11:58:30Z"}},
   "lastState":{"terminated":{"exitCode":137,"signal":9,"reason":"Error","startedAt":"2026-11-21T11:58:01Z","finishedAt":"2026-11-21T11:58:29Z"}}}]}},
{"metadata":{"namespace":"shop","name":"web-0","uid":"u2","resourceVersion":"1","creationTimestamp":"2026-11-21T10:00:00Z"},
 "spec":{"nodeName":"n1","containers":[{"name":"web","image":"web"}]},
 "status":{"phase":"Running","conditions":[{"type":"Ready","status":"True","lastTransitionTime":"2026-11-21T10:00:05Z"}],
  "containerStatuses":[{"name":"web","image":"web","imageID":"","containerID":"containerd://2","ready":true,"started":true,"restartCount":0,
   "state":{"running":{"startedAt":"2026-11-21T10:00:01Z"}}}]}}`,
	"events": `
{"metadata":{"namespace":"shop","name":"cart-0.1","uid":"e1"},"involvedObject":{"kind":"Pod","namespace":"shop","name":"cart-0","uid":"u1","fieldPath":"spec.containers{cart}"},
 "type":"Warning","reason":"Unhealthy","message":"Readiness probe failed: HTTP probe failed with statuscode: 503\u001b[31m","count":5,
 "firstTimestamp":"2026-11-21T11:58:40Z","lastTimestamp":"2026-11-21T11:59:20Z","source":{"component":"kubelet","host":"n1"}}`,
	"endpointslices": `
{"metadata":{"namespace":"shop","name":"web-x","labels":{"kubernetes.io/service-name":"web"}},"addressType":"IPv4",
 "endpoints":[{"addresses":["10.0.0.2"],"conditions":{},"targetRef":{"kind":"Pod","namespace":"shop","name":"web-0","uid":"u2"}}]}`,
	"services": `{"metadata":{"namespace":"shop","name":"web"},"spec":{}}`,
	"nodes":    `{"metadata":{"name":"n1"},"status":{"conditions":[{"type":"Ready","status":"True"}],"nodeInfo":{"kubeletVersion":"v1.37.1"}}}`,
}

func TestTableIsWorstFirstAndHarmless(t *testing.T) {
	got := run(t, t.Context(), "get", "--kubeconfig", serve(t, shop), "-A")
	want := `NAMESPACE   NAME     READY   STATUS    RESTARTS        AGE    STARTUP   READINESS   LIVENESS   TRAFFIC   WHY
shop        cart-0   0/1     Running   2 (91s ago)     2m     -         failed      -          -         readiness of cart: HTTP probe failed with statuscode: 503
shop        web-0    1/1     Running   0               120m     -         -           -          1/1
`
	if got.code != 0 || flat(got.out) != flat(want) || got.err != "" {
		t.Errorf("exit code %d, stderr %q, stdout\n%s", got.code, got.err, got.out)
	}
}

// flat makes every run of blanks one.
func flat(s string) string { return strings.Join(strings.Fields(s), " ") }

func TestOneNamespaceHasNoColumnForIt(t *testing.T) {
	kubeconfig := serve(t, shop)
	if got := run(t, t.Context(), "get", "--kubeconfig", kubeconfig); strings.Contains(got.out, "NAMESPACE") || !strings.HasPrefix(got.out, "NAME ") {
		t.Errorf("got\n%s", got.out)
	}
	if got := run(t, t.Context(), "get", "--kubeconfig", kubeconfig, "-n", "shop,other", "--no-headers"); !strings.HasPrefix(got.out, "shop ") {
		t.Errorf("got\n%s", got.out)
	}
	if got := run(t, t.Context(), "get", "--kubeconfig", kubeconfig, "-o", "name"); got.out != "pod/cart-0\npod/web-0\n" {
		t.Errorf("got\n%s", got.out)
	}
	wide := run(t, t.Context(), "get", "--kubeconfig", kubeconfig, "-o", "wide").out
	for _, want := range []string{"example.com/lb=Missing", "StatefulSet/cart", "n1"} {
		if !strings.Contains(wide, want) {
			t.Errorf("wide lacks %q:\n%s", want, wide)
		}
	}
}

// A document is whole, and steers no terminal, whatever a probe has printed.
func TestDocumentsOfHostileTexts(t *testing.T) {
	hostile := maps.Clone(shop)
	hostile["events"] = strings.Replace(shop["events"], `\u001b[31m`, `\u009b31m\u007f\u0085\u202e\u200f: x # \"y`, 1)
	kubeconfig := serve(t, hostile)
	for format, want := range map[string]string{
		"json":  "statuscode: 503\u009b31m\u007f\u0085\u202e\u200f: x # \"y",
		"jsonl": "statuscode: 503\u009b31m\u007f\u0085\u202e\u200f: x # \"y",
		"yaml":  "statuscode: 503\u009b31m\u007f\u0085\ufffd\ufffd: x # \"y",
	} {
		got := run(t, t.Context(), "get", "--kubeconfig", kubeconfig, "-o", format)
		if got.code != 0 || strings.ContainsAny(got.out, "\u009b\u007f\u0085\u202e\u200f") {
			t.Errorf("%s: exit code %d, stderr %q, stdout %q", format, got.code, got.err, got.out)
		}
		var pod cmd.PodReport
		if format == "jsonl" {
			got.out, _, _ = strings.Cut(got.out, "\n")
			if err := json.Unmarshal([]byte(got.out), &pod); err != nil {
				t.Fatal(err)
			}
		} else {
			var r cmd.Report
			if err := yaml.Unmarshal([]byte(got.out), &r); err != nil || len(r.Pods) != 2 {
				t.Fatalf("%s: %d pods, %v", format, len(r.Pods), err)
			}
			pod = r.Pods[0]
		}
		if text := pod.Containers[0].Probes[0].LastFailure.Text; !strings.Contains(text, want) {
			t.Errorf("%s: the text is %q, want %q in it", format, text, want)
		}
	}
}

func TestReportHoldsWhatTheServerSaid(t *testing.T) {
	kubeconfig := serve(t, shop)
	got := run(t, t.Context(), "get", "--kubeconfig", kubeconfig, "-o", "json")
	var r cmd.Report
	if err := json.Unmarshal([]byte(got.out), &r); err != nil {
		t.Fatalf("%v in\n%s", err, got.out)
	}
	if r.Kind != "ProbeReport" || r.APIVersion != "probetop/v1alpha1" || r.Context != "here" || len(r.Sources) != 6 || r.Sources[5].State != "off" || len(r.Pods) != 2 {
		t.Fatalf("got %s %s, context %q, %d sources, %d pods", r.APIVersion, r.Kind, r.Context, len(r.Sources), len(r.Pods))
	}
	p := r.Pods[0]
	c := p.Containers[0]
	probe := c.Probes[0]
	if p.Workload != "StatefulSet/cart" || p.Ready || p.Gates[0].Status != "Missing" || p.Conditions[0].Reason != "ContainersNotReady" {
		t.Errorf("pod %+v", p)
	}
	if c.State != "running" || c.Started == nil || !*c.Started || c.Ready || c.Restarts != 2 || c.LastTermination.ExitCode != 137 {
		t.Errorf("container %+v", c)
	}
	if probe.State != "failed" || probe.Certainty != "high" || probe.LastFailure.Cause != "STATUS(503)" || probe.Events[0].Count != 5 ||
		probe.Summary != "http-get http://:8080/ready delay=0s timeout=1s period=10s successThreshold=1 failureThreshold=3" {
		t.Errorf("probe %+v, last failure %+v", probe, probe.LastFailure)
	}
	if tr := r.Pods[1].Traffic; len(tr) != 1 || !tr[0].Ready || !tr[0].Serving || tr[0].Terminating {
		t.Errorf("traffic %+v", tr)
	}
	var y cmd.Report
	if err := yaml.Unmarshal([]byte(run(t, t.Context(), "get", "--kubeconfig", kubeconfig, "-o", "yaml").out), &y); err != nil || len(y.Pods) != 2 {
		t.Errorf("YAML: %d pods, %v", len(y.Pods), err)
	}
	lines := strings.Split(strings.TrimSpace(run(t, t.Context(), "get", "--kubeconfig", kubeconfig, "-o", "jsonl").out), "\n")
	if len(lines) != 2 || !strings.HasPrefix(lines[0], `{"namespace":"shop","name":"cart-0"`) {
		t.Errorf("JSON lines: %q", lines)
	}
}

func TestNoPodIsSaid(t *testing.T) {
	kubeconfig := serve(t, api{})
	got := run(t, t.Context(), "get", "--kubeconfig", kubeconfig)
	if got.code != 0 || got.out != "" || !strings.HasPrefix(got.err, "No pod matches.") {
		t.Errorf("got %+v", got)
	}
	if got := run(t, t.Context(), "get", "--kubeconfig", kubeconfig, "-o", "json"); !strings.Contains(got.out, `"pods": []`) {
		t.Errorf("got %s", got.out)
	}
}

func TestHelpAndVersion(t *testing.T) {
	if got := run(t, t.Context(), "version"); got.code != 0 || !strings.HasPrefix(got.out, "probetop ") {
		t.Errorf("got %+v", got)
	}
	got := run(t, t.Context(), "--help")
	for _, want := range []string{"top(1) for Kubernetes probes", "Exit codes:", "--context", "--request-timeout", "-A, --all-namespaces"} {
		if !strings.Contains(got.out, want) {
			t.Errorf("help lacks %q", want)
		}
	}
	if got := run(t, t.Context(), "completion", "bash"); got.code != 0 || !strings.Contains(got.out, "probetop") {
		t.Errorf("exit code %d for the completion", got.code)
	}
}

func TestInterruptedRunSaysSo(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if got := run(t, ctx, "get", "--kubeconfig", serve(t, shop)); got.code != 130 || got.err != "Interrupted.\n" {
		t.Errorf("got %+v", got)
	}
}
