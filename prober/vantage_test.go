package prober_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/client-go/rest"

	"github.com/probetop/probetop/model"
	"github.com/probetop/probetop/prober"
	"github.com/probetop/probetop/simcluster"
)

func TestVantage(t *testing.T) {
	t.Parallel()
	s := newStage(t, simcluster.Options{})
	hung := make(chan struct{})
	mux := http.NewServeMux()
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "%s %s agent %s token %s", r.URL.EscapedPath(), r.URL.RawQuery, r.UserAgent(), r.Header.Get("Authorization"))
	})
	mux.HandleFunc("/sick", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) })
	mux.HandleFunc("/moved", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/", http.StatusFound) })
	mux.HandleFunc("/status", func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusForbidden)
		fmt.Fprint(w, `{"kind":"Status","apiVersion":"v1","status":"Failure","message":"mine","reason":"Forbidden","code":403}`)
	})
	mux.HandleFunc("/hang", func(http.ResponseWriter, *http.Request) { <-hung })
	mux.HandleFunc("/stall", func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusOK)
		_ = http.NewResponseController(w).Flush()
		<-hung
	})
	web, secure := httptest.NewServer(mux), httptest.NewTLSServer(mux)
	t.Cleanup(func() { close(hung); web.Close(); secure.Close() })
	s.local.Dial = func(ctx context.Context, port int32, onLoopback bool) (net.Conn, error) {
		switch {
		case port == webPort && !onLoopback:
			return (&net.Dialer{}).DialContext(ctx, "tcp", web.Listener.Addr().String())
		case port == 8443:
			return (&net.Dialer{}).DialContext(ctx, "tcp", secure.Listener.Addr().String())
		case port == 8089:
			return nil, syscall.EHOSTUNREACH
		}
		return nil, syscall.ECONNREFUSED
	}
	v, err := prober.NewVantage(s.config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(v.Close)
	for _, c := range []struct {
		url     string
		verdict model.ShadowVerdict
		text    string
	}{
		{"http://10.0.0.7:8080/livez?x=1&watch=true", model.ShadowSuccess, "/livez x=1&watch=true agent kube-probe/1.37 token "},
		{"http://10.0.0.7:8080", model.ShadowSuccess, "/  agent kube-probe/1.37 token "},
		{"http://10.0.0.7:8080/a/b/", model.ShadowSuccess, "/a/b/  agent kube-probe/1.37 token "},
		{"https://10.0.0.7:8443/x", model.ShadowSuccess, "/x  agent kube-probe/1.37 token "},
		{"http://10.0.0.7:8080/sick", model.ShadowFailure, "HTTP probe failed with statuscode: 503"},
		{"http://10.0.0.7:8080/status", model.ShadowFailure, "HTTP probe failed with statuscode: 403"},
		{"http://10.0.0.7:8080/moved", model.ShadowNone, "the pod answers with a redirect (status 302), which is not followed from there"},
		{"http://10.0.0.7:8087/", model.ShadowFailure, `Get "http://10.0.0.7:8087/": dial tcp 10.0.0.7:8087: connect: connection refused`},
		{"http://10.0.0.7:8089/", model.ShadowFailure, `Get "http://10.0.0.7:8089/": dial tcp 10.0.0.7:8089: connect: no route to host`},
		{"http://10.0.0.7:8080/hang", model.ShadowFailure, `Get "http://10.0.0.7:8080/hang": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`},
		{"http://10.0.0.7:8080/stall", model.ShadowErrored, `context deadline exceeded (Client.Timeout or context cancellation while reading body)`},
		{"http://10.0.0.8:8080/", model.ShadowNone, `asking "10.0.0.8:8080": not the pod's address "10.0.0.7"`},
	} {
		u, err := url.Parse(c.url)
		if err != nil {
			t.Fatal(err)
		}
		header := http.Header{"User-Agent": {"kube-probe/1.37"}, "Authorization": {"Basic secret"}}
		timeout := 10 * time.Second
		if u.Path == "/hang" || u.Path == "/stall" {
			timeout = 300 * time.Millisecond
		}
		got := v.Ask(soon(t), target, prober.PodRequest{URL: u, Header: header}, timeout)
		for tries := 0; strings.HasPrefix(got.Text, "the way to the API server took") && tries < 20; tries++ {
			got = v.Ask(soon(t), target, prober.PodRequest{URL: u, Header: header}, timeout)
		}
		if got.Verdict != c.verdict || got.Text != c.text {
			t.Errorf("%s: got %s %q, want %s %q", c.url, got.Verdict, got.Text, c.verdict, c.text)
		}
	}
	ask := func(target prober.Target) *model.PodIPVantage {
		u := &url.URL{Scheme: "http", Host: address(webPort), Path: "/"}
		return v.Ask(soon(t), target, prober.PodRequest{URL: u}, 10*time.Second)
	}
	other := target
	other.Name = "nobody"
	if got := ask(other); got.Verdict != model.ShadowNone || got.Text != `pods "nobody" not found` {
		t.Errorf("a pod that is not there: got %+v", got)
	}
	for name, a := range map[string]simcluster.Action{
		"forbidden": simcluster.Forbid(), "throttled": simcluster.Throttle(time.Second), "hung": simcluster.Hang(nil),
		"timeout": simcluster.Answer(apierrors.NewTimeoutError("slow", 1)), "expired": simcluster.Answer(apierrors.NewResourceExpired("too old")),
	} {
		rules := []*simcluster.Rule{s.Faults().Add(simcluster.Fault{Resource: "pods", Subresource: "proxy", Do: a})}
		if name == "hung" { // the whole server is
			rules = append(rules, s.Faults().Add(simcluster.Fault{Do: a}))
		}
		if got := ask(target); got.Verdict != model.ShadowNone || strings.Contains(got.Text, "HTTP probe failed") {
			t.Errorf("%s: got %+v", name, got)
		}
		for _, r := range rules {
			r.Remove()
		}
	}
	s.Down()
	if got := ask(target); got.Verdict != model.ShadowNone {
		t.Errorf("while the server is down: got %+v", got)
	}
}

