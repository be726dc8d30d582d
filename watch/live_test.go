package watch

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/probetop/probetop/model"
	"github.com/probetop/probetop/simcluster"
)

func TestLiveFollowsACluster(t *testing.T) {
	for _, mediaType := range []string{runtime.ContentTypeProtobuf, runtime.ContentTypeJSON} {
		for _, streaming := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s streaming=%v", mediaType, streaming), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					c := newCluster(t, pod("a"), pod("b"))
					if !streaming {
						c.fault("", "", simcluster.RefuseStreaming())
					}
					cfg := c.RESTConfig()
					cfg.Wrap(func(next http.RoundTripper) http.RoundTripper {
						return roundTripper(func(r *http.Request) (*http.Response, error) {
							r.Header.Set("Accept", mediaType)
							return next.RoundTrip(r)
						})
					})
					r := startWith(t, cfg, Scope{})
					defer r.end(t)
					r.expect(t, "a", "b")
					for _, kind := range apiSources {
						r.expectSource(t, kind, "synced")
					}
					c.put(pod("c"))
					c.remove(pod("a"))
					r.expect(t, "b", "c")
				})
			})
		}
	}
}

func TestLiveAnnouncesEveryStreamFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t, newCluster(t, pod("a")), Scope{Pods: []Selection{{Namespace: "shop"}, {Namespace: "till"}}})
		r.end(t)
		const streams = 2 + 3*2 + 2
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
		c := newCluster(t)
		r := start(t, c, Scope{Pods: []Selection{{Namespace: "shop", Labels: "app=web", Fields: "spec.nodeName=n1"}}})
		defer r.end(t)
		if n := len(c.asked("")); n != 6 {
			t.Errorf("%d requests, want one for each of 6 streams: %q", n, c.asked(""))
		}
		if len(c.asked("pods", "/namespaces/shop/", "labelSelector=app%3Dweb", "fieldSelector=spec.nodeName%3Dn1", "sendInitialEvents=true")) != 1 {
			t.Errorf("pods are not selected by the server: %q", c.asked("pods"))
		}
		if len(c.asked("events", "involvedObject.kind%3DPod%2Csource%3Dkubelet%2Creason%21%3DPulling")) != 1 {
			t.Errorf("events are not selected by the server: %q", c.asked("events"))
		}
		if len(c.asked("events", "/namespaces/default/", "involvedObject.kind%3DNode%2Csource%3Dkubelet%2Creason%3DStarting")) != 1 {
			t.Errorf("the starts of kubelets are not selected by the server: %q", c.asked("events"))
		}
	})
}

func TestLiveShowsTheFirstPageBeforeItAsksForTheSecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCluster(t, podNames(0, 2*pageSize+1)...)
		c.fault("", "", simcluster.RefuseStreaming())
		next := make(chan struct{})
		c.Faults().Add(simcluster.Fault{Resource: "pods", Verb: "list", Skip: 1, Do: simcluster.Hang(next)})
		r := start(t, c, Scope{})
		for _, want := range []int{pageSize, 2 * pageSize, 2*pageSize + 1} {
			if got := len(r.pods()); got != want {
				t.Errorf("%d pods before the next page, want %d", got, want)
			}
			select {
			case next <- struct{}{}:
			default:
			}
			synctest.Wait()
		}
		r.end(t)
		if got := len(c.asked("pods", "continue=")); got != 2 {
			t.Errorf("%d further pages, want 2: %q", got, c.asked("pods"))
		}
		if got := len(c.asked("pods", "resourceVersion=0")); got != 0 {
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
				c := newCluster(t, pod("a"), pod("b"))
				if !streaming {
					c.fault("", "", simcluster.RefuseStreaming())
				}
				r := start(t, c, Scope{})
				defer r.end(t)
				time.Sleep(time.Minute)
				c.Down()
				synctest.Wait()
				c.remove(pod("a"))
				c.put(pod("c"))
				c.Compact()
				c.up()
				time.Sleep(time.Minute)
				r.expect(t, "b", "c")
				r.expectSource(t, model.Pods, "synced")
				if !slices.ContainsFunc(r.changes, func(ch model.Change) bool {
					s, ok := ch.Fact.(*model.Source)
					return ok && strings.HasPrefix(s.Error, "too old resource version")
				}) {
					t.Error("nobody said that the version is too old")
				}
			})
		})
	}
}

func TestLiveSaysWhenItHasLostTheServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCluster(t, pod("a"))
		r := start(t, c, Scope{})
		defer r.end(t)
		time.Sleep(time.Minute)
		c.Down()
		time.Sleep(2 * time.Second)
		r.expectSource(t, model.Pods, "stale dial tcp: connect: connection refused")
		time.Sleep(time.Minute)
		r.expect(t, "a")
		c.put(pod("b"))
		c.up()
		time.Sleep(5 * time.Second)
		r.expectSource(t, model.Pods, "synced")
		r.expect(t, "a", "b")
		r.expectStates(t, model.Pods, "syncing", "synced", "stale", "synced")
	})
}

func TestLiveTakesAWatchThatEndsForWhatItIs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCluster(t)
		r := start(t, c, Scope{})
		defer r.end(t)
		time.Sleep(4 * time.Minute)
		c.EndWatches("")
		c.put(pod("a"))
		r.expect(t, "a")
		time.Sleep(4 * time.Minute)
		r.expectStates(t, model.Pods, "syncing", "synced")
	})
}

func TestLiveSaysWhenAWatchDoesNotOpenAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCluster(t)
		r := start(t, c, Scope{})
		defer r.end(t)
		time.Sleep(time.Minute)
		answer := make(chan struct{})
		c.fault("", "", simcluster.Hang(answer))
		c.EndWatches("")
		r.expectSource(t, model.Pods, "synced")
		time.Sleep(patience)
		r.expectSource(t, model.Pods, "stale "+errReopening.Error())
		close(answer)
		time.Sleep(2 * askAfter)
		r.expectSource(t, model.Pods, "synced")
	})
}

// TestLiveIsNotFooledByAnEmptyWatch is about what client-go makes of a connection that is closed instead of an
// answer.
func TestLiveIsNotFooledByAnEmptyWatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCluster(t, pod("a"))
		var cut atomic.Bool
		cut.Store(true)
		cfg := c.RESTConfig()
		cfg.Wrap(func(next http.RoundTripper) http.RoundTripper {
			return roundTripper(func(r *http.Request) (*http.Response, error) {
				if cut.Load() && r.URL.Query().Get("watch") == "true" {
					return nil, io.EOF
				}
				return next.RoundTrip(r)
			})
		})
		r := startWith(t, cfg, Scope{})
		defer r.end(t)
		time.Sleep(time.Minute)
		r.expect(t, "a")
		r.expectSource(t, model.Pods, "stale "+errCutOff.Error())
		cut.Store(false)
		time.Sleep(5 * time.Second)
		r.expectSource(t, model.Pods, "synced")
	})
}

// TestLiveAsksAgainForAPageThatNeverComes is about a proxy that has lost an answer. Slow pages are waited for.
func TestLiveAsksAgainForAPageThatNeverComes(t *testing.T) {
	for timeout, waits := range map[time.Duration]time.Duration{0: time.Minute, 10 * time.Second: time.Minute, 2 * time.Minute: 2 * time.Minute} {
		t.Run(timeout.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c, never := newCluster(t, pod("a")), make(chan struct{})
				defer close(never)
				c.fault("", "", simcluster.RefuseStreaming())
				c.Faults().Add(simcluster.Fault{Resource: "pods", Verb: "list", Count: 1, Do: simcluster.Hang(never)})
				cfg := c.RESTConfig()
				cfg.Timeout = timeout
				r := startWith(t, cfg, Scope{})
				defer r.end(t)
				time.Sleep(waits - time.Second)
				r.expectSource(t, model.Pods, "syncing")
				time.Sleep(time.Second + syncedWithin)
				r.expectSource(t, model.Pods, "synced")
				r.expect(t, "a")
			})
		})
	}
}

const noEvents = `events is forbidden: User "probetop" cannot list resource "events" in API group "" at the cluster scope`

