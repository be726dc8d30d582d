package simcluster

import (
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"strings"

	apidiscoveryv2 "k8s.io/api/apidiscovery/v2"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/version"
)

// discover answers what is no resource: what is served, and by whom.
func (c *Cluster) discover(x *exchange) error {
	if x.r.Method != http.MethodGet {
		return notServed()
	}
	root, rest, _ := strings.Cut(strings.Trim(x.Path, "/"), "/")
	gv, err := schema.ParseGroupVersion(rest)
	switch {
	case root == "version" && rest == "":
		return x.write("application/json", c.version())
	case (root == "healthz" || root == "livez" || root == "readyz") && rest == "":
		x.w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		fmt.Fprint(x.w, "ok")
		return nil
	case root != "api" && root != "apis" || err != nil:
		return notServed()
	case rest == "" && wantsAggregated(x.Accept):
		return x.write("application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList", c.aggregated(root == "api"))
	case rest == "" && root == "api":
		return x.write("application/json", &metav1.APIVersions{
			TypeMeta: metav1.TypeMeta{Kind: "APIVersions"}, Versions: []string{"v1"},
		})
	case rest == "":
		return x.write("application/json", c.groups())
	case root == "apis" && !strings.Contains(rest, "/"):
		for _, g := range c.groups().Groups {
			if g.Name == rest {
				g.TypeMeta = metav1.TypeMeta{Kind: "APIGroup", APIVersion: "v1"}
				return x.write("application/json", &g)
			}
		}
		return notServed()
	case (root == "api") != (gv.Group == ""):
		return notServed()
	}
	return c.discoverVersion(x, gv)
}

func (c *Cluster) discoverVersion(x *exchange, gv schema.GroupVersion) error {
	list := &metav1.APIResourceList{
		TypeMeta: metav1.TypeMeta{Kind: "APIResourceList", APIVersion: "v1"}, GroupVersion: gv.String(),
	}
	for _, d := range c.described(gv) {
		r := metav1.APIResource{
			Name: d.Resource, SingularName: d.SingularResource, Namespaced: d.Scope == apidiscoveryv2.ScopeNamespace,
			Kind: d.ResponseKind.Kind, Verbs: d.Verbs, ShortNames: d.ShortNames, Categories: d.Categories,
		}
		list.APIResources = append(list.APIResources, r)
		for _, sub := range d.Subresources {
			list.APIResources = append(list.APIResources, metav1.APIResource{
				Name: d.Resource + "/" + sub.Subresource, Namespaced: r.Namespaced, Kind: r.Kind, Verbs: sub.Verbs,
			})
		}
	}
	if list.APIResources == nil {
		return notServed()
	}
	return x.write("application/json", list)
}

// write answers with a document that every client reads as JSON.
func (x *exchange) write(mediaType string, v any) error {
	x.w.Header().Set("Content-Type", mediaType)
	_ = json.NewEncoder(x.w).Encode(v)
	return nil
}

func wantsAggregated(accept string) bool {
	for clause := range strings.SplitSeq(accept, ",") {
		_, params, err := mime.ParseMediaType(clause)
		if err == nil && params["g"] == "apidiscovery.k8s.io" && params["v"] == "v2" && params["as"] == "APIGroupDiscoveryList" {
			return true
		}
	}
	return false
}

func (c *Cluster) version() *version.Info {
	parts := append(strings.SplitN(strings.TrimPrefix(c.opts.ServerVersion, "v"), ".", 3), "", "")
	return &version.Info{
		Major: parts[0], Minor: parts[1], GitVersion: c.opts.ServerVersion, GitTreeState: "clean", Compiler: "gc",
	}
}

// groupVersions lists what is served in the order in which kubectl looks for a name.
func (c *Cluster) groupVersions() []schema.GroupVersion {
	all := []schema.GroupVersion{}
	seen := map[schema.GroupVersion]bool{}
	for _, r := range c.kinds.resources {
		if gv := r.GroupVersion(); !seen[gv] {
			seen[gv], all = true, append(all, gv)
		}
	}
	return append(all, schema.GroupVersion{Group: "authorization.k8s.io", Version: "v1"})
}

func (c *Cluster) groups() *metav1.APIGroupList {
	list := &metav1.APIGroupList{TypeMeta: metav1.TypeMeta{Kind: "APIGroupList", APIVersion: "v1"}}
	for _, gv := range c.groupVersions() {
		if gv.Group == "" {
			continue
		}
		v := metav1.GroupVersionForDiscovery{GroupVersion: gv.String(), Version: gv.Version}
		list.Groups = append(list.Groups, metav1.APIGroup{
			Name: gv.Group, Versions: []metav1.GroupVersionForDiscovery{v}, PreferredVersion: v,
		})
	}
	return list
}

// aggregated describes the core group, or all others, in one document.
func (c *Cluster) aggregated(core bool) *apidiscoveryv2.APIGroupDiscoveryList {
	list := &apidiscoveryv2.APIGroupDiscoveryList{
		TypeMeta: metav1.TypeMeta{Kind: "APIGroupDiscoveryList", APIVersion: "apidiscovery.k8s.io/v2"},
	}
	for _, gv := range c.groupVersions() {
		if (gv.Group == "") == core {
			list.Items = append(list.Items, apidiscoveryv2.APIGroupDiscovery{
				ObjectMeta: metav1.ObjectMeta{Name: gv.Group},
				Versions: []apidiscoveryv2.APIVersionDiscovery{
					{Version: gv.Version, Resources: c.described(gv), Freshness: apidiscoveryv2.DiscoveryFreshnessCurrent},
				},
			})
		}
	}
	return list
}

// described describes the resources of a group and version.
func (c *Cluster) described(gv schema.GroupVersion) []apidiscoveryv2.APIResourceDiscovery {
	var all []apidiscoveryv2.APIResourceDiscovery
	for _, r := range c.kinds.resources {
		if r.GroupVersion() == gv {
			all = append(all, r.describe())
		}
	}
	if gv.Group == "authorization.k8s.io" && gv.Version == "v1" {
		all = append(all, apidiscoveryv2.APIResourceDiscovery{
			Resource: "selfsubjectaccessreviews", SingularResource: "selfsubjectaccessreview",
			ResponseKind: &metav1.GroupVersionKind{Group: gv.Group, Version: gv.Version, Kind: "SelfSubjectAccessReview"},
			Scope:        apidiscoveryv2.ScopeCluster, Verbs: []string{"create"},
		})
	}
	return all
}

func (r *resource) describe() apidiscoveryv2.APIResourceDiscovery {
	kind := &metav1.GroupVersionKind{Group: r.Group, Version: r.Version, Kind: r.kind}
	d := apidiscoveryv2.APIResourceDiscovery{
		Resource: r.Resource, SingularResource: r.singular, ResponseKind: kind, ShortNames: r.shortNames,
		Scope: apidiscoveryv2.ScopeNamespace, Verbs: []string{"get", "list", "watch"},
	}
	if r.clusterScoped {
		d.Scope = apidiscoveryv2.ScopeCluster
	}
	if r.all {
		d.Categories = []string{"all"}
	}
	if r.writable {
		d.Subresources = []apidiscoveryv2.APISubresourceDiscovery{
			{Subresource: "status", ResponseKind: kind, Verbs: []string{"get", "patch"}},
		}
	}
	return d
}
