package watch

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/probetop/probetop/model"
)

// shop is a cluster with a namespace that has one of each.
func shop(t testing.TB) *cluster {
	t.Helper()
	is := func(name string) metav1.ObjectMeta { return metav1.ObjectMeta{Namespace: "shop", Name: name} }
	selector := &metav1.LabelSelector{
		MatchLabels:      map[string]string{"app": "web"},
		MatchExpressions: []metav1.LabelSelectorRequirement{{Key: "tier", Operator: "In", Values: []string{"a", "b"}}},
	}
	deployment := appsv1.DeploymentSpec{Selector: selector}
	return newCluster(
		t,
		&appsv1.Deployment{ObjectMeta: is("web"), Spec: deployment},
		&appsv1.Deployment{ObjectMeta: is("other"), Spec: deployment},
		&appsv1.Deployment{ObjectMeta: metav1.ObjectMeta{Namespace: "till", Name: "web"}, Spec: deployment},
		&appsv1.ReplicaSet{ObjectMeta: is("web-abc"), Spec: appsv1.ReplicaSetSpec{Selector: selector}},
		&appsv1.StatefulSet{ObjectMeta: is("db"), Spec: appsv1.StatefulSetSpec{Selector: selector}},
		&appsv1.DaemonSet{ObjectMeta: is("agent"), Spec: appsv1.DaemonSetSpec{Selector: selector}},
		&batchv1.Job{ObjectMeta: is("nightly"), Spec: batchv1.JobSpec{Selector: selector}},
		pod("web-0"),
		&corev1.Service{ObjectMeta: is("web"), Spec: corev1.ServiceSpec{Selector: map[string]string{"app": "web", "tier": "a"}}},
		&corev1.Service{ObjectMeta: is("external")},
	)
}

func TestResolve(t *testing.T) {
	cfg := shop(t).RESTConfig()
	const web = "app=web,tier in (a,b)"
	in := func(namespaces ...string) Request { return Request{Namespaces: namespaces} }
	of := func(args ...string) Request { return Request{Namespaces: []string{"shop"}, Args: args} }
	for name, c := range map[string]struct {
		request Request
		want    []Selection
	}{
		"nothing":               {in("shop"), []Selection{{Namespace: "shop"}}},
		"all namespaces":        {in(), []Selection{{}}},
		"several namespaces":    {in("shop", "till"), []Selection{{Namespace: "shop"}, {Namespace: "till"}}},
		"selectors":             {Request{Labels: "a=b", Fields: "status.phase=Running"}, []Selection{{Labels: "a=b", Fields: "status.phase=Running"}}},
		"a pod":                 {of("po/web-0"), []Selection{{Namespace: "shop", Fields: "metadata.name=web-0"}}},
		"a node":                {of("no/n1"), []Selection{{Fields: "spec.nodeName=n1"}}},
		"a node in a namespace": {Request{Namespaces: []string{"shop"}, Explicit: true, Args: []string{"node/n1"}}, []Selection{{Namespace: "shop", Fields: "spec.nodeName=n1"}}},
		"a deployment":          {of("deploy/web"), []Selection{{Namespace: "shop", Labels: web}}},
		"a deployment's group":  {of("deployments.apps/web"), []Selection{{Namespace: "shop", Labels: web}}},
		"a deployment anywhere": {Request{Args: []string{"Deployment/web"}}, []Selection{{Namespace: "shop", Labels: web}, {Namespace: "till", Labels: web}}},
		"a replicaset":          {of("rs/web-abc"), []Selection{{Namespace: "shop", Labels: web}}},
		"a statefulset":         {of("sts/db"), []Selection{{Namespace: "shop", Labels: web}}},
		"a daemonset":           {of("ds/agent"), []Selection{{Namespace: "shop", Labels: web}}},
		"a job":                 {of("jobs/nightly"), []Selection{{Namespace: "shop", Labels: web}}},
		"a service":             {of("svc/web"), []Selection{{Namespace: "shop", Labels: "app=web,tier=a"}}},
		"a deployment with selectors": {
			Request{Namespaces: []string{"shop"}, Labels: "x=y", Fields: "status.phase=Running", Args: []string{"deploy/web"}},
			[]Selection{{Namespace: "shop", Labels: web + ",x=y", Fields: "status.phase=Running"}},
		},
		"a pod and a service": {of("pod/web-0", "service/web"), []Selection{
			{Namespace: "shop", Fields: "metadata.name=web-0"}, {Namespace: "shop", Labels: "app=web,tier=a"},
		}},
	} {
		t.Run(name, func(t *testing.T) {
			scope, err := Resolve(t.Context(), cfg, c.request)
			if err != nil {
				t.Fatal(err)
			}
			for i := range scope.Pods {
				scope.Pods[i].Keep = nil
			}
			if !reflect.DeepEqual(scope.Pods, c.want) {
				t.Errorf("got %+v, want %+v", scope.Pods, c.want)
			}
		})
	}
}

