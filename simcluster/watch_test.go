package simcluster_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/kubernetes"

	"github.com/probetop/probetop/simcluster"
)

// watching is an open watch of pods.
type watching struct {
	t testing.TB
	w watch.Interface
}

func watchPods(t testing.TB, cs kubernetes.Interface, opts metav1.ListOptions) *watching {
	t.Helper()
	w, err := cs.CoreV1().Pods("").Watch(t.Context(), opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Stop)
	return &watching{t, w}
}

// next returns the next event as text, such as "ADDED a Running"; "closed" when the watch has ended.
func (w *watching) next() string {
	w.t.Helper()
	select {
	case e, ok := <-w.w.ResultChan():
		if !ok {
			return "closed"
		}
		return eventText(e)
	case <-time.After(20 * time.Second):
		return "nothing"
	}
}

func eventText(e watch.Event) string {
	switch o := e.Object.(type) {
	case *corev1.Pod:
		text := strings.Join(strings.Fields(fmt.Sprintf("%s %s %s", e.Type, o.Name, o.Status.Phase)), " ")
		if o.Annotations[metav1.InitialEventsAnnotationKey] == "true" {
			text += " end"
		}
		return text
	case *metav1.Status:
		return fmt.Sprintf("%s %d %s", e.Type, o.Code, o.Message)
	}
	return fmt.Sprintf("%s %T", e.Type, e.Object)
}

func (w *watching) expect(events ...string) {
	w.t.Helper()
	for _, want := range events {
		got := w.next()
		beginning, open := strings.CutSuffix(want, "…")
		if got != want && (!open || !strings.HasPrefix(got, beginning)) {
			w.t.Fatalf("got event %q, want %q", got, want)
		}
	}
}

func version(c *simcluster.Cluster) string { return fmt.Sprint(c.Version()) }

func TestWatchTellsWhatHappens(t *testing.T) {
	bothFormats(t, func(t *testing.T, c *simcluster.Cluster, cs *kubernetes.Clientset) {
		apply(t, c, pod("before"))
		w := watchPods(t, cs, metav1.ListOptions{ResourceVersion: version(c)})
		apply(t, c, pod("a"), pod("a", phase(corev1.PodRunning)))
		remove(t, c, pod("a"))
		w.expect("ADDED a", "MODIFIED a Running", "DELETED a Running")
	})
}

func TestWatchFromNowhereBeginsWithWhatThereIs(t *testing.T) {
	c := start(t, simcluster.Options{})
	apply(t, c, pod("a"), pod("b"))
	for _, v := range []string{"", "0"} {
		w := watchPods(t, protobuf(t, c), metav1.ListOptions{ResourceVersion: v})
		w.expect("ADDED a", "ADDED b")
		apply(t, c, pod("c"))
		w.expect("ADDED c")
		remove(t, c, pod("c"))
		w.expect("DELETED c")
	}
}

func TestWatchResumesWithinTheWindow(t *testing.T) {
	c := start(t, simcluster.Options{History: 3})
	apply(t, c, pod("a"))
	from := version(c)
	apply(t, c, pod("b"), pod("c"), pod("d"))
	watchPods(t, json(t, c), metav1.ListOptions{ResourceVersion: from}).expect("ADDED b", "ADDED c", "ADDED d")
	for i := range 8 {
		apply(t, c, pod(fmt.Sprint("e", i)))
	}
	w := watchPods(t, json(t, c), metav1.ListOptions{ResourceVersion: from})
	w.expect("ERROR 410 too old resource version…", "closed")
}

func TestAReplacedPodIsDeletedFirst(t *testing.T) {
	c := start(t, simcluster.Options{})
	apply(t, c, pod("a", uid("1"), phase(corev1.PodFailed)))
	w := watchPods(t, protobuf(t, c), metav1.ListOptions{ResourceVersion: version(c)})
	apply(t, c, pod("a", uid("2")))
	w.expect("DELETED a Failed", "ADDED a")
}

func TestSelectorsOfAWatchTurnChangesIntoArrivalsAndDepartures(t *testing.T) {
	bothFormats(t, func(t *testing.T, c *simcluster.Cluster, cs *kubernetes.Clientset) {
		apply(t, c, pod("a", labelled("app", "web"), phase(corev1.PodPending)))
		labels := watchPods(t, cs, metav1.ListOptions{ResourceVersion: version(c), LabelSelector: "app=web"})
		fields := watchPods(t, cs, metav1.ListOptions{ResourceVersion: version(c), FieldSelector: "status.phase=Running"})
		apply(t, c,
			pod("other", labelled("app", "db"), phase(corev1.PodPending)),
			pod("a", labelled("app", "web"), phase(corev1.PodRunning)),
			pod("a", labelled("app", "db"), phase(corev1.PodRunning)),
			pod("a", labelled("app", "web"), phase(corev1.PodFailed)))
		labels.expect("MODIFIED a Running", "DELETED a Running", "ADDED a Failed")
		fields.expect("ADDED a Running", "MODIFIED a Running", "DELETED a Running")
	})
}