func TestLiveGoesOnWithoutPermission(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCluster(t, pod("a"))
		rule := c.fault("events", "", simcluster.Forbid())
		r := start(t, c, Scope{})
		defer r.end(t)
		r.expect(t, "a")
		r.expectSource(t, model.Events, "forbidden "+noEvents)
		r.expectSource(t, model.Pods, "synced")
		time.Sleep(hope + forbiddenPause)
		before := len(c.asked("events", "kind%3DPod"))
		time.Sleep(10 * forbiddenPause)
		if n := len(c.asked("events", "kind%3DPod")) - before; n > 2*10 {
			t.Errorf("asked %d times again within %v", n, 10*forbiddenPause)
		}
		rule.Remove()
		time.Sleep(forbiddenPause)
		r.expectSource(t, model.Events, "synced")
		r.expectStates(t, model.Events, "syncing", "forbidden", "synced")
	})
}

func TestLiveMayListButNotWatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCluster(t, pod("a"))
		c.fault("pods", "watch", simcluster.Forbid())
		r := start(t, c, Scope{})
		defer r.end(t)
		r.expect(t, "a")
		r.expectSource(t, model.Pods, `forbidden pods is forbidden: User "probetop" cannot watch resource "pods" in API group "" at the cluster scope`)
		c.put(pod("b"))
		time.Sleep(2 * forbiddenPause)
		r.expect(t, "a", "b")
		r.expectStates(t, model.Pods, "syncing", "synced", "forbidden")
		if n := len(c.asked("pods", "limit=")); n > 3 {
			t.Errorf("listed %d times in a minute", n)
		}
	})
}

func TestLiveSaysWhenItsCredentialIsRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCluster(t)
		rule := c.fault("", "", simcluster.Unauthorize())
		r := start(t, c, Scope{})
		defer r.end(t)
		r.expectSource(t, model.Pods, "stale Unauthorized")
		rule.Remove()
		time.Sleep(5 * time.Second)
		r.expectSource(t, model.Pods, "synced")
	})
}

// TestLiveSparesACredentialPlugin is about credentials that have run out: the plugin is run, or somebody is asked to
// log in, whenever the server is asked.
func TestLiveSparesACredentialPlugin(t *testing.T) {
	for name, answer := range map[string]func(*http.Request) (*http.Response, error){
		"the plugin fails": func(*http.Request) (*http.Response, error) {
			return nil, errors.New("getting credentials: exec: executable aws failed with exit code 255")
		},
		"its token is refused": func(r *http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: http.StatusUnauthorized, Body: http.NoBody, Request: r}, nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { sparePlugin(t, answer) })
		})
	}
}

func sparePlugin(t *testing.T, answer roundTripper) {
	c := newCluster(t, pod("a"))
	var expired atomic.Bool
	var asked atomic.Int32
	cfg := c.RESTConfig()
	cfg.Wrap(func(below http.RoundTripper) http.RoundTripper {
		return roundTripper(func(r *http.Request) (*http.Response, error) {
			if !expired.Load() {
				return below.RoundTrip(r)
			}
			asked.Add(1)
			return answer(r)
		})
	})
	r := prepare(t, cfg, Scope{})
	r.live.client.plugin = true // the cluster in memory takes no credentials of plugins
	r.begin(t)
	defer r.end(t)
	r.expectSource(t, model.Pods, "synced")
	expired.Store(true)
	c.CutConnections()
	time.Sleep(hope + forbiddenPause + saidWithin)
	before := asked.Load()
	time.Sleep(10 * forbiddenPause)
	if n := int(asked.Load()-before) / (len(apiSources) + 1); n > 10 { // the starts of kubelets have a stream, too
		t.Errorf("each stream has asked %d times within %v", n, 10*forbiddenPause)
	}
	expired.Store(false)
	time.Sleep(forbiddenPause)
	r.expectSource(t, model.Pods, "synced")
}

// TestLiveTakesUpANewToken is about a token in a file that has run out, and is replaced some time later.
func TestLiveTakesUpANewToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCluster(t, pod("a"))
		cfg := c.RESTConfig()
		token := cfg.BearerToken
		cfg.BearerToken, cfg.BearerTokenFile = "", filepath.Join(t.TempDir(), "token")
		write := func(token string) {
			if err := os.WriteFile(cfg.BearerTokenFile, []byte(token), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		write("old")
		r := startWith(t, cfg, Scope{})
		defer r.end(t)
		time.Sleep(time.Minute)
		r.expectSource(t, model.Pods, "stale Unauthorized")
		write(token)
		time.Sleep(5 * time.Second)
		r.expectSource(t, model.Pods, "synced")
		r.expect(t, "a")
	})
}

