package watch

import (
	"reflect"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/probetop/probetop/model"
)

// epoch is a time in a zone of its own, to see that facts are in UTC.
var epoch = time.Date(2026, 11, 21, 4, 0, 0, 0, time.FixedZone("CET", 3600))

func at(seconds int) metav1.Time {
	return metav1.NewTime(epoch.Add(time.Duration(seconds) * time.Second))
}

func moment(seconds int) time.Time { return at(seconds).UTC() }

func ptr[T any](v T) *T { return &v }

// web is a pod of a Deployment with an init container, a sidecar and a main container.
func web() *corev1.Pod {
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{
			Namespace: "shop", Name: "web-7d4b9-x2x", UID: "u1", ResourceVersion: "42", CreationTimestamp: at(0),
			Labels: map[string]string{"pod-template-hash": "7d4b9"},
			OwnerReferences: []metav1.OwnerReference{
				{Kind: "Watcher", Name: "bystander"},
				{Kind: "ReplicaSet", Name: "web-7d4b9", Controller: ptr(true)},
			},
		},
		Spec: corev1.PodSpec{
			NodeName: "n1", RestartPolicy: corev1.RestartPolicyAlways, TerminationGracePeriodSeconds: ptr[int64](45),
			ReadinessGates: []corev1.PodReadinessGate{{ConditionType: "lb/ready"}},
			InitContainers: []corev1.Container{
				{Name: "migrate"},
				{Name: "mesh", RestartPolicy: ptr(corev1.ContainerRestartPolicyAlways), ReadinessProbe: httpProbe()},
			},
			Containers: []corev1.Container{
				{Name: "web", LivenessProbe: httpProbe(), ReadinessProbe: httpProbe(), StartupProbe: &corev1.Probe{
					ProbeHandler: corev1.ProbeHandler{TCPSocket: &corev1.TCPSocketAction{Port: intstr.FromInt32(8080)}},
				}},
				{Name: "late"},
			},
		},
		Status: corev1.PodStatus{
			Phase: corev1.PodRunning, Reason: "Odd", PodIP: "10.0.0.7",
			Conditions: []corev1.PodCondition{
				{Type: corev1.PodReady, Status: corev1.ConditionFalse, Reason: "ContainersNotReady", Message: "web", LastTransitionTime: at(5)},
				{Type: "lb/ready", Status: corev1.ConditionUnknown},
			},
			InitContainerStatuses: []corev1.ContainerStatus{
				{Name: "mesh", Ready: true, Started: ptr(true), State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: at(3)}}},
				{Name: "migrate", State: corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{
					Reason: "Completed", StartedAt: at(1), FinishedAt: at(2),
				}}},
			},
			ContainerStatuses: []corev1.ContainerStatus{{
				Name: "web", RestartCount: 3, Started: ptr(false), ContainerID: "containerd://c2",
				State: corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: "CrashLoopBackOff", Message: "back-off 20s"}},
				LastTerminationState: corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{
					Reason: "Error", ExitCode: 137, Signal: 9, StartedAt: at(4), FinishedAt: at(9),
				}},
			}},
		},
	}
}

func httpProbe() *corev1.Probe {
	return &corev1.Probe{
		ProbeHandler:  corev1.ProbeHandler{HTTPGet: &corev1.HTTPGetAction{Path: "/healthz", Port: intstr.FromString("http"), Scheme: corev1.URISchemeHTTP}},
		PeriodSeconds: 5, TimeoutSeconds: 1, SuccessThreshold: 1, FailureThreshold: 3,
	}
}

