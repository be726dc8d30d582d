package simcluster_test

import (
	"fmt"
	"slices"
	"testing"
	"testing/synctest"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	kruntime "k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/pager"

	"github.com/probetop/probetop/simcluster"
)

func numbered(from, to int) []kruntime.Object {
	var all []kruntime.Object
	for i := from; i < to; i++ {
		all = append(all, pod(fmt.Sprintf("p%05d", i)))
	}
	return all
}

func TestListInBothFormats(t *testing.T) {
	bothFormats(t, func(t *testing.T, c *simcluster.Cluster, cs *kubernetes.Clientset) {
		if list := listPods(t, cs, metav1.ListOptions{}); len(list.Items) != 0 || list.ResourceVersion != version(c) {
			t.Errorf("an empty list is %+v", list)
		}
		apply(t, c, pod("b"), pod("c", in("attic")), pod("a"))
		list := listPods(t, cs, metav1.ListOptions{})
		expect(t, "all namespaces", names(list), []string{"c", "a", "b"})
		if list.ResourceVersion != version(c) || list.Items[0].Kind != "" || list.Items[0].UID == "" {
			t.Errorf("the list is %+v", list)
		}
		shop, err := cs.CoreV1().Pods("shop").List(t.Context(), metav1.ListOptions{})
		if err != nil {
			t.Fatal(err)
		}
		expect(t, "one namespace", names(shop), []string{"a", "b"})
		got, err := cs.CoreV1().Pods("shop").Get(t.Context(), "a", metav1.GetOptions{})
		if err != nil || got.Name != "a" || got.Namespace != "shop" {
			t.Errorf("get: %+v, %v", got, err)
		}
		_, err = cs.CoreV1().Pods("shop").Get(t.Context(), "x", metav1.GetOptions{})
		if !apierrors.IsNotFound(err) || err.Error() != `pods "x" not found` {
			t.Errorf("get of nothing: %v", err)
		}
		_, err = cs.AppsV1().Deployments("shop").Get(t.Context(), "x", metav1.GetOptions{})
		if !apierrors.IsNotFound(err) || err.Error() != `deployments.apps "x" not found` {
			t.Errorf("get of no deployment: %v", err)
		}
		if _, err := cs.CoreV1().Nodes().List(t.Context(), metav1.ListOptions{}); err != nil {
			t.Error(err)
		}
		if _, err := cs.CoreV1().ConfigMaps("").List(t.Context(), metav1.ListOptions{}); !apierrors.IsNotFound(err) {
			t.Errorf("list of what is not served: %v", err)
		}
	})
}

func TestSelectors(t *testing.T) {
	c := start(t, simcluster.Options{})
	cs := protobuf(t, c)
	apply(t, c,
		pod("a", labelled("app", "web"), phase(corev1.PodRunning), func(p *corev1.Pod) { p.Spec.NodeName = "n1" }),
		pod("b", labelled("app", "db"), phase(corev1.PodRunning), func(p *corev1.Pod) { p.Spec.NodeName = "n2" }),
		pod("c", in("attic"), labelled("app", "web"), phase(corev1.PodSucceeded)))
	for _, test := range []struct {
		labels, fields string
		want           []string
	}{
		{"app=web", "", []string{"c", "a"}},
		{"app in (db),app!=web", "", []string{"b"}},
		{"!app", "", nil},
		{"", "metadata.name=a", []string{"a"}},
		{"", "metadata.namespace!=shop", []string{"c"}},
		{"", "spec.nodeName=n1", []string{"a"}},
		{"", "spec.nodeName=n1,status.phase!=Succeeded,status.phase!=Failed", []string{"a"}},
		{"app=web", "status.phase=Succeeded", []string{"c"}},
		{"", "spec.nodeName=", []string{"c"}},
	} {
		list := listPods(t, cs, metav1.ListOptions{LabelSelector: test.labels, FieldSelector: test.fields})
		expect(t, test.labels+" "+test.fields, names(list), test.want)
	}
	for fields, want := range map[string]string{
		"spec.foo=1":           "field label not supported: spec.foo",
		"involvedObject.uid=1": "field label not supported: involvedObject.uid",
	} {
		_, err := cs.CoreV1().Pods("").List(t.Context(), metav1.ListOptions{FieldSelector: fields})
		if !apierrors.IsBadRequest(err) || err.Error() != want {
			t.Errorf("%s: error %v, want %q", fields, err, want)
		}
		if _, err := cs.CoreV1().Pods("").Watch(t.Context(), metav1.ListOptions{FieldSelector: fields}); !apierrors.IsBadRequest(err) {
			t.Errorf("watching %s: error %v", fields, err)
		}
	}
	if _, err := cs.CoreV1().Nodes().List(t.Context(), metav1.ListOptions{FieldSelector: "metadata.namespace=x"}); !apierrors.IsBadRequest(err) {
		t.Errorf("nodes by namespace: %v", err)
	}
	if _, err := cs.CoreV1().Pods("").List(t.Context(), metav1.ListOptions{LabelSelector: "a=b=c"}); !apierrors.IsBadRequest(err) {
		t.Errorf("a broken selector: %v", err)
	}
}

