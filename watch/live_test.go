package watch

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"

	"github.com/probetop/probetop/model"
)

// run is a Live that runs in a synctest bubble, with a model of what it says.
type run struct {
	stop context.CancelFunc
	done chan struct{}

	mu      sync.Mutex
	changes []model.Change
	cluster *model.Cluster
}

// start runs a Live until stop is called. The bubble fails if it leaves a goroutine behind.
func start(t *testing.T, a *api, scope Scope) *run {
	t.Helper()
	live, err := NewLive(a.config(), scope)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	r := &run{stop: stop, done: make(chan struct{}), cluster: model.NewCluster()}
	go func() {
		defer close(r.done)
		if err := live.Run(ctx, r.hear); err != nil {
			t.Errorf("Run: %v", err)
		}
	}()
	synctest.Wait()
	return r
}

func (r *run) hear(ch model.Change) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.changes = append(r.changes, ch)
	r.cluster.Apply(ch)
}

// end stops the run and checks that nothing has to be waited for.
func (r *run) end(t *testing.T) {
	t.Helper()
	before := time.Now()
	r.stop()
	<-r.done
	if took := time.Since(before); took > 0 {
		t.Errorf("stopping took %v", took)
	}
}

func (r *run) pods() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var names []string
	for _, row := range r.cluster.Snapshot().Rows {
		names = append(names, row.Pod.Name)
	}
	slices.Sort(names)
	return names
}

// expect compares the names of the pods in the model.
func (r *run) expect(t *testing.T, names ...string) {
	t.Helper()
	synctest.Wait()
	if got := r.pods(); !slices.Equal(got, names) {
		t.Errorf("pods are %v, want %v", got, names)
	}
}

// source returns the state of a source, and its error.
func (r *run) source(kind model.SourceKind) string {
	synctest.Wait()
	r.mu.Lock()
	defer r.mu.Unlock()
	src := r.cluster.Snapshot().Source(kind)
	return strings.TrimSpace(string(src.State) + " " + src.Error)
}

func (r *run) expectSource(t *testing.T, kind model.SourceKind, want string) {
	t.Helper()
	if got := r.source(kind); got != want {
		t.Errorf("%s is %q, want %q", kind, got, want)
	}
}

// states lists what a source has said about itself so far.
func (r *run) states(kind model.SourceKind) []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var states []string
	for _, ch := range r.changes {
		if s, ok := ch.Fact.(*model.Source); ok && s.Kind == kind {
			states = append(states, string(s.State))
		}
	}
	return states
}

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

func TestLiveFollowsACluster(t *testing.T) {
	for _, mediaType := range []string{runtime.ContentTypeProtobuf, runtime.ContentTypeJSON} {
		for _, streaming := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s streaming=%v", mediaType, streaming), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					a := newAPI(t)
					a.mediaType, a.streaming = mediaType, streaming
					a.put(pod("a"), pod("b"))
					r := start(t, a, Scope{})
					defer r.end(t)
					r.expect(t, "a", "b")
					for _, kind := range model.SourceKinds {
						r.expectSource(t, kind, "synced")
					}
					a.put(pod("c"))
					a.remove(pod("a"))
					r.expect(t, "b", "c")
				})
			})
		}
	}
}

func TestLiveAnnouncesEveryStreamFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAPI(t)
		a.put(pod("a"))
		r := start(t, a, Scope{Pods: []Selection{{Namespace: "shop"}, {Namespace: "till"}}})
		r.end(t)
		const streams = 2 + 3*2 + 1
		for i, ch := range r.changes[:streams] {
			s, ok := ch.Fact.(*model.Source)
			if !ok || s.State != model.SourceSyncing || int(ch.Stream) != i {
				t.Errorf("change %d is %+v of stream %d, want syncing of stream %d", i, ch.Fact, ch.Stream, i)
			}
		}
	})
}

func TestLiveAsksForLittle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAPI(t)
		r := start(t, a, Scope{Pods: []Selection{{Namespace: "shop", Labels: "app=web", Fields: "spec.nodeName=n1"}}})
		defer r.end(t)
		if n := len(a.asked()); n != 5 {
			t.Errorf("%d requests, want one for each of 5 streams: %q", n, a.asked())
		}
		if len(a.asked("pods ", "labelSelector=app%3Dweb", "fieldSelector=spec.nodeName%3Dn1", "sendInitialEvents=true")) != 1 {
			t.Errorf("pods are not selected by the server: %q", a.asked("pods "))
		}
		if len(a.asked("events ", "involvedObject.kind%3DPod%2Csource%3Dkubelet%2Creason%21%3DPulling")) != 1 {
			t.Errorf("events are not selected by the server: %q", a.asked("events "))
		}
	})
}