func TestPodFact(t *testing.T) {
	got := podFact(newInterner(), web())
	probe := got.Container("web").Probes[model.Liveness]
	spec := got.Container("late").Spec
	if spec == nil || got.Container("mesh").Spec != spec {
		t.Error("equal specs are not shared")
	}
	if probe == nil || got.Container("web").Probes[model.Readiness] != probe || got.Container("mesh").Probes[model.Readiness] != probe {
		t.Error("equal probes are not shared")
	}
	want := &model.Pod{
		UID: "u1", Namespace: "shop", Name: "web-7d4b9-x2x", ResourceVersion: "42", Node: "n1",
		Owner:  model.Owner{Kind: "Deployment", Name: "web", Revision: "web-7d4b9"},
		Labels: "pod-template-hash=7d4b9",
		IP:     "10.0.0.7", Phase: "Running", Reason: "Odd", RestartPolicy: "Always",
		Created: moment(0), GracePeriod: 45 * time.Second, Gates: []string{"lb/ready"},
		Conditions: []model.Condition{
			{Type: "Ready", Status: model.False, Reason: "ContainersNotReady", Message: "web", Since: moment(5)},
			{Type: "lb/ready"},
		},
		Containers: []model.Container{
			{
				Name: "migrate", Kind: model.Init, Spec: spec, State: model.Terminated, Reason: "Completed",
				StartedAt: moment(1), FinishedAt: moment(2), StatusIndex: 1,
			},
			{
				Name: "mesh", Kind: model.Sidecar, Spec: spec, RestartPolicy: "Always", Probes: probes(nil, probe, nil),
				State: model.Running, StartedAt: moment(3), Started: model.True, Ready: true,
			},
			{
				Name: "web", Spec: &model.ContainerSpec{}, Probes: probes(got.Container("web").Probes[model.Startup], probe, probe),
				State: model.Waiting, Reason: "CrashLoopBackOff", Message: "back-off 20s", ID: "containerd://c2",
				Started: model.False, Restarts: 3,
				Last: &model.Termination{Reason: "Error", ExitCode: 137, Signal: 9, StartedAt: moment(4), FinishedAt: moment(9)},
			},
			{Name: "late", Spec: spec, StatusIndex: -1},
		},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("podFact:\n got %+v\nwant %+v", got, want)
	}
}

func probes(startup, readiness, liveness *model.ProbeSpec) [3]*model.ProbeSpec {
	return [...]*model.ProbeSpec{startup, readiness, liveness}
}

func TestPodFactOfAnEmptyPod(t *testing.T) {
	got := podFact(newInterner(), &corev1.Pod{})
	want := &model.Pod{GracePeriod: 30 * time.Second, Containers: []model.Container{}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("podFact = %+v, want %+v", got, want)
	}
}

func TestOwnerOf(t *testing.T) {
	for name, c := range map[string]struct {
		owner, hash string
		kind        string
		want        model.Owner
	}{
		"a Deployment's pod":              {kind: "ReplicaSet", owner: "web-abc", hash: "abc", want: model.Owner{Kind: "Deployment", Name: "web", Revision: "web-abc"}},
		"a ReplicaSet of nobody":          {kind: "ReplicaSet", owner: "web", want: model.Owner{Kind: "ReplicaSet", Name: "web"}},
		"a ReplicaSet with another hash":  {kind: "ReplicaSet", owner: "web-abc", hash: "xyz", want: model.Owner{Kind: "ReplicaSet", Name: "web-abc"}},
		"a StatefulSet's pod with a hash": {kind: "StatefulSet", owner: "db-abc", hash: "abc", want: model.Owner{Kind: "StatefulSet", Name: "db-abc"}},
		"a Job's pod":                     {kind: "Job", owner: "nightly-123", want: model.Owner{Kind: "Job", Name: "nightly-123"}},
	} {
		t.Run(name, func(t *testing.T) {
			p := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{
				Labels:          map[string]string{"pod-template-hash": c.hash},
				OwnerReferences: []metav1.OwnerReference{{Kind: c.kind, Name: c.owner, Controller: ptr(true)}},
			}}
			if got := ownerOf(newInterner(), p); got != c.want {
				t.Errorf("owner is %+v, want %+v", got, c.want)
			}
		})
	}
}

func TestPodFactOfADeletedStaticPod(t *testing.T) {
	p := web()
	p.Annotations = map[string]string{mirrorAnnotation: "f00"}
	p.DeletionTimestamp, p.DeletionGracePeriodSeconds = ptr(at(60)), ptr[int64](0)
	got := podFact(newInterner(), p)
	if got.MirrorUID != "f00" || !got.Deleted.Equal(at(60).Time) || got.GracePeriod != 0 {
		t.Errorf("mirror %q deleted %v grace %v, want f00, %v, 0", got.MirrorUID, got.Deleted, got.GracePeriod, at(60))
	}
}

func TestContainerWithAStateThatNamesNone(t *testing.T) {
	p := web()
	p.Status.ContainerStatuses[0].State = corev1.ContainerState{}
	if got := podFact(newInterner(), p).Container("web").State; got != model.Waiting {
		t.Errorf("state is %v, want waiting", got)
	}
}