func TestEventSelectors(t *testing.T) {
	c := start(t, simcluster.Options{})
	event := func(name, reason, typ, kind, component, controller string) *corev1.Event {
		return &corev1.Event{
			ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: name}, Reason: reason, Type: typ,
			InvolvedObject: corev1.ObjectReference{Kind: kind, Name: "web", Namespace: "shop", UID: "u"},
			Source:         corev1.EventSource{Component: component}, ReportingController: controller,
		}
	}
	apply(t, c, event("1", "Unhealthy", "Warning", "Pod", "kubelet", "kubelet"), event("2", "Pulled", "Normal", "Pod", "kubelet", "kubelet"),
		event("3", "Scaled", "Normal", "Deployment", "", "deployment-controller"))
	for fields, want := range map[string][]string{
		"involvedObject.kind=Pod,source=kubelet,reason!=Pulled": {"1"},
		"source=deployment-controller":                          {"3"},
		"type=Normal":                                           {"2", "3"},
		"involvedObject.uid=u,involvedObject.name=web,reportingComponent!=kubelet": {"3"},
		"involvedObject.namespace=elsewhere":                                       nil,
	} {
		list, err := protobuf(t, c).CoreV1().Events("shop").List(t.Context(), metav1.ListOptions{FieldSelector: fields})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, e := range list.Items {
			got = append(got, e.Name)
		}
		expect(t, fields, got, want)
	}
}

func TestPagesAgreeWithEachOther(t *testing.T) {
	bothFormats(t, func(t *testing.T, c *simcluster.Cluster, cs *kubernetes.Clientset) {
		apply(t, c, numbered(0, 5)...)
		first := listPods(t, cs, metav1.ListOptions{Limit: 2})
		expect(t, "first page", names(first), []string{"p00000", "p00001"})
		if first.RemainingItemCount == nil || *first.RemainingItemCount != 3 || first.Continue == "" {
			t.Errorf("the first page says %+v", first.ListMeta)
		}
		remove(t, c, pod("p00000"), pod("p00003"))
		apply(t, c, pod("p00002", phase(corev1.PodFailed)), pod("p000025"), pod("p00009"))
		second := listPods(t, cs, metav1.ListOptions{Limit: 2, Continue: first.Continue})
		expect(t, "second page", names(second), []string{"p00002", "p00003"})
		if second.Items[0].Status.Phase != "" || second.ResourceVersion != first.ResourceVersion {
			t.Errorf("the second page is newer than the first: %+v", second)
		}
		third := listPods(t, cs, metav1.ListOptions{Limit: 2, Continue: second.Continue})
		expect(t, "third page", names(third), []string{"p00004"})
		if third.Continue != "" || third.RemainingItemCount != nil {
			t.Errorf("the last page says %+v", third.ListMeta)
		}
		w := watchPods(t, cs, metav1.ListOptions{ResourceVersion: third.ResourceVersion})
		w.expect("DELETED p00000", "DELETED p00003", "MODIFIED p00002 Failed", "ADDED p000025", "ADDED p00009")
	})
}

