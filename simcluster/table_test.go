package simcluster_test

import (
	stdjson "encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	kruntime "k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/rest"

	"github.com/probetop/probetop/simcluster"
)

const asTable = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json"

func table(t testing.TB, body string) *metav1.Table {
	t.Helper()
	tab := &metav1.Table{}
	if err := stdjson.Unmarshal([]byte(body), tab); err != nil || tab.Kind != "Table" || tab.APIVersion != "meta.k8s.io/v1" {
		t.Fatalf("%v: %s", err, body)
	}
	return tab
}

// lines prints a table the way kubectl does with -o wide, columns apart by " | ".
func lines(tab *metav1.Table) []string {
	var all []string
	var head []string
	for _, c := range tab.ColumnDefinitions {
		head = append(head, strings.ToUpper(c.Name))
	}
	if head != nil {
		all = append(all, strings.Join(head, " | "))
	}
	for _, r := range tab.Rows {
		var cells []string
		for _, c := range r.Cells {
			cells = append(cells, fmt.Sprint(c))
		}
		all = append(all, strings.Join(cells, " | "))
	}
	return all
}

func ago(d time.Duration) metav1.Time { return metav1.NewTime(noon.Add(-d)) }

func meta(name string) metav1.ObjectMeta {
	return metav1.ObjectMeta{Namespace: "shop", Name: name, CreationTimestamp: ago(90 * time.Minute)}
}

func TestTables(t *testing.T) {
	c := start(t, simcluster.Options{})
	object := corev1.ObjectReference{Kind: "Pod", Name: "a", FieldPath: "spec.containers{app}"}
	apply(t, c,
		&corev1.Pod{ObjectMeta: meta("a"), Spec: corev1.PodSpec{NodeName: "n1", ReadinessGates: []corev1.PodReadinessGate{{ConditionType: "g"}}}},
		&corev1.Service{ObjectMeta: meta("web"), Spec: corev1.ServiceSpec{
			Type: "NodePort", ClusterIP: "10.1.0.1", Selector: map[string]string{"app": "web"},
			Ports: []corev1.ServicePort{{Port: 80, NodePort: 30080}, {Port: 53, Protocol: "UDP"}},
		}},
		&corev1.Node{
			ObjectMeta: metav1.ObjectMeta{Name: "n1", CreationTimestamp: ago(time.Hour), Labels: map[string]string{"node-role.kubernetes.io/worker": ""}},
			Spec:       corev1.NodeSpec{Unschedulable: true},
			Status:     corev1.NodeStatus{NodeInfo: corev1.NodeSystemInfo{KubeletVersion: "v1.37.1"}, Conditions: []corev1.NodeCondition{{Type: "Ready", Status: "True"}}},
		},
		&corev1.Event{
			ObjectMeta: meta("a.1"), InvolvedObject: object, Type: "Warning", Reason: "Unhealthy", Message: "Liveness probe failed: no\n",
			Source: corev1.EventSource{Component: "kubelet", Host: "n1"}, FirstTimestamp: ago(time.Hour), LastTimestamp: ago(10 * time.Second), Count: 30,
		},
		&discoveryv1.EndpointSlice{
			ObjectMeta: meta("web-x"), AddressType: "IPv4", Ports: []discoveryv1.EndpointPort{{Port: new(int32(8080))}, {Name: new("p")}},
			Endpoints: []discoveryv1.Endpoint{{Addresses: []string{"10.0.0.1", "10.0.0.2"}}, {Addresses: []string{"10.0.0.3"}}, {Addresses: []string{"10.0.0.4"}}},
		},
		&appsv1.Deployment{ObjectMeta: meta("web"), Status: appsv1.DeploymentStatus{ReadyReplicas: 1}},
		&appsv1.ReplicaSet{ObjectMeta: meta("web-1"), Spec: appsv1.ReplicaSetSpec{Replicas: new(int32(3))}},
		&appsv1.StatefulSet{ObjectMeta: meta("db")}, &appsv1.DaemonSet{ObjectMeta: meta("log")},
		&batchv1.Job{ObjectMeta: meta("tidy"), Status: batchv1.JobStatus{StartTime: new(ago(time.Minute)), Succeeded: 1, Conditions: []batchv1.JobCondition{{Type: batchv1.JobComplete, Status: "True"}}}})
	for path, want := range map[string][]string{
		"/api/v1/pods": {"NAME | READY | STATUS | RESTARTS | AGE | IP | NODE | NOMINATED NODE | READINESS GATES", "a | 0/0 |  | 0 | 90m | <none> | n1 | <none> | 0/1"},
		"/api/v1/services": {
			"NAME | TYPE | CLUSTER-IP | EXTERNAL-IP | PORT(S) | AGE | SELECTOR",
			"web | NodePort | 10.1.0.1 | <none> | 80:30080/TCP,53/UDP | 90m | app=web",
		},
		"/api/v1/nodes": {
			"NAME | STATUS | ROLES | AGE | VERSION | INTERNAL-IP | OS-IMAGE | KERNEL-VERSION | CONTAINER-RUNTIME",
			"n1 | Ready,SchedulingDisabled | worker | 60m | v1.37.1 | <none> | <unknown> | <unknown> | <unknown>",
		},
		"/api/v1/namespaces": {"NAME | STATUS | AGE", "default | Active | 0s", "shop | Active | 0s"},
		"/api/v1/namespaces/shop/events": {
			"LAST SEEN | TYPE | REASON | OBJECT | SUBOBJECT | SOURCE | MESSAGE | FIRST SEEN | COUNT | NAME",
			"10s | Warning | Unhealthy | pod/a | spec.containers{app} | kubelet, n1 | Liveness probe failed: no | 60m | 30 | a.1",
		},
		"/apis/discovery.k8s.io/v1/endpointslices": {
			"NAME | ADDRESSTYPE | PORTS | ENDPOINTS | AGE", "web-x | IPv4 | 8080,p | 10.0.0.1,10.0.0.2,10.0.0.3 + 1 more... | 90m",
		},
		"/apis/apps/v1/deployments":                {"NAME | READY | UP-TO-DATE | AVAILABLE | AGE", "web | 1/1 | 0 | 0 | 90m"},
		"/apis/apps/v1/replicasets":                {"NAME | DESIRED | CURRENT | READY | AGE", "web-1 | 3 | 0 | 0 | 90m"},
		"/apis/apps/v1/statefulsets":               {"NAME | READY | AGE", "db | 0/1 | 90m"},
		"/apis/apps/v1/namespaces/shop/daemonsets": {"NAME | DESIRED | CURRENT | READY | UP-TO-DATE | AVAILABLE | NODE SELECTOR | AGE", "log | 0 | 0 | 0 | 0 | 0 | <none> | 90m"},
		"/apis/batch/v1/jobs":                      {"NAME | STATUS | COMPLETIONS | DURATION | AGE", "tidy | Complete | 1/1 | 60s | 90m"},
	} {
		code, body := raw(t, c, path, asTable)
		if code != 200 {
			t.Errorf("%s: %d %s", path, code, body)
			continue
		}
		tab := table(t, body)
		expect(t, path, lines(tab), want)
		if tab.ResourceVersion != version(c) {
			t.Errorf("%s: version %q", path, tab.ResourceVersion)
		}
	}
}

