package watch

import (
	"errors"
	"io"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"k8s.io/client-go/rest"

	"github.com/probetop/probetop/model"
)

// objects answers requests for a path with the items that have the name that is asked for, in JSON.
type objects map[string]map[string]string

func (o objects) RoundTrip(r *http.Request) (*http.Response, error) {
	name := strings.TrimPrefix(r.URL.Query().Get("fieldSelector"), "metadata.name=")
	body := `{"kind":"List","apiVersion":"v1","items":[` + o[r.URL.Path][name] + `]}`
	return &http.Response{
		StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}},
		Body: io.NopCloser(strings.NewReader(body)), Request: r,
	}, nil
}

const selectsWeb = `{"metadata":{"namespace":"shop"},"spec":{"selector":{"matchLabels":{"app":"web"},"matchExpressions":[{"key":"tier","operator":"In","values":["a","b"]}]}}}`

// shop is a namespace with one of each.
var shop = objects{
	"/apis/apps/v1/namespaces/shop/deployments":  {"web": selectsWeb},
	"/apis/apps/v1/deployments":                  {"web": selectsWeb + "," + strings.Replace(selectsWeb, "shop", "till", 1)},
	"/apis/apps/v1/namespaces/shop/replicasets":  {"web-abc": selectsWeb},
	"/apis/apps/v1/namespaces/shop/statefulsets": {"db": selectsWeb},
	"/apis/apps/v1/namespaces/shop/daemonsets":   {"agent": selectsWeb},
	"/apis/batch/v1/namespaces/shop/jobs":        {"nightly": selectsWeb},
	"/api/v1/namespaces/shop/pods":               {"web-0": `{"metadata":{"namespace":"shop"},"spec":{}}`},
	"/api/v1/namespaces/shop/services": {
		"web":      `{"metadata":{"namespace":"shop"},"spec":{"selector":{"app":"web","tier":"a"}}}`,
		"external": `{"metadata":{"namespace":"shop"},"spec":{}}`,
	},
}

func resolve(t *testing.T, r Request) (Scope, error) {
	t.Helper()
	return Resolve(t.Context(), &rest.Config{Host: "http://cluster.test", Transport: shop}, r)
}

func TestResolve(t *testing.T) {
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
			scope, err := resolve(t, c.request)
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
	deployment := model.Owner{Kind: "Deployment", Name: "web", Revision: "web-abc"}
	for arg, owners := range map[string]map[model.Owner]bool{
		"deploy/web":  {deployment: true, {Kind: "Deployment", Name: "other"}: false, {Kind: "StatefulSet", Name: "web"}: false, {}: false},
		"rs/web-abc":  {deployment: true, {Kind: "ReplicaSet", Name: "web-abc"}: true, {Kind: "Deployment", Name: "web", Revision: "web-xyz"}: false},
		"sts/db":      {{Kind: "StatefulSet", Name: "db"}: true, deployment: false},
		"job/nightly": {{Kind: "Job", Name: "nightly"}: true, {}: false},
	} {
		scope, err := resolve(t, Request{Namespaces: []string{"shop"}, Args: []string{arg}})
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
			_, err := resolve(t, c.request)
			var arg *ArgumentError
			if !errors.As(err, &arg) || arg.Problem != c.want || !strings.Contains(err.Error(), c.text) {
				t.Errorf("Resolve: %v, want problem %d: %s", err, c.want, c.text)
			}
		})
	}
}

func TestResolveSaysWhenTheServerIsSilent(t *testing.T) {
	a := newAPI(t)
	a.refuse = true
	_, err := Resolve(t.Context(), a.config(), Request{Args: []string{"deploy/web"}})
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
	if _, err := resolve(t, r); !errors.Is(err, ErrTooManyStreams) {
		t.Errorf("Resolve: %v, want %v", err, ErrTooManyStreams)
	}
}