func TestADepartureHasTheVersionAtWhichItHappened(t *testing.T) {
	c := start(t, simcluster.Options{})
	apply(t, c, pod("a", labelled("app", "web")))
	w := watchPods(t, protobuf(t, c), metav1.ListOptions{ResourceVersion: version(c), LabelSelector: "app=web"})
	apply(t, c, pod("a"))
	e := <-w.w.ResultChan()
	if got := e.Object.(*corev1.Pod); e.Type != watch.Deleted || got.ResourceVersion != version(c) || got.Labels["app"] != "web" {
		t.Errorf("got %s %+v", e.Type, got.ObjectMeta)
	}
}

func TestStreamingLists(t *testing.T) {
	bothFormats(t, func(t *testing.T, c *simcluster.Cluster, cs *kubernetes.Clientset) {
		apply(t, c, pod("a", labelled("app", "web")), pod("b"))
		w := watchPods(t, cs, metav1.ListOptions{
			SendInitialEvents: new(true), ResourceVersionMatch: metav1.ResourceVersionMatchNotOlderThan,
			AllowWatchBookmarks: true, LabelSelector: "app=web",
		})
		w.expect("ADDED a", "BOOKMARK end")
		apply(t, c, pod("c", labelled("app", "web")))
		w.expect("ADDED c")
		_, err := cs.CoreV1().Pods("").Watch(t.Context(), metav1.ListOptions{SendInitialEvents: new(true)})
		if !apierrors.IsInvalid(err) {
			t.Errorf("without resourceVersionMatch: %v", err)
		}
	})
}

func TestBookmarksTellHowFarAWatchHasCome(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := start(t, simcluster.Options{InMemory: true})
		apply(t, c, pod("a", labelled("app", "web")))
		w := watchPods(t, protobuf(t, c), metav1.ListOptions{ResourceVersion: version(c), AllowWatchBookmarks: true, LabelSelector: "app=web"})
		apply(t, c, pod("b"))
		before := time.Now()
		e := <-w.w.ResultChan()
		if o := e.Object.(*corev1.Pod); e.Type != watch.Bookmark || o.ResourceVersion != version(c) || o.Name != "" {
			t.Errorf("got %s %+v", e.Type, o)
		}
		if took := time.Since(before); took != time.Minute {
			t.Errorf("the bookmark came after %v", took)
		}
		w.w.Stop()
		synctest.Wait()
		c.Close()
	})
}

func TestAWatchEndsWhenItsTimeIsOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := start(t, simcluster.Options{InMemory: true})
		before := time.Now()
		w := watchPods(t, protobuf(t, c), metav1.ListOptions{ResourceVersion: version(c), TimeoutSeconds: new(int64(300))})
		if e, open := <-w.w.ResultChan(); open {
			t.Errorf("got %v", e)
		}
		if took := time.Since(before); took != 300*time.Second {
			t.Errorf("the watch ended after %v", took)
		}
		c.Close()
	})
}

func TestAWatchFromTheFutureIsRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := start(t, simcluster.Options{InMemory: true})
		_, err := protobuf(t, c).CoreV1().Pods("").Watch(t.Context(), metav1.ListOptions{ResourceVersion: "1000000"})
		if !apierrors.IsTimeout(err) || !apierrors.HasStatusCause(err, metav1.CauseTypeResourceVersionTooLarge) {
			t.Errorf("got %v", err)
		}
	})
}

func TestEndWatchesEndsThemInGoodOrder(t *testing.T) {
	c := start(t, simcluster.Options{})
	cs := protobuf(t, c)
	w := watchPods(t, cs, metav1.ListOptions{})
	nodes, err := cs.CoreV1().Nodes().Watch(t.Context(), metav1.ListOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer nodes.Stop()
	apply(t, c, pod("a"))
	w.expect("ADDED a")
	c.EndWatches("pods")
	w.expect("closed")
	apply(t, c, &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: "n"}})
	if e := <-nodes.ResultChan(); e.Type != watch.Added {
		t.Errorf("the watch of nodes got %v", e)
	}
}

func TestManyWatchersAndWriters(t *testing.T) {
	c := start(t, simcluster.Options{})
	cs := protobuf(t, c)
	const writers, each = 4, 50
	var watches []*watching
	for range 5 {
		watches = append(watches, watchPods(t, cs, metav1.ListOptions{ResourceVersion: version(c)}))
	}
	for w := range writers {
		go func() {
			for i := range each {
				_ = c.Apply(pod(fmt.Sprintf("p-%d-%d", w, i)))
			}
		}()
	}
	for _, w := range watches {
		last := ""
		for range writers * each {
			e := <-w.w.ResultChan()
			v := e.Object.(*corev1.Pod).ResourceVersion
			if len(v) < len(last) || len(v) == len(last) && v <= last {
				t.Fatalf("version %s came after %s", v, last)
			}
			last = v
		}
	}
}

func TestAWatchNeedsAFormatThatStreams(t *testing.T) {
	c := start(t, simcluster.Options{})
	code, body := raw(t, c, "/api/v1/pods?watch=1", "application/yaml")
	if code != http.StatusNotAcceptable {
		t.Errorf("got %d %s", code, body)
	}
}
