package watch

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/probetop/probetop/model"
)

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
				time.Sleep(time.Minute)
				a.does(func() { a.refuse = true; a.cut++ })
				synctest.Wait()
				a.remove(pod("a"))
				a.put(pod("c"))
				a.compact()
				a.does(func() { a.refuse = false })
				time.Sleep(time.Minute)
				r.expect(t, "b", "c")
				r.expectSource(t, model.Pods, "synced")
				if !slices.ContainsFunc(r.changes, func(ch model.Change) bool {
					s, ok := ch.Fact.(*model.Source)
					return ok && s.Error == "too old resource version"
				}) {
					t.Error("nobody said that the version is too old")
				}
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
		time.Sleep(time.Minute)
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
		time.Sleep(time.Minute)
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

func TestLiveIsNotFooledByAnEmptyWatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAPI(t)
		a.put(pod("a"))
		a.cutsWatches = true
		r := start(t, a, Scope{})
		defer r.end(t)
		time.Sleep(time.Minute)
		r.expect(t, "a")
		r.expectSource(t, model.Pods, "stale "+errCutOff.Error())
		a.does(func() { a.cutsWatches = false })
		time.Sleep(time.Minute)
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
