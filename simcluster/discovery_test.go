package simcluster_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/restmapper"

	"github.com/probetop/probetop/simcluster"
)

func TestDiscoveryOldAndNew(t *testing.T) {
	c := start(t, simcluster.Options{})
	for _, legacy := range []bool{false, true} {
		d := json(t, c).Discovery().(*discovery.DiscoveryClient)
		d.UseLegacyDiscovery = legacy
		groups, resources, err := d.ServerGroupsAndResources()
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, g := range groups {
			got = append(got, g.PreferredVersion.GroupVersion)
		}
		slices.Sort(got)
		expect(t, "groups", got, []string{"apps/v1", "authorization.k8s.io/v1", "batch/v1", "discovery.k8s.io/v1", "v1"})
		found := map[string]string{}
		for _, list := range resources {
			for _, r := range list.APIResources {
				found[r.Name] = strings.Join(append(r.Verbs, r.ShortNames...), " ")
			}
		}
		for name, want := range map[string]string{
			"pods": "get list watch po", "pods/status": "get patch", "nodes": "get list watch no",
			"endpointslices": "get list watch", "selfsubjectaccessreviews": "create",
		} {
			if found[name] != want {
				t.Errorf("legacy=%v: %s is %q, want %q", legacy, name, found[name], want)
			}
		}
		if v, err := d.ServerVersion(); err != nil || v.GitVersion != "v1.37.2" || v.Minor != "37" {
			t.Errorf("the version is %v, %v", v, err)
		}
	}
}

func TestShortNamesAndCategories(t *testing.T) {
	c := start(t, simcluster.Options{})
	cached := memory.NewMemCacheClient(json(t, c).Discovery())
	mapper := restmapper.NewShortcutExpander(restmapper.NewDeferredDiscoveryRESTMapper(cached), cached, nil)
	for short, want := range map[string]string{
		"po": "pods", "no": "nodes", "svc": "services", "ev": "events", "ns": "namespaces", "deploy": "deployments",
		"rs": "replicasets", "sts": "statefulsets", "ds": "daemonsets", "endpointslice": "endpointslices", "job": "jobs",
	} {
		got, err := mapper.ResourceFor(schema.GroupVersionResource{Resource: short})
		if err != nil || got.Resource != want {
			t.Errorf("%s is %v, %v", short, got, err)
		}
	}
	all, ok := restmapper.NewDiscoveryCategoryExpander(cached).Expand("all")
	if !ok || len(all) != 7 {
		t.Errorf("all is %v", all)
	}
}

func TestDiscoveryByPath(t *testing.T) {
	c := start(t, simcluster.Options{ServerVersion: "v1.30.1+k3s1"})
	for path, want := range map[string]string{
		"/api": `"APIVersions"`, "/apis/apps": `"APIGroup"`, "/api/v1": `"pods/status"`, "/apis/apps/v1": `"deploy"`,
		"/version": `"v1.30.1+k3s1"`, "/readyz": "ok", "/livez": "ok",
	} {
		if code, body := raw(t, c, path, "application/json"); code != http.StatusOK || !strings.Contains(body, want) {
			t.Errorf("%s: %d %s", path, code, body)
		}
	}
	for _, path := range []string{"/apis/none", "/apis/apps/v2", "/api/v2", "/apis/v1", "/api/apps/v1"} {
		if code, body := raw(t, c, path, "application/json"); code != http.StatusNotFound {
			t.Errorf("%s: %d %s", path, code, body)
		}
	}
}