func TestLiveForgetsWhatAnUnfinishedFirstListHasLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCluster(t, podNames(0, pageSize+1)...)
		c.fault("", "", simcluster.RefuseStreaming())
		rule := c.Faults().Add(simcluster.Fault{
			Resource: "pods", Verb: "list", Skip: 1, Do: simcluster.Answer(apierrors.NewInternalError(errors.New("etcd is away"))),
		})
		r := start(t, c, Scope{})
		defer r.end(t)
		r.expectSource(t, model.Pods, "stale Internal error occurred: etcd is away")
		c.remove(podNames(1, pageSize+1)...)
		rule.Remove()
		time.Sleep(time.Minute)
		r.expect(t, "p0000")
	})
}

// TestLiveWaitsAsLongAsItIsAskedTo is about Retry-After: no request comes before its time.
func TestLiveWaitsAsLongAsItIsAskedTo(t *testing.T) {
	for name, begin := range map[string]func(c *cluster){
		"on a watch":          func(c *cluster) { c.EndWatches("") },
		"on a streaming list": func(c *cluster) { c.Compact(); c.CutConnections() },
		"on a list":           func(c *cluster) { c.fault("", "", simcluster.RefuseStreaming()); c.Compact(); c.CutConnections() },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := newCluster(t, pod("a"))
				r := start(t, c, Scope{})
				defer r.end(t)
				time.Sleep(time.Minute)
				verb := "watch"
				if name == "on a list" {
					verb = "list"
				}
				rule := c.fault("pods", verb, simcluster.Throttle(20*time.Second))
				begin(c)
				time.Sleep(15 * time.Second)
				if n := rule.Hits(); n != 1 {
					t.Errorf("asked %d times within the 20 s it was to wait", n)
				}
				r.expectSource(t, model.Pods, "stale Too many requests, please try again later.")
				rule.Remove()
				time.Sleep(10 * time.Second)
				r.expectSource(t, model.Pods, "synced")
			})
		})
	}
}

// TestLiveDoesNotRepeatABrokenListAtOnce is about a server that breaks off every streaming list: client-go
// would begin the next one without a pause.
func TestLiveDoesNotRepeatABrokenListAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCluster(t, pod("a"), pod("b"))
		c.Faults().Add(simcluster.Fault{Resource: "pods", Verb: "watch", Skip: 1, Do: simcluster.EndWatch()})
		r := start(t, c, Scope{})
		defer r.end(t)
		before := len(c.asked("pods"))
		time.Sleep(time.Minute)
		if n := len(c.asked("pods")) - before; n > 3*60 {
			t.Errorf("%d requests in a minute", n)
		}
	})
}

func TestLiveStopsAtOnce(t *testing.T) {
	for name, begin := range map[string]func(*cluster){
		"while it backs off":    func(c *cluster) { c.Down() },
		"while it is throttled": func(c *cluster) { c.fault("", "", simcluster.Throttle(time.Minute)) },
		"while it may not":      func(c *cluster) { c.fault("pods", "", simcluster.Forbid()) },
		"while it waits":        func(c *cluster) { c.fault("", "", simcluster.Hang(nil)) },
		"while it watches":      func(*cluster) {},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := newCluster(t)
				begin(c)
				r := start(t, c, Scope{})
				time.Sleep(5 * time.Second)
				r.end(t)
			})
		})
	}
}

func TestLiveKeepsOnlyWhatTheScopeKeeps(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCluster(t, pod("a"), pod("b"))
		mine := func(p *model.Pod) bool { return p.Name == "a" || p.IP != "" }
		r := start(t, c, Scope{Pods: []Selection{{Keep: mine}}})
		defer r.end(t)
		r.expect(t, "a")
		joins := pod("b")
		joins.Status.PodIP = "10.0.0.2"
		c.put(joins)
		r.expect(t, "a", "b")
		c.put(pod("b"))
		r.expect(t, "a")
	})
}

func TestScopeWithTooManyNamespaces(t *testing.T) {
	var scope Scope
	for i := range 16 {
		scope.Pods = append(scope.Pods, Selection{Namespace: fmt.Sprint("ns", i)})
	}
	if _, err := NewLive(newCluster(t).RESTConfig(), scope); err == nil || !strings.Contains(err.Error(), "too many streams") {
		t.Errorf("NewLive: %v, want too many streams", err)
	}
}
