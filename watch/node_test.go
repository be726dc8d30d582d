package watch

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/probetop/probetop/model"
	"github.com/probetop/probetop/recording"
)

func TestNodeFact(t *testing.T) {
	for status, want := range map[corev1.ConditionStatus]model.Tri{"True": model.True, "False": model.False, "Unknown": model.Unknown} {
		got := nodeFact(newInterner(), &corev1.Node{
			ObjectMeta: metav1.ObjectMeta{Name: "n1", Labels: map[string]string{"topology.kubernetes.io/zone": "a"}},
			Status: corev1.NodeStatus{
				NodeInfo: corev1.NodeSystemInfo{KubeletVersion: "v1.37.2", ContainerRuntimeVersion: "cri-o://1.37.0", OperatingSystem: "linux"},
				Conditions: []corev1.NodeCondition{
					{Type: corev1.NodeDiskPressure, Status: "True"},
					{Type: corev1.NodeReady, Status: status, Reason: "Why", LastTransitionTime: at(7)},
				},
			},
		})
		if w := (model.Node{Name: "n1", Ready: want, Reason: "Why", Since: moment(7), KubeletVersion: "v1.37.2", RuntimeVersion: "cri-o://1.37.0", OS: "linux", Zone: "a"}); *got != w {
			t.Errorf("nodeFact = %+v, want %+v", *got, w)
		}
	}
	for _, n := range []corev1.Node{
		{ObjectMeta: metav1.ObjectMeta{Labels: map[string]string{"type": "virtual-kubelet"}}},
		{Status: corev1.NodeStatus{NodeInfo: corev1.NodeSystemInfo{KubeletVersion: "v1.25.0-vk-azure-aci-1.6.1"}}},
	} {
		if trimmed := recording.Trim(&n, false); !nodeFact(newInterner(), &n).Virtual || !nodeFact(newInterner(), trimmed.(*corev1.Node)).Virtual {
			t.Errorf("%+v is not virtual", n)
		}
	}
	if got := nodeFact(newInterner(), &corev1.Node{}); got.Virtual || got.Ready != model.Unknown {
		t.Errorf("a node that says nothing is ready: %v, want Unknown", got.Ready)
	}
}

func TestServiceFact(t *testing.T) {
	got := serviceFact(newInterner(), &corev1.Service{
		ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "web"},
		Spec: corev1.ServiceSpec{
			PublishNotReadyAddresses: true,
			Selector:                 map[string]string{"tier": "front", "app": "web"},
			Ports: []corev1.ServicePort{
				{Port: 443, TargetPort: intstr.FromString("https")}, {Port: 80}, {Port: 8080, TargetPort: intstr.FromInt32(80)},
			},
		},
	})
	want := model.Service{Namespace: "shop", Name: "web", PublishNotReady: true, Selector: "app=web,tier=front", Ports: "80,https"}
	if *got != want {
		t.Errorf("serviceFact = %+v, want %+v", *got, want)
	}
	external := serviceFact(newInterner(), &corev1.Service{
		Spec: corev1.ServiceSpec{Type: corev1.ServiceTypeExternalName, Selector: map[string]string{"app": "web"}},
	})
	if external.Selector != "" {
		t.Errorf("an ExternalName Service selects %q", external.Selector)
	}
}