func TestLiveShowsTheFirstPageBeforeItAsksForTheSecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAPI(t)
		a.streaming = false
		a.put(podNames(0, 2*pageSize+1)...)
		var r *run
		before := []int{}
		a.fault = func(resource string, req *http.Request) *metav1.Status {
			if resource == "pods" && req.URL.Query().Get("continue") != "" {
				before = append(before, len(r.pods()))
			}
			return nil
		}
		live, err := NewLive(a.config(), Scope{})
		if err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		r = &run{stop: stop, done: make(chan struct{}), cluster: model.NewCluster()}
		go func() { defer close(r.done); _ = live.Run(ctx, r.hear) }()
		synctest.Wait()
		r.end(t)
		if want := []int{pageSize, 2 * pageSize}; !slices.Equal(before, want) {
			t.Errorf("pods before each next page: %v, want %v", before, want)
		}
		if got := len(a.asked("pods ", "resourceVersion=0")); got != 0 {
			t.Errorf("%d requests for version 0, which the server answers in one piece", got)
		}
		if !edgesInOrder(r.changes) {
			t.Error("the edges of the list do not enclose its pods")
		}
	})
}

// edgesInOrder reports whether every pod lies between the beginning of a list and its end.
func edgesInOrder(changes []model.Change) bool {
	begun, done := false, false
	for _, ch := range changes {
		switch f := ch.Fact.(type) {
		case *model.Listing:
			if f.Kind == model.Pods {
				begun, done = true, f.Done
			}
		case *model.Pod:
			if !begun || done {
				return false
			}
		}
	}
	return done
}

func TestLiveListsAgainWhenItsVersionIsGone(t *testing.T) {
	for _, streaming := range []bool{true, false} {
		t.Run(fmt.Sprintf("streaming=%v", streaming), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				a := newAPI(t)
				a.streaming = streaming
				a.put(pod("a"), pod("b"))
				r := start(t, a, Scope{})
				defer r.end(t)
				a.does(func() { a.refuse = true; a.cut++ })
				synctest.Wait()
				a.remove(pod("a"))
				a.put(pod("c"))
				a.compact()
				a.does(func() { a.refuse = false })
				time.Sleep(time.Minute)
				r.expect(t, "b", "c")
				r.expectSource(t, model.Pods, "synced")
			})
		})
	}
}

func TestLiveSaysWhenItHasLostTheServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAPI(t)
		a.put(pod("a"))
		r := start(t, a, Scope{})
		defer r.end(t)
		a.does(func() { a.refuse = true; a.cut++ })
		r.expectSource(t, model.Pods, "stale dial tcp: connection refused")
		time.Sleep(time.Minute)
		r.expect(t, "a")
		a.put(pod("b"))
		a.does(func() { a.refuse = false })
		time.Sleep(30 * time.Second)
		r.expectSource(t, model.Pods, "synced")
		r.expect(t, "a", "b")
		if got, want := r.states(model.Pods), []string{"syncing", "synced", "stale", "synced"}; !slices.Equal(got, want) {
			t.Errorf("pods were %v, want %v", got, want)
		}
	})
}

func TestLiveTakesAWatchThatEndsForWhatItIs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAPI(t)
		r := start(t, a, Scope{})
		defer r.end(t)
		time.Sleep(5 * time.Minute)
		a.cutOff()
		a.put(pod("a"))
		r.expect(t, "a")
		if got, want := r.states(model.Pods), []string{"syncing", "synced"}; !slices.Equal(got, want) {
			t.Errorf("pods were %v, want %v", got, want)
		}
	})
}

func TestLiveSaysWhenAWatchDoesNotOpenAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAPI(t)
		r := start(t, a, Scope{})
		defer r.end(t)
		silence := make(chan struct{})
		a.does(func() {
			a.fault = func(string, *http.Request) *metav1.Status { <-silence; return nil }
			a.cut++
		})
		r.expectSource(t, model.Pods, "synced")
		time.Sleep(2 * reopening)
		r.expectSource(t, model.Pods, "stale "+errReopening.Error())
		a.does(func() { a.fault = nil })
		close(silence)
		r.expectSource(t, model.Pods, "synced")
	})
}

// denies returns a fault that forbids a resource's verbs.
func denies(resource string, verbs ...string) func(string, *http.Request) *metav1.Status {
	return func(asked string, r *http.Request) *metav1.Status {
		verb := "list"
		if r.URL.Query().Get("watch") == "true" {
			verb = "watch"
		}
		if asked != resource || !slices.Contains(verbs, verb) {
			return nil
		}
		return status(403, metav1.StatusReasonForbidden, asked+" is forbidden: cannot "+verb)
	}
}

