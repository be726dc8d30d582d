package simcluster_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-logr/logr"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	kruntime "k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/klog/v2"

	"github.com/probetop/probetop/simcluster"
)

// noon is the clock of every cluster.
var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

var (
	pods       = corev1.SchemeGroupVersion.WithResource("pods")
	namespaces = corev1.SchemeGroupVersion.WithResource("namespaces")
)

// TestMain keeps client-go from logging what the tests do to it.
func TestMain(m *testing.M) {
	klog.SetLogger(logr.Discard())
	m.Run()
}

// open counts the clusters that are not closed yet.
var open atomic.Int32

// start starts a cluster that the test's end closes; nothing of it may be left then.
func start(t testing.TB, opts simcluster.Options) *simcluster.Cluster {
	t.Helper()
	opts.Now = func() time.Time { return noon }
	c, err := simcluster.Start(opts)
	if err != nil {
		t.Fatal(err)
	}
	open.Add(1)
	t.Cleanup(func() {
		c.Close()
		if open.Add(-1) > 0 {
			return
		}
		if left := goroutines(); left != "" {
			t.Errorf("goroutines are left after Close:\n%s", left)
		}
	})
	return c
}

// goroutines returns the stacks of the servers' goroutines. The ones of net/http may need a moment to end, and five seconds to take
// leave of a client that does not read any more.
func goroutines() string {
	var found []string
	for range 1000 {
		stacks := make([]byte, 1<<20)
		stacks = stacks[:runtime.Stack(stacks, true)]
		found = found[:0]
		for stack := range strings.SplitSeq(string(stacks), "\n\n") {
			product := strings.Contains(stack, "probetop/simcluster.") || strings.Contains(stack, "net/http.(*conn).serve") ||
				strings.Contains(stack, "http2.(*serverConn)") || strings.Contains(stack, "http2serverConn")
			if product && !strings.Contains(stack, "testing.tRunner") {
				found = append(found, stack)
			}
		}
		if len(found) == 0 {
			return ""
		}
		time.Sleep(10 * time.Millisecond)
	}
	return strings.Join(found, "\n\n")
}

// client returns a clientset with connections of its own, which the test's end closes.
func client(t testing.TB, c *simcluster.Cluster, mediaType string) *kubernetes.Clientset {
	t.Helper()
	cfg := c.RESTConfig()
	cfg.ContentType, cfg.QPS = mediaType, -1
	cfg.AcceptContentTypes = mediaType + ",application/json"
	return clientFor(t, cfg)
}

func clientFor(t testing.TB, cfg *rest.Config) *kubernetes.Clientset {
	t.Helper()
	h, err := rest.HTTPClientFor(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.CloseIdleConnections)
	cs, err := kubernetes.NewForConfigAndClient(cfg, h)
	if err != nil {
		t.Fatal(err)
	}
	return cs
}

func protobuf(t testing.TB, c *simcluster.Cluster) *kubernetes.Clientset {
	return client(t, c, kruntime.ContentTypeProtobuf)
}

func json(t testing.TB, c *simcluster.Cluster) *kubernetes.Clientset {
	return client(t, c, kruntime.ContentTypeJSON)
}

func bothFormats(t *testing.T, f func(t *testing.T, c *simcluster.Cluster, cs *kubernetes.Clientset)) {
	for _, mediaType := range []string{kruntime.ContentTypeProtobuf, kruntime.ContentTypeJSON} {
		t.Run(mediaType, func(t *testing.T) {
			c := start(t, simcluster.Options{})
			f(t, c, client(t, c, mediaType))
		})
	}
}

func pod(name string, change ...func(*corev1.Pod)) *corev1.Pod {
	p := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: name}}
	for _, f := range change {
		f(p)
	}
	return p
}

func labelled(key, value string) func(*corev1.Pod) {
	return func(p *corev1.Pod) { p.Labels = map[string]string{key: value} }
}

func in(namespace string) func(*corev1.Pod) { return func(p *corev1.Pod) { p.Namespace = namespace } }

