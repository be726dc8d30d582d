package simcluster_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	authorizationv1 "k8s.io/api/authorization/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	kruntime "k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes"

	"github.com/probetop/probetop/simcluster"
)

func TestForbid(t *testing.T) {
	bothFormats(t, func(t *testing.T, c *simcluster.Cluster, cs *kubernetes.Clientset) {
		c.Faults().Add(simcluster.Fault{Resource: "pods", Verb: "list", Namespace: "shop", Do: simcluster.Forbid()})
		c.Faults().Add(simcluster.Fault{Resource: "endpointslices", Namespace: simcluster.Everywhere, Do: simcluster.Forbid()})
		_, err := cs.CoreV1().Pods("shop").List(t.Context(), metav1.ListOptions{})
		want := `pods is forbidden: User "probetop" cannot list resource "pods" in API group "" in the namespace "shop"`
		if !apierrors.IsForbidden(err) || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
		_, err = cs.DiscoveryV1().EndpointSlices("").Watch(t.Context(), metav1.ListOptions{})
		want = `endpointslices.discovery.k8s.io is forbidden: User "probetop" cannot watch resource "endpointslices" in API group "discovery.k8s.io" at the cluster scope`
		if !apierrors.IsForbidden(err) || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
		listPods(t, cs, metav1.ListOptions{})
		if _, err := cs.DiscoveryV1().EndpointSlices("shop").List(t.Context(), metav1.ListOptions{}); err != nil {
			t.Error(err)
		}
		for _, test := range []struct {
			namespace string
			allowed   bool
		}{{"shop", false}, {"", true}} {
			review := &authorizationv1.SelfSubjectAccessReview{Spec: authorizationv1.SelfSubjectAccessReviewSpec{
				ResourceAttributes: &authorizationv1.ResourceAttributes{Verb: "list", Resource: "pods", Namespace: test.namespace},
			}}
			answer, err := cs.AuthorizationV1().SelfSubjectAccessReviews().Create(t.Context(), review, metav1.CreateOptions{})
			if err != nil || answer.Status.Allowed != test.allowed {
				t.Errorf("review in %q: %+v, %v", test.namespace, answer, err)
			}
		}
	})
}

func TestUnauthorizeTheNextFew(t *testing.T) {
	c := start(t, simcluster.Options{})
	cs := protobuf(t, c)
	rule := c.Faults().Add(simcluster.Fault{Skip: 1, Count: 2, Do: simcluster.Unauthorize()})
	var got []bool
	for range 4 {
		_, err := cs.CoreV1().Pods("").List(t.Context(), metav1.ListOptions{})
		got = append(got, apierrors.IsUnauthorized(err))
	}
	if !slices.Equal(got, []bool{false, true, true, false}) || rule.Hits() != 2 {
		t.Errorf("unauthorized: %v, %d hits", got, rule.Hits())
	}
}

func TestThrottledClientsComeBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := start(t, simcluster.Options{InMemory: true})
		c.Faults().Add(simcluster.Fault{Resource: "pods", Count: 2, Do: simcluster.Throttle(7 * time.Second)})
		before := time.Now()
		listPods(t, protobuf(t, c), metav1.ListOptions{})
		if took := time.Since(before).Round(time.Second); took != 14*time.Second {
			t.Errorf("the list took %v", took)
		}
		if n := asked(c, "list", ""); n != 3 {
			t.Errorf("%d requests", n)
		}
	})
}

func TestSlowAndHangingLists(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := start(t, simcluster.Options{InMemory: true})
		cs := protobuf(t, c)
		rule := c.Faults().Add(simcluster.Fault{Verb: "list", Do: simcluster.Delay(30 * time.Second)})
		before := time.Now()
		listPods(t, cs, metav1.ListOptions{})
		if took := time.Since(before).Round(time.Second); took != 30*time.Second {
			t.Errorf("the slow list took %v", took)
		}
		rule.Remove()
		release := make(chan struct{})
		c.Faults().Add(simcluster.Fault{Verb: "list", Do: simcluster.Hang(release)})
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		if _, err := cs.CoreV1().Pods("").List(ctx, metav1.ListOptions{}); err == nil || ctx.Err() == nil {
			t.Errorf("the hanging list answered: %v", err)
		}
		time.AfterFunc(time.Hour, func() { close(release) })
		before = time.Now()
		listPods(t, cs, metav1.ListOptions{})
		if took := time.Since(before).Round(time.Second); took != time.Hour {
			t.Errorf("the hanging list took %v", took)
		}
	})
}