func TestVersionsOfLists(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := start(t, simcluster.Options{History: 4, InMemory: true})
		cs := protobuf(t, c)
		apply(t, c, numbered(0, 3)...)
		then := version(c)
		remove(t, c, pod("p00001"))
		exact := metav1.ListOptions{ResourceVersion: then, ResourceVersionMatch: metav1.ResourceVersionMatchExact}
		expect(t, "then", names(listPods(t, cs, exact)), []string{"p00000", "p00001", "p00002"})
		atLeast := metav1.ListOptions{ResourceVersion: then, ResourceVersionMatch: metav1.ResourceVersionMatchNotOlderThan}
		expect(t, "not older than then", names(listPods(t, cs, atLeast)), []string{"p00000", "p00002"})
		expect(t, "any", names(listPods(t, cs, metav1.ListOptions{ResourceVersion: "0", Limit: 1})), []string{"p00000", "p00002"})
		apply(t, c, numbered(10, 20)...)
		if _, err := cs.CoreV1().Pods("").List(t.Context(), exact); !apierrors.IsResourceExpired(err) {
			t.Errorf("exactly a forgotten version: %v", err)
		}
		_, err := cs.CoreV1().Pods("").List(t.Context(), metav1.ListOptions{ResourceVersion: "5000"})
		if !apierrors.HasStatusCause(err, metav1.CauseTypeResourceVersionTooLarge) {
			t.Errorf("a version of the future: %v", err)
		}
		for _, opts := range []metav1.ListOptions{{ResourceVersion: "x"}, {Continue: "x"}, {ResourceVersionMatch: "Exact"}} {
			if _, err := cs.CoreV1().Pods("").List(t.Context(), opts); !apierrors.IsBadRequest(err) && !apierrors.IsInvalid(err) {
				t.Errorf("%+v: %v", opts, err)
			}
		}
	})
}

func TestAnOldContinueTokenExpires(t *testing.T) {
	c := start(t, simcluster.Options{History: 4})
	cs := protobuf(t, c)
	apply(t, c, numbered(0, 5)...)
	first := listPods(t, cs, metav1.ListOptions{Limit: 2})
	apply(t, c, numbered(10, 20)...)
	if _, err := cs.CoreV1().Pods("").List(t.Context(), metav1.ListOptions{Limit: 2, Continue: first.Continue}); !apierrors.IsResourceExpired(err) {
		t.Errorf("got %v", err)
	}
}

func TestPagerReadsAll(t *testing.T) {
	c := start(t, simcluster.Options{})
	cs := protobuf(t, c)
	apply(t, c, numbered(0, 1234)...)
	p := pager.New(pager.SimplePageFunc(func(opts metav1.ListOptions) (kruntime.Object, error) {
		return cs.CoreV1().Pods("").List(t.Context(), opts)
	}))
	var got []string
	err := p.EachListItem(t.Context(), metav1.ListOptions{}, func(o kruntime.Object) error {
		got = append(got, o.(*corev1.Pod).Name)
		return nil
	})
	if err != nil || len(got) != 1234 || !slices.IsSorted(got) {
		t.Errorf("got %d pods, sorted %v, %v", len(got), slices.IsSorted(got), err)
	}
	requests := 0
	for _, r := range c.Requests() {
		if r.Verb == "list" && r.Resource == "pods" && r.Query.Get("limit") == "500" {
			requests++
		}
	}
	if requests != 3 {
		t.Errorf("%d requests, want 3: %v", requests, c.Requests())
	}
}
