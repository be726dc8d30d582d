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

// named is an endpoint whose targetRef has no UID.
func named(kind, namespace, name string) discoveryv1.Endpoint {
	return discoveryv1.Endpoint{
		Addresses: []string{"192.0.2.9"}, TargetRef: &corev1.ObjectReference{Kind: kind, Namespace: namespace, Name: name},
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
			{Addresses: []string{"2001:DB8:0::1", "2001:db8::2"}},
			{Addresses: []string{"db.shop.example"}},
			named("Pod", "shop", "db-0"), named("Pod", "", "db-1"), named("Pod", "other", "db-2"), named("Node", "", "n1"),
			endpoint("Pod", "twice", no, no, no),
			endpoint("Pod", "twice", yes, no, no),
		},
	})
	want := &model.EndpointSlice{Namespace: "shop", Name: "web-1", Service: "web", Endpoints: []model.Endpoint{
		{Pod: "a", Ready: true, Serving: true},
		{Pod: "b", Serving: true, Terminating: true},
		{Pod: "unsaid", Ready: true, Serving: true},
		{Pod: "twice", Ready: true},
	}, Loose: []model.LooseEndpoint{
		{Address: "192.0.2.1", Endpoint: model.Endpoint{Ready: true, Serving: true}},
		{Address: "2001:db8::1", Endpoint: model.Endpoint{Ready: true, Serving: true}},
		{Name: "db-0", Endpoint: model.Endpoint{Ready: true, Serving: true}},
		{Name: "db-1", Endpoint: model.Endpoint{Ready: true, Serving: true}},
	}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("endpointSliceFact = %+v, want %+v", got, want)
	}
}

// A slice without the label of a Service leads no traffic to pods that it only gives addresses of.
func TestLooseEndpointsOfNoService(t *testing.T) {
	got := endpointSliceFact(newInterner(), &discoveryv1.EndpointSlice{
		ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "web-1"},
		Endpoints:  []discoveryv1.Endpoint{{Addresses: []string{"192.0.2.1"}}, named("Pod", "", "db-0")},
	})
	if got.Loose != nil {
		t.Errorf("got %+v, want none", got.Loose)
	}
}