// The API server keeps some headers to itself: what the pod answers to a request without them is no verdict on the probe.
func TestVantageOfARequestThatIsNotPassedOnWhole(t *testing.T) {
	t.Parallel()
	s := newStage(t, simcluster.Options{})
	r := remote(t, s)
	for _, c := range []struct {
		header, value, path string
		verdict             model.ShadowVerdict
		text                string
	}{
		{"X-A", "1", "/", model.ShadowSuccess, ""},
		{"Host", "shop", "/", model.ShadowNone, "the pod answers with status 200, to a request without the probe's Host: the API server does not pass it on"},
		{"authorization", "Basic eA==", "/", model.ShadowNone, "the pod answers with status 200, to a request without the probe's Authorization: the API server does not pass it on"},
		{"X-A", "1", "http://me:secret@x/", model.ShadowNone, "the pod answers with status 200, to a request without the probe's Authorization: the API server does not pass it on"},
	} {
		p := pod()
		handler := httpGet(c.path)
		handler.HTTPGet.HTTPHeaders = []corev1.HTTPHeader{{Name: c.header, Value: c.value}}
		p.Spec.Containers[0].ReadinessProbe = &corev1.Probe{ProbeHandler: handler}
		check, err := prober.NewCheck(p, "app", model.Readiness, prober.NodeInfo{})
		if err != nil {
			t.Fatal(err)
		}
		got := r.PodIP(soon(t), p, check)
		if got == nil || got.Verdict != c.verdict || c.text != "" && got.Text != c.text {
			t.Errorf("%s %s %s: got %+v", c.header, c.value, c.path, got)
		}
	}
}