func uid(id types.UID) func(*corev1.Pod) { return func(p *corev1.Pod) { p.UID = id } }

func phase(ph corev1.PodPhase) func(*corev1.Pod) { return func(p *corev1.Pod) { p.Status.Phase = ph } }

func apply(t testing.TB, c *simcluster.Cluster, objects ...kruntime.Object) {
	t.Helper()
	if err := c.Apply(objects...); err != nil {
		t.Fatal(err)
	}
}

func remove(t testing.TB, c *simcluster.Cluster, objects ...kruntime.Object) {
	t.Helper()
	if err := c.Delete(objects...); err != nil {
		t.Fatal(err)
	}
}

func names(list *corev1.PodList) []string {
	var all []string
	for i := range list.Items {
		all = append(all, list.Items[i].Name)
	}
	return all
}

func listPods(t testing.TB, cs kubernetes.Interface, opts metav1.ListOptions) *corev1.PodList {
	t.Helper()
	list, err := cs.CoreV1().Pods("").List(t.Context(), opts)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func expect[T comparable](t testing.TB, what string, got, want []T) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

// eventually waits until a condition holds; the last text it gave says what was wrong.
func eventually(t testing.TB, wrong func() string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	for text := wrong(); text != ""; text = wrong() {
		select {
		case <-ctx.Done():
			t.Fatal(text)
		case <-time.After(5 * time.Millisecond):
		}
	}
}

func TestApplyKeepsWhatAnObjectSaysAndAddsWhatItLacks(t *testing.T) {
	c := start(t, simcluster.Options{})
	born := metav1.NewTime(noon.Add(-time.Hour))
	given := pod("a", uid("u"), func(p *corev1.Pod) {
		p.CreationTimestamp, p.ResourceVersion, p.Generation = born, "999", 7
		p.Status = corev1.PodStatus{Phase: corev1.PodRunning}
	})
	apply(t, c, given, pod("b"), &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: "c"}})
	a := c.Get(pods, "shop", "a").(*corev1.Pod)
	if a.UID != "u" || !a.CreationTimestamp.Equal(&born) || a.Generation != 7 || a.Status.Phase != corev1.PodRunning {
		t.Errorf("a is %+v", a)
	}
	if a.ResourceVersion == "999" || given.ResourceVersion != "999" {
		t.Errorf("resource version is %q, and the caller's became %q", a.ResourceVersion, given.ResourceVersion)
	}
	b := c.Get(pods, "shop", "b").(*corev1.Pod)
	if b.UID == "" || !b.CreationTimestamp.Time.Equal(noon) || b.ResourceVersion <= a.ResourceVersion {
		t.Errorf("b is %+v", b)
	}
	if c.Get(pods, "default", "c") == nil {
		t.Error("a pod without a namespace is not in default")
	}
	apply(t, c, pod("b", phase(corev1.PodFailed)))
	again := c.Get(pods, "shop", "b").(*corev1.Pod)
	if again.UID != b.UID || !again.CreationTimestamp.Equal(&b.CreationTimestamp) || again.Status.Phase != corev1.PodFailed {
		t.Errorf("updated, b is %+v", again)
	}
}

func TestApplyRefusesWhatIsNotServed(t *testing.T) {
	c := start(t, simcluster.Options{})
	for want, o := range map[string]kruntime.Object{
		"ConfigMap is not served": &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "x"}},
		"PodList is not served":   &corev1.PodList{},
		"Pod has no name":         &corev1.Pod{},
		"no kind is registered":   &metav1.PartialObjectMetadata{},
	} {
		if err := c.Apply(pod("before"+fmt.Sprint(len(want))), o); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("applying %T: error %v, want %q", o, err, want)
		}
	}
	if n := len(c.List(pods, "shop")); n == 0 {
		t.Error("the objects before it have not been applied")
	}
}