func TestRowsIncludeWhatTheClientAsksFor(t *testing.T) {
	c := start(t, simcluster.Options{})
	apply(t, c, pod("a", labelled("app", "web")))
	for policy, want := range map[string]string{
		"": `"kind":"PartialObjectMetadata"`, "Metadata": `"app":"web"`, "Object": `"spec":`, "None": `"object":null`,
	} {
		code, body := raw(t, c, "/api/v1/namespaces/shop/pods/a?includeObject="+policy, asTable)
		if code != 200 || !strings.Contains(body, want) {
			t.Errorf("%q: %d %s", policy, code, body)
		}
	}
	if code, _ := raw(t, c, "/api/v1/pods?includeObject=Half", asTable); code != 400 {
		t.Errorf("an unknown policy: %d", code)
	}
	if code, _ := raw(t, c, "/api/v1/pods", "application/json;as=Cake;v=v1;g=meta.k8s.io"); code != 406 {
		t.Errorf("an unknown format: %d", code)
	}
}

func TestAWatchOfTablesNamesItsColumnsOnce(t *testing.T) {
	c := start(t, simcluster.Options{})
	apply(t, c, pod("a", phase(corev1.PodPending)))
	h, err := rest.HTTPClientFor(c.RESTConfig())
	if err != nil {
		t.Fatal(err)
	}
	defer h.CloseIdleConnections()
	req := json(t, c).CoreV1().RESTClient().Get().Resource("pods").Param("watch", "true").SetHeader("Accept", asTable)
	stream, err := req.Stream(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = stream.Close() }()
	apply(t, c, pod("a", phase(corev1.PodRunning)))
	decoder := stdjson.NewDecoder(stream)
	for i, want := range []string{"Pending", "Running"} {
		var e struct {
			Type   string
			Object stdjson.RawMessage
		}
		if err := decoder.Decode(&e); err != nil {
			t.Fatal(err)
		}
		tab := table(t, string(e.Object))
		if (len(tab.ColumnDefinitions) > 0) != (i == 0) || tab.Rows[0].Cells[2] != want {
			t.Errorf("event %d is %s %v", i, e.Type, lines(tab))
		}
	}
}

