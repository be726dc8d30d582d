package model_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	. "github.com/probetop/probetop/model"
)

// loose is a slice of a Service whose endpoints refer to pods by name or by address.
func loose(service string, refs ...LooseEndpoint) *EndpointSlice {
	for i := range refs {
		refs[i].Endpoint = Endpoint{Ready: true, Serving: true}
	}
	return &EndpointSlice{Namespace: "shop", Name: service + "-1", Service: service, Loose: refs}
}

// podAt is a pod of that name and address.
func podAt(name, ip string) *Pod {
	return web(func(p *Pod) { p.UID, p.Name, p.IP = "u-"+name, name, ip })
}

// led returns the Services of every pod's traffic, as "pod:service …" sorted by pod.
func (w *world) led() string {
	var led []string
	for _, r := range w.Snapshot().Rows {
		for _, t := range r.Traffic {
			led = append(led, r.Pod.Name+":"+t.Service)
		}
	}
	slices.Sort(led)
	return strings.Join(led, " ")
}

func TestLooseEndpointsFindTheirPodInAnyOrder(t *testing.T) {
	facts := []Fact{
		podAt("pg-0", "10.0.0.1"), podAt("pg-1", "10.0.0.2"),
		loose("primary", LooseEndpoint{Address: "10.0.0.1"}), loose("ro", LooseEndpoint{Name: "pg-1", Address: "10.0.0.1"}),
		&Service{Namespace: "shop", Name: "primary"}, &Service{Namespace: "shop", Name: "ro"},
	}
	for i := range facts {
		order := slices.Concat(facts[i:], facts[:i])
		for _, backwards := range []bool{false, true} {
			if backwards {
				slices.Reverse(order)
			}
			w := newWorld(t).hears(order...)
			if got := w.led(); got != "pg-0:primary pg-1:ro" {
				t.Errorf("from %d, backwards %v: got %q", i, backwards, got)
			}
			for _, name := range []string{"u-pg-0", "u-pg-1"} {
				for _, step := range w.row(t, name).Why() {
					if strings.Contains(step.Text, "no Service selects") {
						t.Errorf("%s is told %q", name, step.Text)
					}
				}
			}
		}
	}
}

func TestLooseEndpointsFollowTheirPods(t *testing.T) {
	slice := loose("db", LooseEndpoint{Address: "10.0.0.1"}, LooseEndpoint{Name: "b"})
	w := newWorld(t).hears(slice)
	wants := func(what, want string) {
		t.Helper()
		if got := w.led(); got != want {
			t.Errorf("%s: got %q, want %q", what, got, want)
		}
	}
	wants("no pods", "")
	w.hears(podAt("a", ""))
	wants("a pod without an address", "")
	w.hears(podAt("a", "10.0.0.1"))
	wants("it gets the address", "a:db")
	if since := w.row(t, "u-a").Traffic[0].Since; !since.IsZero() {
		t.Errorf("since %v, want not known: the endpoint has not changed", since)
	}
	w.hears(podAt("a", "10.0.0.7"))
	wants("it gets another", "")
	w.hears(podAt("b", "10.0.0.1"))
	wants("a pod with both references", "b:db")
	w.hears(podAt("c", "10.0.0.1"))
	wants("a second pod with the address", "b:db")
	w.loses(podAt("b", "10.0.0.1"))
	wants("the first goes", "c:db")
	w.hears(web(func(p *Pod) { p.UID, p.Name, p.IP, p.Namespace = "u-d", "b", "10.0.0.1", "other" }))
	wants("a pod of another namespace", "c:db")
	w.hears(loose("db", LooseEndpoint{Name: "a"}))
	wants("the slice names another", "a:db")
	w.loses(slice)
	wants("the slice goes", "")
	w.hears(podAt("a", "10.0.0.8"))
	wants("a pod moves when no slice refers to it", "")
}

// Pods on the network of their node have its address.
func TestLooseEndpointThatFitsTwoPodsIsOfNone(t *testing.T) {
	w := newWorld(t).hears(podAt("a", "10.0.0.1"), loose("db", LooseEndpoint{Address: "10.0.0.1"}), podAt("b", "10.0.0.1"))
	if got := w.led(); got != "" {
		t.Errorf("got %q", got)
	}
	w.hears(web(func(p *Pod) { p.UID, p.Name, p.IP, p.Phase = "u-b", "b", "10.0.0.1", "Succeeded" }))
	if got := w.led(); got != "a:db" {
		t.Errorf("after one has ended: got %q", got)
	}
}

func TestRelistSweepsLooseEndpoints(t *testing.T) {
	w := newWorld(t).hears(podAt("a", "10.0.0.1"), podAt("b", "10.0.0.2"),
		loose("db", LooseEndpoint{Address: "10.0.0.1"}), loose("ro", LooseEndpoint{Name: "a"}, LooseEndpoint{Name: "b"}))
	relist := func(kind SourceKind, named ...Fact) {
		s := Stream(slices.Index(SourceKinds[:], kind))
		w.Apply(Change{At: w.now, Stream: s, Fact: &Listing{Kind: kind}})
		w.hears(named...)
		w.Apply(Change{At: w.now, Stream: s, Fact: &Listing{Kind: kind, Done: true}})
	}
	relist(EndpointSlices, loose("ro", LooseEndpoint{Name: "b"}))
	if got := w.led(); got != "b:ro" {
		t.Errorf("after the slices: got %q", got)
	}
	relist(Pods, podAt("a", "10.0.0.1"))
	if got := w.led(); got != "" {
		t.Errorf("after the pods: got %q", got)
	}
	if n := w.Len(); n != 1 {
		t.Errorf("%d pods are known, want the one that is left", n)
	}
}

func TestCloneFindsLooseEndpointsByItself(t *testing.T) {
	w := newWorld(t).hears(podAt("a", "10.0.0.1"), loose("db", LooseEndpoint{Address: "10.0.0.1"}, LooseEndpoint{Address: "10.0.0.2"}))
	other := &world{Cluster: w.Clone(), now: w.now}
	other.hears(podAt("a", "10.0.0.9"), podAt("b", "10.0.0.2"))
	if got := fmt.Sprint(w.led(), ", ", other.led()); got != "a:db, b:db" {
		t.Errorf("got %s", got)
	}
	w.hears(podAt("c", "10.0.0.2"))
	if got := fmt.Sprint(w.led(), ", ", other.led()); got != "a:db c:db, b:db" {
		t.Errorf("got %s", got)
	}
}