func TestResolveKeepsWhatTheWorkloadOwns(t *testing.T) {
	cfg := shop(t).RESTConfig()
	deployment := model.Owner{Kind: "Deployment", Name: "web", Revision: "web-abc"}
	for arg, owners := range map[string]map[model.Owner]bool{
		"deploy/web":  {deployment: true, {Kind: "Deployment", Name: "other"}: false, {Kind: "StatefulSet", Name: "web"}: false, {}: false},
		"rs/web-abc":  {deployment: true, {Kind: "ReplicaSet", Name: "web-abc"}: true, {Kind: "Deployment", Name: "web", Revision: "web-xyz"}: false},
		"sts/db":      {{Kind: "StatefulSet", Name: "db"}: true, deployment: false},
		"job/nightly": {{Kind: "Job", Name: "nightly"}: true, {}: false},
	} {
		scope, err := Resolve(t.Context(), cfg, Request{Namespaces: []string{"shop"}, Args: []string{arg}})
		if err != nil {
			t.Fatal(err)
		}
		for owner, want := range owners {
			if got := scope.Pods[0].Keep(&model.Pod{Owner: owner}); got != want {
				t.Errorf("%s keeps a pod of %v: %v, want %v", arg, owner, got, want)
			}
		}
	}
}

func TestResolveSaysWhatIsWrong(t *testing.T) {
	cfg := shop(t).RESTConfig()
	in := func(arg string) Request { return Request{Namespaces: []string{"shop"}, Args: []string{arg}} }
	for name, c := range map[string]struct {
		request Request
		want    Problem
		text    string
	}{
		"an unknown type":             {in("cronjob/x"), UnknownType, `"cronjob/x" is not TYPE/NAME`},
		"a name alone":                {in("web-0"), UnknownType, `"web-0" is not TYPE/NAME`},
		"a type alone":                {in("deploy"), MissingName, `"deploy" lacks a name`},
		"a type and a slash":          {in("deploy/"), MissingName, `"deploy/" lacks a name`},
		"a workload that is not":      {in("deploy/nope"), NotFound, "there is no deploy/nope in namespace shop"},
		"a pod that is not":           {in("po/nope"), NotFound, "there is no po/nope in namespace shop"},
		"not in any namespace":        {Request{Args: []string{"svc/nope"}}, NotFound, "there is no svc/nope in any namespace"},
		"a service without selector":  {in("svc/external"), NoSelector, "the selector of svc/external is empty"},
		"labels that cannot be read":  {Request{Labels: "a=b=c"}, BadSelector, `the selector "a=b=c" cannot be read`},
		"fields that cannot be read":  {Request{Fields: "a"}, BadSelector, `the selector "a" cannot be read`},
		"a name with a slash in it":   {in("pod/a/b"), MissingName, "lacks a name"},
		"an argument that is nothing": {in(""), UnknownType, "is not TYPE/NAME"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Resolve(t.Context(), cfg, c.request)
			var arg *ArgumentError
			if !errors.As(err, &arg) || arg.Problem != c.want || !strings.Contains(err.Error(), c.text) {
				t.Errorf("Resolve: %v, want problem %d: %s", err, c.want, c.text)
			}
		})
	}
}

func TestResolveSaysWhenTheServerIsSilent(t *testing.T) {
	c := newCluster(t)
	c.Down()
	_, err := Resolve(t.Context(), c.RESTConfig(), Request{Args: []string{"deploy/web"}})
	var access *AccessError
	if !errors.As(err, &access) || strings.Contains(access.Error(), "Get ") {
		t.Errorf("Resolve: %v, want a plain AccessError", err)
	}
}

func TestResolveOfTooMuch(t *testing.T) {
	var r Request
	for _, c := range "abcdefghijklmnop" {
		r.Namespaces = append(r.Namespaces, string(c))
	}
	if _, err := Resolve(t.Context(), shop(t).RESTConfig(), r); !errors.Is(err, ErrTooManyStreams) {
		t.Errorf("Resolve: %v, want %v", err, ErrTooManyStreams)
	}
}