func TestThePodStatusColumn(t *testing.T) {
	waiting := func(reason string) corev1.ContainerState {
		return corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: reason}}
	}
	ended := func(code, signal int32, reason string) corev1.ContainerState {
		return corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{ExitCode: code, Signal: signal, Reason: reason, FinishedAt: ago(time.Minute)}}
	}
	running := corev1.ContainerState{Running: &corev1.ContainerStateRunning{}}
	is := func(state corev1.ContainerState) corev1.ContainerStatus {
		return corev1.ContainerStatus{Name: "c", State: state}
	}
	ready := corev1.ContainerStatus{Name: "c", State: running, Ready: true}
	condition := func(typ corev1.PodConditionType, s corev1.ConditionStatus) []corev1.PodCondition {
		return []corev1.PodCondition{{Type: typ, Status: s}}
	}
	sidecar := corev1.ContainerStatus{Name: "s", State: running, Ready: true, Started: new(true)}
	for _, test := range []struct {
		want     string
		status   corev1.PodStatus
		deleting bool
	}{
		{"0/2 Pending 0", corev1.PodStatus{Phase: "Pending"}, false},
		{"0/2 Evicted 0", corev1.PodStatus{Phase: "Failed", Reason: "Evicted"}, false},
		{"0/2 SchedulingGated 0", corev1.PodStatus{Phase: "Pending", Conditions: []corev1.PodCondition{{Type: "PodScheduled", Reason: "SchedulingGated"}}}, false},
		{"1/2 Running 0", corev1.PodStatus{Phase: "Running", ContainerStatuses: []corev1.ContainerStatus{ready}}, false},
		{"2/2 Running 0", corev1.PodStatus{Phase: "Running", InitContainerStatuses: []corev1.ContainerStatus{sidecar}, ContainerStatuses: []corev1.ContainerStatus{ready}}, false},
		{"0/2 CrashLoopBackOff 3 (60s ago)", corev1.PodStatus{Phase: "Running", ContainerStatuses: []corev1.ContainerStatus{{Name: "c", State: waiting("CrashLoopBackOff"), RestartCount: 3, LastTerminationState: ended(137, 0, "OOMKilled")}}}, false},
		{"0/2 OOMKilled 0", corev1.PodStatus{Phase: "Running", ContainerStatuses: []corev1.ContainerStatus{is(ended(137, 0, "OOMKilled"))}}, false},
		{"0/2 Signal:9 0", corev1.PodStatus{Phase: "Failed", ContainerStatuses: []corev1.ContainerStatus{is(ended(1, 9, ""))}}, false},
		{"0/2 ExitCode:2 0", corev1.PodStatus{Phase: "Failed", ContainerStatuses: []corev1.ContainerStatus{is(ended(2, 0, ""))}}, false},
		{"0/2 Completed 0", corev1.PodStatus{Phase: "Succeeded", ContainerStatuses: []corev1.ContainerStatus{is(ended(0, 0, "Completed"))}}, false},
		{"1/2 NotReady 0", corev1.PodStatus{Phase: "Running", ContainerStatuses: []corev1.ContainerStatus{is(ended(0, 0, "Completed")), ready}}, false},
		{"1/2 Running 0", corev1.PodStatus{Phase: "Running", Conditions: condition("Ready", "True"), ContainerStatuses: []corev1.ContainerStatus{is(ended(0, 0, "Completed")), ready}}, false},
		{"0/2 Init:0/2 0", corev1.PodStatus{Phase: "Pending", InitContainerStatuses: []corev1.ContainerStatus{{Name: "i", State: running}}}, false},
		{"0/2 Init:1/2 0", corev1.PodStatus{Phase: "Pending", InitContainerStatuses: []corev1.ContainerStatus{{Name: "i", State: ended(0, 0, "Completed")}, {Name: "s", State: waiting("PodInitializing")}}}, false},
		{"0/2 Init:Error 0", corev1.PodStatus{Phase: "Pending", InitContainerStatuses: []corev1.ContainerStatus{{Name: "i", State: ended(1, 0, "Error")}}}, false},
		{"0/2 Init:CrashLoopBackOff 0", corev1.PodStatus{Phase: "Pending", InitContainerStatuses: []corev1.ContainerStatus{{Name: "i", State: waiting("CrashLoopBackOff")}}}, false},
		{"1/2 Terminating 0", corev1.PodStatus{Phase: "Running", ContainerStatuses: []corev1.ContainerStatus{ready}}, true},
		{"0/2 Unknown 0", corev1.PodStatus{Phase: "Running", Reason: "NodeLost"}, true},
		{"0/2 Succeeded 0", corev1.PodStatus{Phase: "Succeeded"}, true},
	} {
		c := start(t, simcluster.Options{})
		p := &corev1.Pod{ObjectMeta: meta("a"), Status: test.status, Spec: corev1.PodSpec{
			InitContainers: []corev1.Container{{Name: "i"}, {Name: "s", RestartPolicy: new(corev1.ContainerRestartPolicyAlways)}},
			Containers:     []corev1.Container{{Name: "c"}},
		}}
		if test.deleting {
			p.DeletionTimestamp = new(ago(0))
		}
		apply(t, c, kruntime.Object(p))
		_, body := raw(t, c, "/api/v1/pods", asTable)
		cells := table(t, body).Rows[0].Cells
		if got := fmt.Sprintf("%v %v %v", cells[1], cells[2], cells[3]); got != test.want {
			t.Errorf("got %q, want %q", got, test.want)
		}
	}
}
