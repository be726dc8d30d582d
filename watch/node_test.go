package watch

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/probetop/probetop/model"
)

func TestNodeFact(t *testing.T) {
	for status, want := range map[corev1.ConditionStatus]model.Tri{"True": model.True, "False": model.False, "Unknown": model.Unknown} {
		got := nodeFact(newInterner(), &corev1.Node{
			ObjectMeta: metav1.ObjectMeta{Name: "n1", Labels: map[string]string{"topology.kubernetes.io/zone": "a"}},
			Status: corev1.NodeStatus{
				NodeInfo: corev1.NodeSystemInfo{KubeletVersion: "v1.37.2"},
				Conditions: []corev1.NodeCondition{
					{Type: corev1.NodeDiskPressure, Status: "True"},
					{Type: corev1.NodeReady, Status: status, Reason: "Why", LastTransitionTime: at(7)},
				},
			},
		})
		if w := (model.Node{Name: "n1", Ready: want, Reason: "Why", Since: moment(7), KubeletVersion: "v1.37.2", Zone: "a"}); *got != w {
			t.Errorf("nodeFact = %+v, want %+v", *got, w)
		}
	}
	if got := nodeFact(newInterner(), &corev1.Node{}); got.Ready != model.Unknown {
		t.Errorf("a node that says nothing is ready: %v, want Unknown", got.Ready)
	}
}

func TestServiceFact(t *testing.T) {
	got := serviceFact(newInterner(), &corev1.Service{
		ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "web"},
		Spec:       corev1.ServiceSpec{PublishNotReadyAddresses: true},
	})
	if want := (model.Service{Namespace: "shop", Name: "web", PublishNotReady: true}); *got != want {
		t.Errorf("serviceFact = %+v, want %+v", *got, want)
	}
}
