package simcluster_test

import (
	"fmt"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	listers "k8s.io/client-go/listers/core/v1"

	"github.com/probetop/probetop/simcluster"
)

// informer is client-go's shared informer of pods, which the test's end stops.
type informer struct {
	t      testing.TB
	lister listers.PodLister
}

func inform(t testing.TB, cs kubernetes.Interface) *informer {
	t.Helper()
	factory := informers.NewSharedInformerFactory(cs, 0)
	i := &informer{t, factory.Core().V1().Pods().Lister()}
	stop := make(chan struct{})
	factory.Start(stop)
	t.Cleanup(func() {
		close(stop)
		factory.Shutdown()
	})
	return i
}

// expect waits until the informer's store holds these pods, each as NAME or NAME/PHASE.
func (i *informer) expect(want ...string) {
	i.t.Helper()
	eventually(i.t, func() string {
		got := map[string]bool{}
		all, err := i.lister.List(labels.Everything())
		if err != nil {
			i.t.Fatal(err)
		}
		for _, p := range all {
			got[strings.TrimSuffix(fmt.Sprintf("%s/%s", p.Name, p.Status.Phase), "/")] = true
		}
		for _, w := range want {
			if !got[w] || len(got) != len(want) {
				return fmt.Sprintf("the informer holds %v, want %v", got, want)
			}
		}
		return ""
	})
}

// asked counts requests for pods.
func asked(c *simcluster.Cluster, verb, query string) int {
	n := 0
	for _, r := range c.Requests() {
		if r.Resource == "pods" && r.Verb == verb && strings.Contains(r.Query.Encode(), query) {
			n++
		}
	}
	return n
}

func TestInformerWithAStreamingList(t *testing.T) {
	bothFormats(t, func(t *testing.T, c *simcluster.Cluster, cs *kubernetes.Clientset) {
		apply(t, c, pod("a"), pod("b"))
		i := inform(t, cs)
		i.expect("a", "b")
		apply(t, c, pod("c"), pod("a", phase(corev1.PodRunning)))
		remove(t, c, pod("b"))
		i.expect("a/Running", "c")
		if lists, watches := asked(c, "list", ""), asked(c, "watch", "sendInitialEvents=true"); lists != 0 || watches != 1 {
			t.Errorf("%d lists and %d streaming lists: %v", lists, watches, c.Requests())
		}
	})
}

func TestInformerWithAServerThatKnowsNoStreamingLists(t *testing.T) {
	bothFormats(t, func(t *testing.T, c *simcluster.Cluster, cs *kubernetes.Clientset) {
		rule := c.Faults().Add(simcluster.Fault{Do: simcluster.RefuseStreaming()})
		apply(t, c, pod("a"), pod("b"))
		i := inform(t, cs)
		i.expect("a", "b")
		apply(t, c, pod("c"))
		remove(t, c, pod("b"))
		i.expect("a", "c")
		if lists, hits := asked(c, "list", ""), rule.Hits(); lists == 0 || hits == 0 {
			t.Errorf("%d lists, %d refusals: %v", lists, hits, c.Requests())
		}
	})
}

func TestManyPodsReachAnInformer(t *testing.T) {
	c := start(t, simcluster.Options{})
	apply(t, c, numbered(0, 3000)...)
	i := inform(t, protobuf(t, c))
	eventually(t, func() string {
		all, err := i.lister.List(labels.Everything())
		if err != nil || len(all) != 3000 {
			return fmt.Sprintf("%d pods, %v", len(all), err)
		}
		return ""
	})
}
