package cmd_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/yaml"

	"github.com/probetop/probetop/cmd"
	"github.com/probetop/probetop/simcluster"
)

// A case is a file of testdata/cases: API objects as a kubelet, a runtime or a controller wrote them that is not the
// usual one. Times are relative to the moment at which the objects are looked at, and what each object of a kind has in
// common with the others is left out.
type reportedCase struct {
	objects []runtime.Object
	pods    map[string]*corev1.Pod
}

var (
	relativeTime = regexp.MustCompile(`['"]@(us)?(-\d+)['"]`)
	relativeUID  = regexp.MustCompile(`['"]@uid:([^'"]+)['"]`)
)

// loadCase reads a case as it is at a moment.
func loadCase(t *testing.T, path string, at time.Time) *reportedCase {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	text := relativeTime.ReplaceAllStringFunc(string(data), func(s string) string {
		m := relativeTime.FindStringSubmatch(s)
		seconds, _ := strconv.Atoi(m[2])
		layout := time.RFC3339
		if m[1] != "" {
			layout = metav1.RFC3339Micro
		}
		return strconv.Quote(at.Add(time.Duration(seconds) * time.Second).Format(layout))
	})
	text = relativeUID.ReplaceAllStringFunc(text, func(s string) string {
		return strconv.Quote(uidOf(relativeUID.FindStringSubmatch(s)[1]))
	})
	c := &reportedCase{pods: map[string]*corev1.Pod{}}
	for document := range strings.SplitSeq(text, "\n---\n") {
		c.objects = append(c.objects, c.object(t, document, at))
	}
	for i, o := range c.objects {
		if e, ok := o.(*corev1.Event); ok {
			c.complete(t, e, i)
		}
	}
	return c
}

// uidOf is the UID of a case's pod.
func uidOf(pod string) string { return "uid-" + pod }

// object reads one object, without what only an event lacks.
func (c *reportedCase) object(t *testing.T, document string, at time.Time) runtime.Object {
	t.Helper()
	var kind metav1.TypeMeta
	read := func(into any) {
		t.Helper()
		if err := yaml.Unmarshal([]byte(document), into); err != nil {
			t.Fatalf("%v in\n%s", err, document)
		}
	}
	read(&kind)
	switch kind.Kind {
	case "Node":
		var short struct {
			metav1.ObjectMeta `json:"metadata"`
			Status            struct {
				Version, Runtime, Ready string
				OS                      string `json:"os_name"`
			}
		}
		read(&short)
		return &corev1.Node{ObjectMeta: short.ObjectMeta, Status: corev1.NodeStatus{
			Conditions: []corev1.NodeCondition{{Type: corev1.NodeReady, Status: corev1.ConditionStatus(short.Status.Ready), LastTransitionTime: metav1.NewTime(at.Add(-time.Hour))}},
			NodeInfo: corev1.NodeSystemInfo{
				KubeletVersion: short.Status.Version, ContainerRuntimeVersion: short.Status.Runtime, OperatingSystem: short.Status.OS,
			},
		}}
	case "Pod":
		pod := &corev1.Pod{}
		read(pod)
		pod.Namespace, pod.UID = "cases", types.UID(uidOf(pod.Name))
		if pod.Status.StartTime != nil {
			pod.CreationTimestamp = *pod.Status.StartTime
		}
		c.pods[pod.Name] = pod
		return pod
	case "Service":
		service := &corev1.Service{}
		read(service)
		service.Namespace = "cases"
		return service
	case "EndpointSlice":
		slice := &discoveryv1.EndpointSlice{}
		read(slice)
		slice.Namespace = "cases"
		return slice
	case "Event":
		event := &corev1.Event{}
		read(event)
		return event
	}
	t.Fatalf("kind %q is not one of a case", kind.Kind)
	return nil
}

// complete gives an event its identity, its pod and the kubelet that wrote it. The name holds the first occurrence, as
// that of every event does.
func (c *reportedCase) complete(t *testing.T, e *corev1.Event, i int) {
	t.Helper()
	pod := c.pods[e.InvolvedObject.Name]
	if pod == nil {
		t.Fatalf("an event about %q, which is no pod of the case", e.InvolvedObject.Name)
	}
	e.Namespace, e.Name = "cases", fmt.Sprintf("%s.%x", pod.Name, e.FirstTimestamp.UnixNano()+int64(i))
	e.UID = types.UID("uid-" + e.Name)
	e.InvolvedObject.Kind, e.InvolvedObject.APIVersion = "Pod", "v1"
	e.InvolvedObject.Namespace, e.InvolvedObject.UID = "cases", pod.UID
	e.Source = corev1.EventSource{Component: "kubelet", Host: pod.Spec.NodeName}
	e.ReportingController, e.ReportingInstance = "kubelet", pod.Spec.NodeName
}

