package watch

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"

	"github.com/probetop/probetop/simcluster"
)

// cluster is a cluster in memory, which the test's end closes.
type cluster struct {
	*simcluster.Cluster
	t testing.TB
}

func newCluster(t testing.TB, objects ...runtime.Object) *cluster {
	t.Helper()
	c, err := simcluster.Start(simcluster.Options{InMemory: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	own := &cluster{c, t}
	own.put(objects...)
	return own
}

func (c *cluster) put(objects ...runtime.Object) {
	c.t.Helper()
	if err := c.Apply(objects...); err != nil {
		c.t.Fatal(err)
	}
}

func (c *cluster) remove(objects ...runtime.Object) {
	c.t.Helper()
	if err := c.Delete(objects...); err != nil {
		c.t.Fatal(err)
	}
}

// fault makes something go wrong, until the rule is removed.
func (c *cluster) fault(resource, verb string, do simcluster.Action) *simcluster.Rule {
	return c.Faults().Add(simcluster.Fault{Resource: resource, Verb: verb, Do: do})
}

// up ends Down.
func (c *cluster) up() {
	c.t.Helper()
	if err := c.Up(); err != nil {
		c.t.Fatal(err)
	}
}

// asked returns the requests for a resource so far, or for all when it is empty, that contain all the words.
func (c *cluster) asked(resource string, words ...string) []string {
	var found []string
next:
	for _, r := range c.Requests() {
		for _, w := range words {
			if !strings.Contains(r.String(), w) {
				continue next
			}
		}
		if resource == "" || r.Resource == resource {
			found = append(found, r.String())
		}
	}
	return found
}

// roundTripper is a transport that a test has laid its hands on.
type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func pod(name string) *corev1.Pod {
	return &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: name, UID: types.UID("uid-" + name)}}
}

func podNames(from, to int) []runtime.Object {
	var objects []runtime.Object
	for i := from; i < to; i++ {
		objects = append(objects, pod(fmt.Sprintf("p%04d", i)))
	}
	return objects
}