func TestDeleteShowsTheLastStateItIsGiven(t *testing.T) {
	c := start(t, simcluster.Options{})
	apply(t, c, pod("a", uid("1")), pod("b", uid("2"), phase(corev1.PodRunning)))
	w := watchPods(t, protobuf(t, c), metav1.ListOptions{ResourceVersion: fmt.Sprint(c.Version())})
	if err := c.Delete(pod("a", uid("other"))); err == nil {
		t.Error("a pod with another UID was deleted")
	}
	if err := c.Delete(pod("nobody")); err == nil {
		t.Error("a pod that does not exist was deleted")
	}
	remove(t, c, pod("a", uid("1"), phase(corev1.PodFailed)), pod("b"))
	w.expect("DELETED a Failed", "DELETED b Running")
}

func TestANamespaceExistsAsLongAsSomethingIsInIt(t *testing.T) {
	c := start(t, simcluster.Options{})
	there := func() []string {
		var all []string
		for _, o := range c.List(namespaces, "") {
			all = append(all, o.(*corev1.Namespace).Name)
		}
		return all
	}
	expect(t, "at first", there(), []string{"default"})
	kept := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "kept"}}
	slice := &discoveryv1.EndpointSlice{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "s"}}
	apply(t, c, pod("a"), slice, kept, pod("b", in("kept")), pod("c", in("default")), &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: "n"}})
	expect(t, "with objects", there(), []string{"default", "kept", "shop"})
	remove(t, c, pod("a"))
	expect(t, "with one object", there(), []string{"default", "kept", "shop"})
	remove(t, c, slice, pod("b", in("kept")), pod("c", in("default")))
	expect(t, "without", there(), []string{"default", "kept"})
}

func TestAKubeconfigFile(t *testing.T) {
	c := start(t, simcluster.Options{})
	apply(t, c, pod("a", in("default")))
	path := filepath.Join(t.TempDir(), "config")
	if err := c.WriteKubeconfig(path); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file is %v, %v", info, err)
	}
	cfg, err := clientcmd.BuildConfigFromFlags("", path)
	if err != nil {
		t.Fatal(err)
	}
	expect(t, "pods", names(listPods(t, clientFor(t, cfg), metav1.ListOptions{})), []string{"a"})
	if err := c.WriteKubeconfig(filepath.Join(path, "no")); err == nil {
		t.Error("writing below a file has worked")
	}
}

func TestRequestsSayWhatClientsAsk(t *testing.T) {
	c := start(t, simcluster.Options{})
	listPods(t, protobuf(t, c), metav1.ListOptions{LabelSelector: "app=web"})
	_, _ = json(t, c).DiscoveryV1().EndpointSlices("shop").Get(t.Context(), "x", metav1.GetOptions{})
	var got []string
	for _, r := range c.Requests() {
		got = append(got, r.String())
		if r.UserAgent == "" || r.Accept == "" {
			t.Errorf("%+v lacks its headers", r)
		}
	}
	expect(t, "requests", got, []string{
		"list /api/v1/pods?labelSelector=app%3Dweb", "get /apis/discovery.k8s.io/v1/namespaces/shop/endpointslices/x",
	})
	if r := c.Requests()[1]; r.Group != "discovery.k8s.io" || r.Resource != "endpointslices" || r.Namespace != "shop" || r.Name != "x" {
		t.Errorf("the second request is %+v", r)
	}
}

func TestAClusterIsItsOwn(t *testing.T) {
	c, other := start(t, simcluster.Options{}), start(t, simcluster.Options{})
	cfg := c.RESTConfig()
	cfg.BearerToken = other.RESTConfig().BearerToken
	if _, err := clientFor(t, cfg).CoreV1().Pods("").List(t.Context(), metav1.ListOptions{}); err == nil || err.Error() != "Unauthorized" {
		t.Errorf("with another token: %v", err)
	}
	cfg = c.RESTConfig()
	cfg.CAData = other.RESTConfig().CAData
	if _, err := clientFor(t, cfg).CoreV1().Pods("").List(t.Context(), metav1.ListOptions{}); err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("with another authority: %v", err)
	}
}