// diagnosis is what is read of a pod's diagnosis.
type diagnosis struct{ Cause, Headline, Container, Probe string }

// seen is what probetop says of a case.
type seen struct {
	cmd.Report
	diagnoses map[string]diagnosis
	rows      map[string]string // the lines of the table, by pod
}

// look serves a case, and runs get on it.
func (c *reportedCase) look(t *testing.T) *seen {
	t.Helper()
	cluster, err := simcluster.Start(simcluster.Options{Now: func() time.Time { return noon }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cluster.Close)
	kubeconfig := filepath.Join(t.TempDir(), "kubeconfig")
	if err := cluster.WriteKubeconfig(kubeconfig); err != nil {
		t.Fatal(err)
	}
	if err := cluster.Apply(c.objects...); err != nil {
		t.Fatal(err)
	}
	s := &seen{diagnoses: map[string]diagnosis{}, rows: map[string]string{}}
	document := run(t, t.Context(), "get", "--kubeconfig", kubeconfig, "-A", "-o", "json")
	var more struct {
		Pods []struct {
			Name      string
			Diagnosis diagnosis
		}
	}
	for _, into := range []any{&s.Report, &more} {
		if err := json.Unmarshal([]byte(document.out), into); err != nil || document.code != 0 {
			t.Fatalf("exit code %d, %v, stderr %q", document.code, err, document.err)
		}
	}
	for _, pod := range more.Pods {
		s.diagnoses[pod.Name] = pod.Diagnosis
	}
	table := run(t, t.Context(), "get", "--kubeconfig", kubeconfig, "-A", "-o", "table", "--no-headers")
	for line := range strings.Lines(table.out) {
		if words := strings.Fields(line); len(words) > 1 {
			s.rows[words[1]] = line
		}
	}
	if len(s.Pods) != len(c.pods) || len(s.rows) != len(c.pods) {
		t.Fatalf("%d pods and %d lines, want %d of each", len(s.Pods), len(s.rows), len(c.pods))
	}
	return s
}

// probeWant is what is to be said of a probe. What is empty is not compared; several values are separated by bars.
type probeWant struct {
	name, state, certainty string // name is container/type
	cause                  string // of its last failure; with a leading ! what it must not be
	run                    string // "3/10", or "11+/30" for at least so many, known from below
	kind                   string // of the consequence; "none" for none
	notBefore              time.Duration
}

// podWant is what is to be said of a pod.
type podWant struct {
	probes []probeWant
	// cause is that of the diagnosis; empty for a pod with nothing wrong.
	cause string
	// says and hides are words that the headline has, and that neither it nor the table has.
	says, hides []string
	// restarts are the causes in the ledger, newest first.
	restarts []string
	// traffic are the Services that the pod is ready in.
	traffic []string
	// starts is when the container starts again, from and until.
	starts [2]time.Duration
}

// failedFor is a pod whose readiness probe has failed of that cause.
func failedFor(cause string, says ...string) podWant {
	return podWant{probes: []probeWant{{name: "app/readiness", state: "failed", cause: cause}}, cause: "readiness", says: says, hides: []string{"OTHER"}}
}

var reportedCases = map[string]map[string]podWant{
	"s01-windows-socket-errors": {
		"win-refused": failedFor("REFUSED", "readiness", "8080"),
		"win-reset":   failedFor("RESET", "readiness"),
		"win-silent":  failedFor("TIMEOUT_CONNECT", "readiness"),
	},
	"s03-old-connect-timeouts": {
		"conn-canceled":  failedFor("TIMEOUT_CONNECT", "readiness"),
		"conn-iotimeout": failedFor("TIMEOUT_CONNECT", "readiness"),
		"conn-etimedout": failedFor("TIMEOUT_CONNECT", "readiness"),
		"conn-invalid":   failedFor("NOROUTE", "readiness"),
		"conn-noquotes":  failedFor("TIMEOUT_CONNECT", "readiness"),
		"conn-headers":   failedFor("TIMEOUT_HEADERS", "readiness"),
	},
	"s06-virtual-kubelet": {
		"aci-web": {
			probes: []probeWant{
				{name: "app/startup", state: "held|unknown", certainty: "low|none", kind: "none"},
				{name: "app/readiness", state: "passing|unknown", certainty: "low|none", kind: "none"},
				{name: "app/liveness", state: "passing|unknown", certainty: "low|none", kind: "none"},
			},
			hides: []string{"startup of", "restart"},
		},
		"aci-web2": {
			probes: []probeWant{
				{name: "app/readiness", state: "passing|unknown", certainty: "low|none", kind: "none"},
				{name: "app/liveness", state: "passing|unknown", certainty: "low|none", kind: "none"},
			},
			hides: []string{"restart"},
		},
	},
	"s10-combined-two-containers": {
		"two-ports": {
			probes: []probeWant{
				{name: "admin/liveness", state: "failing", certainty: "high|medium", cause: "RESET", run: "11+/30", kind: "restart", notBefore: time.Second},
				{name: "api/liveness", state: "passing", certainty: "high", run: "0/30", kind: "none"},
			},
			cause: "failing", says: []string{"liveness", "admin"}, hides: []string{"any moment", "of api"},
		},
	},
	"s12-endpoints-by-an-operator": {
		"pg-0": {traffic: []string{"pg-primary"}, probes: []probeWant{{name: "postgres/readiness", state: "passing"}}, hides: []string{"no Service selects"}},
		"pg-1": {traffic: []string{"pg-ro"}, probes: []probeWant{{name: "postgres/readiness", state: "passing"}}, hides: []string{"no Service selects"}},
	},
	"s21-network-words": {
		"net-hostdown":    failedFor("NOROUTE", "readiness"),
		"net-eperm":       failedFor("!OTHER", "readiness"),
		"net-noaddr":      failedFor("!OTHER", "readiness", "node"),
		"net-files":       failedFor("!OTHER", "readiness", "node"),
		"net-pipe":        failedFor("RESET", "readiness"),
		"net-misbehaving": failedFor("DNS", "readiness"),
		"net-version":     failedFor("!OTHER", "readiness"),
		"net-bare":        failedFor("STATUS(502)", "readiness", "502"),
	},
	"s23-ended-by-the-kubelet": {
		"evicted":   {cause: "evicted", says: []string{"low on resource: memory"}, hides: []string{"sandbox", "signal", "liveness"}},
		"deadline":  {cause: "deadline", says: []string{"longer than the specified deadline"}, hides: []string{"sandbox", "signal", "liveness"}},
		"preempted": {cause: "preempted", says: []string{"in order to admit critical pod"}, hides: []string{"sandbox", "signal", "liveness"}},
	},
	"s25-no-field-path": {
		"nopath-one": {
			probes: []probeWant{{name: "app/liveness", state: "failing", certainty: "high", cause: "STATUS(500)", run: "3/10", kind: "restart"}},
			cause:  "failing", says: []string{"liveness", "app", "500"},
		},
		"nopath-two": {
			probes: []probeWant{{name: "app/liveness", state: "failing", certainty: "high", cause: "STATUS(500)", run: "3/10", kind: "restart"}},
			cause:  "failing", says: []string{"liveness", "app", "500"}, hides: []string{"proxy"},
		},
		"nopath-killed": {restarts: []string{"liveness"}, cause: "liveness", says: []string{"liveness", "app", "500"}, hides: []string{"signal"}},
	},
	"s26-colours": {
		"etcd-0": {
			probes: []probeWant{{name: "etcd/readiness", state: "failed", cause: "EXIT_NONZERO"}},
			cause:  "readiness", says: []string{"ERROR ==> endpoint is sick"}, hides: []string{"\x1b", "[38;5", "[0m", "\r", "DeadlineExceeded"},
		},
	},
	"s29-loop-by-liveness": {
		"loop": {
			restarts: []string{"liveness"}, cause: "liveness", says: []string{"liveness", "404"}, hides: []string{"back-off 40s"},
			starts: [2]time.Duration{19 * time.Second, 43 * time.Second}, // 40 s, and what the sync and the start may take
		},
	},
}

func TestReportedCases(t *testing.T) {
	files, err := filepath.Glob("testdata/cases/*.yaml")
	if err != nil || len(files) != len(reportedCases) {
		t.Fatalf("%d files, %v, want %d", len(files), err, len(reportedCases))
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".yaml")
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := loadCase(t, file, noon)
			if len(c.pods) != len(reportedCases[name]) {
				t.Fatalf("%d pods, want %d", len(c.pods), len(reportedCases[name]))
			}
			s := c.look(t)
			for i := range s.Pods {
				pod := &s.Pods[i]
				want, ok := reportedCases[name][pod.Name]
				t.Run(pod.Name, func(t *testing.T) {
					if !ok {
						t.Fatal("nothing is expected of the pod")
					}
					want.compareFacts(t, pod)
					want.compareWords(t, pod, s.diagnoses[pod.Name], s.rows[pod.Name])
				})
			}
		})
	}
}