func TestLiveGoesOnWithoutPermission(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAPI(t)
		a.fault = denies("events", "list", "watch")
		a.put(pod("a"))
		r := start(t, a, Scope{})
		defer r.end(t)
		r.expect(t, "a")
		r.expectSource(t, model.Events, "forbidden events is forbidden: cannot list")
		r.expectSource(t, model.Pods, "synced")
		before := len(a.asked("events "))
		time.Sleep(forbiddenPause - time.Second)
		if n := len(a.asked("events ")) - before; n != 0 {
			t.Errorf("asked %d times again within %v", n, forbiddenPause)
		}
		a.does(func() { a.fault = nil })
		time.Sleep(forbiddenPause)
		r.expectSource(t, model.Events, "synced")
		if got, want := r.states(model.Events), []string{"syncing", "forbidden", "synced"}; !slices.Equal(got, want) {
			t.Errorf("events were %v, want %v", got, want)
		}
	})
}

func TestLiveMayListButNotWatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAPI(t)
		a.fault = denies("pods", "watch")
		a.put(pod("a"))
		r := start(t, a, Scope{})
		defer r.end(t)
		r.expect(t, "a")
		r.expectSource(t, model.Pods, "forbidden pods is forbidden: cannot watch")
		a.put(pod("b"))
		time.Sleep(2 * forbiddenPause)
		r.expect(t, "a", "b")
		if got, want := r.states(model.Pods), []string{"syncing", "synced", "forbidden"}; !slices.Equal(got, want) {
			t.Errorf("pods were %v, want %v", got, want)
		}
	})
}

func TestLiveSaysWhenItsCredentialIsRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAPI(t)
		a.fault = func(string, *http.Request) *metav1.Status {
			return status(401, metav1.StatusReasonUnauthorized, "Unauthorized")
		}
		r := start(t, a, Scope{})
		defer r.end(t)
		r.expectSource(t, model.Pods, "stale Unauthorized")
		a.does(func() { a.fault = nil })
		time.Sleep(time.Minute)
		r.expectSource(t, model.Pods, "synced")
	})
}

func TestLiveForgetsWhatAnUnfinishedFirstListHasLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAPI(t)
		a.streaming = false
		a.put(podNames(0, pageSize+1)...)
		a.fault = func(resource string, r *http.Request) *metav1.Status {
			if resource == "pods" && r.URL.Query().Get("continue") != "" {
				return status(500, metav1.StatusReasonInternalError, "etcd is away")
			}
			return nil
		}
		r := start(t, a, Scope{})
		defer r.end(t)
		r.expectSource(t, model.Pods, "stale etcd is away")
		a.remove(podNames(1, pageSize+1)...)
		a.does(func() { a.fault = nil })
		time.Sleep(time.Minute)
		r.expect(t, "p0000")
	})
}

func TestLiveStopsAtOnce(t *testing.T) {
	for name, fault := range map[string]func(*api){
		"while it backs off": func(a *api) { a.refuse = true },
		"while it is throttled": func(a *api) {
			a.fault = func(string, *http.Request) *metav1.Status {
				return status(429, metav1.StatusReasonTooManyRequests, "slow down")
			}
		},
		"while it may not": func(a *api) { a.fault = denies("pods", "list", "watch") },
		"while it waits": func(a *api) {
			a.fault = func(_ string, r *http.Request) *metav1.Status { <-r.Context().Done(); return nil }
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				a := newAPI(t)
				fault(a)
				r := start(t, a, Scope{})
				time.Sleep(5 * time.Second)
				r.end(t)
			})
		})
	}
}

func TestLiveKeepsOnlyWhatTheScopeKeeps(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAPI(t)
		a.put(pod("a"), pod("b"))
		mine := func(p *model.Pod) bool { return p.Name == "a" || p.IP != "" }
		r := start(t, a, Scope{Pods: []Selection{{Keep: mine}}})
		defer r.end(t)
		r.expect(t, "a")
		joins := pod("b")
		joins.Status.PodIP = "10.0.0.2"
		a.put(joins)
		r.expect(t, "a", "b")
		a.put(pod("b"))
		r.expect(t, "a")
	})
}

func TestScopeWithTooManyNamespaces(t *testing.T) {
	var scope Scope
	for i := range 16 {
		scope.Pods = append(scope.Pods, Selection{Namespace: fmt.Sprint("ns", i)})
	}
	if _, err := NewLive(newAPI(t).config(), scope); err == nil || !strings.Contains(err.Error(), "too many streams") {
		t.Errorf("NewLive: %v, want too many streams", err)
	}
}
