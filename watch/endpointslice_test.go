package watch

import (
	"reflect"
	"testing"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/probetop/probetop/model"
)

func endpoint(kind, uid string, ready, serving, terminating *bool) discoveryv1.Endpoint {
	return discoveryv1.Endpoint{
		TargetRef:  &corev1.ObjectReference{Kind: kind, UID: types.UID(uid)},
		Conditions: discoveryv1.EndpointConditions{Ready: ready, Serving: serving, Terminating: terminating},
	}
}

func TestEndpointSliceFact(t *testing.T) {
	yes, no := ptr(true), ptr(false)
	got := endpointSliceFact(newInterner(), &discoveryv1.EndpointSlice{
		ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "web-1", Labels: map[string]string{"kubernetes.io/service-name": "web"}},
		Endpoints: []discoveryv1.Endpoint{
			endpoint("Pod", "a", yes, yes, no),
			endpoint("Pod", "b", no, yes, yes),
			endpoint("Pod", "unsaid", nil, nil, nil),
			endpoint("Node", "n", yes, yes, no),
			{Addresses: []string{"192.0.2.1"}},
			endpoint("Pod", "twice", no, no, no),
			endpoint("Pod", "twice", yes, no, no),
		},
	})
	want := &model.EndpointSlice{Namespace: "shop", Name: "web-1", Service: "web", Endpoints: []model.Endpoint{
		{Pod: "a", Ready: true, Serving: true},
		{Pod: "b", Serving: true, Terminating: true},
		{Pod: "unsaid", Ready: true, Serving: true},
		{Pod: "twice", Ready: true},
	}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("endpointSliceFact = %+v, want %+v", got, want)
	}
}