// compareFacts compares probes, restarts and traffic.
func (w *podWant) compareFacts(t *testing.T, pod *cmd.PodReport) {
	t.Helper()
	var restarts, traffic []string
	for _, r := range pod.Restarts {
		restarts = append(restarts, r.Cause)
	}
	for _, r := range pod.Traffic {
		if r.Ready {
			traffic = append(traffic, r.Service)
		}
	}
	if !slices.Equal(restarts, w.restarts) || !slices.Equal(traffic, w.traffic) {
		t.Errorf("restarts %v and traffic %v, want %v and %v", restarts, traffic, w.restarts, w.traffic)
	}
	for _, p := range w.probes {
		p.compare(t, pod)
	}
	if w.starts == [2]time.Duration{} {
		return
	}
	if again := pod.Containers[0].StartsAgain; again.Earliest.Before(noon.Add(w.starts[0])) || again.Latest.After(noon.Add(w.starts[1])) {
		t.Errorf("it starts again from %v to %v from now, want %v", again.Earliest.Sub(noon), again.Latest.Sub(noon), w.starts)
	}
}

func (w probeWant) compare(t *testing.T, pod *cmd.PodReport) {
	t.Helper()
	var p *cmd.ProbeReport
	for i := range pod.Containers {
		for j := range pod.Containers[i].Probes {
			if q := &pod.Containers[i].Probes[j]; pod.Containers[i].Name+"/"+q.Type == w.name {
				p = q
			}
		}
	}
	if p == nil {
		t.Errorf("there is no %s", w.name)
		return
	}
	among := func(what, got, want string) {
		t.Helper()
		if not, ok := strings.CutPrefix(want, "!"); ok && got != "" && got != not {
			return
		}
		if want != "" && !slices.Contains(strings.Split(want, "|"), got) {
			t.Errorf("%s of %s is %q, want %q", what, w.name, got, want)
		}
	}
	among("state", p.State, w.state)
	among("certainty", p.Certainty, w.certainty)
	if cause := ""; w.cause != "" {
		if p.LastFailure != nil {
			cause = string(p.LastFailure.Cause)
		}
		among("cause", cause, w.cause)
	}
	if least, ok := strings.CutSuffix(w.run, "+/"+fmt.Sprint(p.Failures.Threshold)); ok {
		if n, _ := strconv.Atoi(least); int(p.Failures.Run) < n || p.Failures.Bound != "atLeast" {
			t.Errorf("%s has failed %+v, want %s", w.name, p.Failures, w.run)
		}
	} else {
		among("run", fmt.Sprintf("%d/%d", p.Failures.Run, p.Failures.Threshold), w.run)
	}
	kind := string(p.Consequence.Kind)
	if kind == "" {
		kind = "none"
	}
	among("consequence", kind, w.kind)
	if left := p.Consequence.Earliest.Sub(noon); w.notBefore > 0 && left < w.notBefore {
		t.Errorf("the consequence of %s is due in %v, want not before %v", w.name, left, w.notBefore)
	}
}

// compareWords compares the diagnosis, and what must not be said.
func (w *podWant) compareWords(t *testing.T, pod *cmd.PodReport, d diagnosis, row string) {
	t.Helper()
	if d.Cause != w.cause {
		t.Errorf("the cause is %q, want %q", d.Cause, w.cause)
	}
	for _, word := range w.says {
		if !strings.Contains(d.Headline, word) {
			t.Errorf("the headline %q lacks %q", d.Headline, word)
		}
	}
	for _, word := range w.hides {
		if strings.Contains(d.Headline, word) || strings.Contains(row, word) {
			t.Errorf("%q is in the headline %q or the line %q", word, d.Headline, row)
		}
	}
	for _, step := range pod.Why {
		if len(w.traffic) > 0 && strings.Contains(step.Text, "no Service selects") {
			t.Errorf("the pod is told %q", step.Text)
		}
	}
}