func TestCloseEndsWhatHangs(t *testing.T) {
	c := start(t, simcluster.Options{})
	c.Faults().Add(simcluster.Fault{Do: simcluster.Hang(nil)})
	failed := make(chan error)
	go func() {
		_, err := protobuf(t, c).CoreV1().Pods("").List(t.Context(), metav1.ListOptions{})
		failed <- err
	}()
	eventually(t, func() string {
		if len(c.Requests()) == 0 {
			return "no request has come"
		}
		return ""
	})
	c.Close()
	if err := <-failed; err == nil {
		t.Error("the hanging request was answered")
	}
}

// TestWatchesBreakInEveryWay breaks the watch of an informer and expects it to miss nothing.
func TestWatchesBreakInEveryWay(t *testing.T) {
	for name, do := range map[string]simcluster.Action{
		"cut": simcluster.CutWatch(), "reset": simcluster.ResetWatch(), "end": simcluster.EndWatch(),
		"410":       simcluster.ErrorEvent(apierrors.NewResourceExpired("too old resource version: 1 (2)")),
		"500":       simcluster.ErrorEvent(apierrors.NewInternalError(context.DeadlineExceeded)),
		"duplicate": simcluster.Duplicate(), "reorder": simcluster.Reorder(),
	} {
		for _, mediaType := range []string{kruntime.ContentTypeProtobuf, kruntime.ContentTypeJSON} {
			t.Run(name+" "+mediaType, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) { breakWatch(t, mediaType, do) })
			})
		}
	}
}

func breakWatch(t *testing.T, mediaType string, do simcluster.Action) {
	c := start(t, simcluster.Options{InMemory: true})
	apply(t, c, pod("a"))
	i := inform(t, client(t, c, mediaType))
	i.expect("a")
	rule := c.Faults().Add(simcluster.Fault{Resource: "pods", Verb: "watch", Count: 1, Do: do})
	apply(t, c, pod("b"), pod("c"))
	remove(t, c, pod("a"))
	apply(t, c, pod("b", phase(corev1.PodFailed)))
	i.expect("b/Failed", "c")
	if rule.Hits() != 1 {
		t.Errorf("the rule has struck %d times", rule.Hits())
	}
}

func TestAStreamingListBreaksHalfway(t *testing.T) {
	c := start(t, simcluster.Options{})
	apply(t, c, numbered(0, 20)...)
	rule := c.Faults().Add(simcluster.Fault{Resource: "pods", Skip: 10, Count: 1, Do: simcluster.CutWatch()})
	i := inform(t, protobuf(t, c))
	var all []string
	for n := range 20 {
		all = append(all, fmt.Sprintf("p%05d", n))
	}
	i.expect(all...)
	if rule.Hits() != 1 {
		t.Errorf("the rule has struck %d times", rule.Hits())
	}
}

func TestCutAndResetInMidObject(t *testing.T) {
	for name, test := range map[string]struct {
		do         simcluster.Action
		protocol   string
		othersGoOn bool
	}{
		"cut HTTP/2": {simcluster.CutWatch(), "h2", false}, "cut HTTP/1": {simcluster.CutWatch(), "http/1.1", true},
		"reset HTTP/2": {simcluster.ResetWatch(), "h2", true}, "reset HTTP/1": {simcluster.ResetWatch(), "http/1.1", true},
	} {
		t.Run(name, func(t *testing.T) {
			c := start(t, simcluster.Options{})
			cfg := c.RESTConfig()
			cfg.NextProtos = []string{test.protocol}
			cs := clientFor(t, cfg)
			w := watchPods(t, cs, metav1.ListOptions{ResourceVersion: version(c)})
			nodes, err := cs.CoreV1().Nodes().Watch(t.Context(), metav1.ListOptions{ResourceVersion: version(c)})
			if err != nil {
				t.Fatal(err)
			}
			defer nodes.Stop()
			c.Faults().Add(simcluster.Fault{Resource: "pods", Count: 1, Do: test.do})
			apply(t, c, pod("a"))
			got := w.next()
			if got != "closed" && !strings.HasPrefix(got, "ERROR") {
				t.Errorf("the watch of pods heard %q", got)
			}
			apply(t, c, &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: "n"}})
			e, open := <-nodes.ResultChan()
			if goesOn := open && e.Type == "ADDED"; goesOn != test.othersGoOn {
				t.Errorf("the watch of nodes heard %v, open %v", e, open)
			}
		})
	}
}

