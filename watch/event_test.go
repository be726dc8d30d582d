package watch

import (
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/probetop/probetop/model"
)

func TestEventFact(t *testing.T) {
	micro := func(seconds int) metav1.MicroTime { return metav1.NewMicroTime(at(seconds).Time) }
	for name, c := range map[string]struct {
		event       corev1.Event
		count       int32
		first, last time.Time
	}{
		"the kubelet's":             {corev1.Event{Count: 7, FirstTimestamp: at(1), LastTimestamp: at(9)}, 7, moment(1), moment(9)},
		"without a count":           {corev1.Event{FirstTimestamp: at(1), LastTimestamp: at(1)}, 1, moment(1), moment(1)},
		"events.k8s.io, once":       {corev1.Event{EventTime: micro(4)}, 1, moment(4), moment(4)},
		"events.k8s.io, a series":   {corev1.Event{EventTime: micro(4), Series: &corev1.EventSeries{Count: 5, LastObservedTime: micro(8)}}, 5, moment(4), moment(8)},
		"a series behind its count": {corev1.Event{Count: 9, FirstTimestamp: at(1), LastTimestamp: at(9), Series: &corev1.EventSeries{Count: 5, LastObservedTime: micro(8)}}, 9, moment(1), moment(9)},
		"without any time":          {corev1.Event{}, 1, time.Time{}, time.Time{}},
	} {
		t.Run(name, func(t *testing.T) {
			got := eventFact(newInterner(), &c.event)
			if got.Count != c.count || got.First != c.first || got.Last != c.last {
				t.Errorf("count %d first %v last %v, want %d, %v, %v", got.Count, got.First, got.Last, c.count, c.first, c.last)
			}
		})
	}
}

func TestEventFactNamesItsProbe(t *testing.T) {
	got := eventFact(newInterner(), &corev1.Event{
		ObjectMeta:     metav1.ObjectMeta{Namespace: "shop", Name: "web.17", UID: "e1"},
		InvolvedObject: corev1.ObjectReference{UID: "u1", FieldPath: "spec.containers{web}"},
		Reason:         "Unhealthy", Message: "Readiness probe failed: HTTP probe failed with statuscode: 503",
	})
	if got.Pod != "u1" || got.Container != "web" || got.Probe != model.Readiness || got.Outcome != model.Failed || got.UID != "e1" {
		t.Errorf("eventFact = %+v, want a failed readiness probe of web", got)
	}
}

func TestOnlyTellingEventsAreKept(t *testing.T) {
	for reason, want := range map[string]bool{
		"Unhealthy": true, "ProbeWarning": true, "ProbeFailureIgnored": true, "Killing": true, "BackOff": true,
		"FailedMount": true, "FailedCreatePodSandBox": true,
		"Pulled": false, "Started": false, "": false,
	} {
		if got := events().fact(newInterner(), &corev1.Event{Reason: reason}) != nil; got != want {
			t.Errorf("%q is kept: %v, want %v", reason, got, want)
		}
	}
}

func TestWhenAnEventWasWritten(t *testing.T) {
	writes := func(seconds ...int) (all []metav1.ManagedFieldsEntry) {
		for _, s := range seconds {
			at := at(s)
			all = append(all, metav1.ManagedFieldsEntry{Manager: "kubelet", Time: &at})
		}
		return append(all, metav1.ManagedFieldsEntry{Manager: "no time"})
	}
	for _, c := range []struct {
		writes []metav1.ManagedFieldsEntry
		want   time.Time
	}{
		{append(writes(7), metav1.ManagedFieldsEntry{Manager: "kubectl-label", Time: new(at(99)), FieldsV1: metav1.NewFieldsV1(`{"f:metadata":{"f:labels":{"f:count":{}}}}`)}), moment(99)}, // whoever calls a label so
		{append(writes(7), metav1.ManagedFieldsEntry{Manager: "kubectl-label", Time: new(at(99)), FieldsV1: metav1.NewFieldsV1(`{"f:metadata":{"f:labels":{"f:team":{}}}}`)}), moment(7)},
		{append(writes(7), metav1.ManagedFieldsEntry{Manager: "kubelet", Time: new(at(9)), FieldsV1: metav1.NewFieldsV1(`{"f:count":{},"f:lastTimestamp":{}}`)}), moment(9)},
		{nil, time.Time{}},
		{writes(), time.Time{}},
		{writes(7), moment(7)},
		{writes(7, 9, 8), moment(9)},
	} {
		e := &corev1.Event{ObjectMeta: metav1.ObjectMeta{ManagedFields: c.writes}}
		if got := eventFact(newInterner(), e).Written; !got.Equal(c.want) {
			t.Errorf("got %v, want %v", got, c.want)
		}
	}
}

func TestStartOfAKubelet(t *testing.T) {
	starting := func(kind, component, reason string) *corev1.Event {
		return &corev1.Event{
			ObjectMeta:     metav1.ObjectMeta{Namespace: "default", Name: "n1.17", ManagedFields: []metav1.ManagedFieldsEntry{{Time: new(at(8))}}},
			InvolvedObject: corev1.ObjectReference{Kind: kind, Name: "n1", UID: "n1"},
			Source:         corev1.EventSource{Component: component, Host: "n1"}, Reason: reason, Message: "Starting kubelet.",
			FirstTimestamp: at(7), LastTimestamp: at(7), Count: 1,
		}
	}
	got, ok := nodeEvents().fact(newInterner(), starting("Node", "kubelet", "Starting")).(*model.KubeletStart)
	if want := (model.KubeletStart{Node: "n1", At: moment(7), Written: moment(8)}); !ok || *got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	for name, e := range map[string]*corev1.Event{
		"kube-proxy's":          starting("Node", "kube-proxy", "Starting"),
		"another of the node's": starting("Node", "kubelet", "NodeReady"),
		"a pod's":               starting("Pod", "kubelet", "Starting"),
	} {
		if got := nodeEvents().fact(newInterner(), e); got != nil {
			t.Errorf("%s: got %+v, want nothing", name, got)
		}
	}
}