// A server may answer a request because its client hangs up: that is no answer in time.
func TestVantageTakesNoAnswerAfterTheTimeout(t *testing.T) {
	t.Parallel()
	s := newStage(t, simcluster.Options{})
	config := rest.CopyConfig(s.config)
	config.Wrap(func(next http.RoundTripper) http.RoundTripper {
		return roundTrip(func(r *http.Request) (*http.Response, error) {
			if !strings.HasSuffix(r.URL.Path, "/proxy/") {
				return next.RoundTrip(r)
			}
			<-r.Context().Done()
			return &http.Response{StatusCode: http.StatusOK, Body: http.NoBody, Request: r}, nil
		})
	})
	v, err := prober.NewVantage(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(v.Close)
	u := &url.URL{Scheme: "http", Host: address(webPort), Path: "/"}
	const want = `Get "http://10.0.0.7:8080/": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`
	if got := v.Ask(soon(t), target, prober.PodRequest{URL: u}, time.Millisecond); got.Verdict != model.ShadowFailure || got.Text != want {
		t.Errorf("got %+v", got)
	}
}

// TestVantageOverAWay: what the way to the API server takes is not the pod's time.
func TestVantageOverAWay(t *testing.T) {
	t.Parallel()
	const ms = time.Millisecond
	for name, c := range map[string]struct {
		before, after, answers time.Duration // the way before the request and after it, and the pod
		verdict                model.ShadowVerdict
		took                   time.Duration
	}{
		"near, in time":        {10 * ms, 10 * ms, 990 * ms, model.ShadowSuccess, 1010 * ms},
		"near, no end to it":   {10 * ms, 10 * ms, time.Hour, model.ShadowFailure, 1285 * ms},
		"far, in time":         {400 * ms, 400 * ms, 990 * ms, model.ShadowSuccess, 1790 * ms},
		"far, no end to it":    {400 * ms, 400 * ms, time.Hour, model.ShadowFailure, 2650 * ms},
		"the way is held up":   {10 * ms, 300 * ms, time.Hour, model.ShadowNone, 1575 * ms},
		"the way is cut after": {10 * ms, time.Hour, time.Hour, model.ShadowNone, 3275 * ms},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				way := atomic.Int64{} // the way is timed while the request is under way
				way.Store(int64(c.before))
				config := &rest.Config{Host: "http://api"}
				config.Wrap(func(http.RoundTripper) http.RoundTripper {
					return roundTrip(func(r *http.Request) (*http.Response, error) {
						took := time.Duration(way.Load())
						if strings.HasSuffix(r.URL.Path, "/proxy/") {
							took += c.answers
							way.Store(int64(c.after))
						}
						pause(r.Context(), took)
						if err := r.Context().Err(); err != nil {
							return nil, err
						}
						return &http.Response{StatusCode: http.StatusOK, Body: http.NoBody, Request: r}, nil
					})
				})
				v, err := prober.NewVantage(config)
				if err != nil {
					t.Fatal(err)
				}
				begin := time.Now()
				got := v.Ask(t.Context(), target, prober.PodRequest{URL: &url.URL{Scheme: "http", Host: address(webPort), Path: "/"}}, time.Second)
				if took := time.Since(begin); got.Verdict != c.verdict || took != c.took {
					t.Errorf("got %+v after %v, want %s after %v", got, took, c.verdict, c.took)
				}
			})
		})
	}
}

// TestVantageOpensOneConnection, and has opened it before the pod's time begins.
func TestVantageOpensOneConnection(t *testing.T) {
	t.Parallel()
	var opened atomic.Int32
	server := httptest.NewUnstartedServer(respond(http.StatusOK, "fine"))
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			opened.Add(1)
		}
	}
	server.Start()
	t.Cleanup(server.Close)
	v, err := prober.NewVantage(&rest.Config{Host: server.URL})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(v.Close)
	u := &url.URL{Scheme: "http", Host: address(webPort), Path: "/"}
	if got := v.Ask(soon(t), target, prober.PodRequest{URL: u}, time.Minute); got.Verdict != model.ShadowSuccess || opened.Load() != 1 {
		t.Errorf("got %+v over %d connections", got, opened.Load())
	}
}

// roundTrip is an http.RoundTripper.
type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