func TestDuplicateAndReorder(t *testing.T) {
	c := start(t, simcluster.Options{})
	w := watchPods(t, protobuf(t, c), metav1.ListOptions{ResourceVersion: version(c)})
	rule := c.Faults().Add(simcluster.Fault{Resource: "pods", Verb: "watch", Do: simcluster.Duplicate()})
	apply(t, c, pod("a"), pod("b"))
	w.expect("ADDED a", "ADDED a", "ADDED b", "ADDED b")
	rule.Remove()
	c.Faults().Add(simcluster.Fault{Resource: "pods", Count: 1, Do: simcluster.Reorder()})
	apply(t, c, pod("c"))
	apply(t, c, pod("d"))
	w.expect("ADDED d", "ADDED c")
	c.Faults().Clear()
	c.Faults().Add(simcluster.Fault{Resource: "pods", Count: 1, Do: simcluster.Reorder()})
	apply(t, c, pod("e"), pod("e", phase(corev1.PodFailed)))
	w.expect("ADDED e", "MODIFIED e Failed")
}

func TestExpireOnResume(t *testing.T) {
	c := start(t, simcluster.Options{})
	cs := protobuf(t, c)
	apply(t, c, pod("a"))
	i := inform(t, cs)
	i.expect("a")
	apply(t, c, pod("b")) // the reflector does not resume a watch that has told it nothing
	i.expect("a", "b")
	rule := c.Faults().Add(simcluster.Fault{Resource: "pods", Count: 1, Do: simcluster.Expire()})
	c.EndWatches("pods")
	apply(t, c, pod("c"))
	i.expect("a", "b", "c")
	eventually(t, func() string {
		if rule.Hits() != 1 || asked(c, "watch", "sendInitialEvents=true") != 2 {
			return fmt.Sprintf("%d hits, requests %v", rule.Hits(), c.Requests())
		}
		return ""
	})
	c.Faults().Add(simcluster.Fault{Resource: "pods", Count: 1, Do: simcluster.Expire()})
	w := watchPods(t, cs, metav1.ListOptions{ResourceVersion: version(c)})
	w.expect("ERROR 410 too old resource version…", "closed")
}

func TestExpiredContinueToken(t *testing.T) {
	c := start(t, simcluster.Options{})
	cs := protobuf(t, c)
	apply(t, c, numbered(0, 4)...)
	c.Faults().Add(simcluster.Fault{Resource: "pods", Count: 1, Do: simcluster.ExpireContinue()})
	first := listPods(t, cs, metav1.ListOptions{Limit: 2})
	_, err := cs.CoreV1().Pods("").List(t.Context(), metav1.ListOptions{Limit: 2, Continue: first.Continue})
	if !apierrors.IsResourceExpired(err) {
		t.Errorf("got %v", err)
	}
	listPods(t, cs, metav1.ListOptions{Limit: 2, Continue: first.Continue})
}

func TestAnyStatusCanBeAnswered(t *testing.T) {
	c := start(t, simcluster.Options{})
	c.Faults().Add(simcluster.Fault{Verb: "get", Do: simcluster.Answer(apierrors.NewServiceUnavailable("etcd is gone"))})
	code, body := raw(t, c, "/api/v1/namespaces/shop/pods/a", "")
	if code != http.StatusServiceUnavailable || !strings.Contains(body, "etcd is gone") {
		t.Errorf("got %d %s", code, body)
	}
	listPods(t, protobuf(t, c), metav1.ListOptions{})
}
