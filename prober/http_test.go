package prober_test

import (
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/probetop/probetop/model"
	"github.com/probetop/probetop/prober"
)

func TestHTTP(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		handler http.HandlerFunc
		verdict model.ShadowVerdict
		text    string
	}{
		"success":               {respond(200, "fine"), model.ShadowSuccess, "fine"},
		"warning":               {respond(302, "moved"), model.ShadowWarning, "Probe terminated redirects, Response body: moved"},
		"failure":               {respond(503, "secret"), model.ShadowFailure, "HTTP probe failed with statuscode: 503"},
		"body as long as read":  {respond(200, strings.Repeat("b", 10240)), model.ShadowSuccess, strings.Repeat("b", 10240)},
		"body longer than read": {respond(200, strings.Repeat("b", 10241)), model.ShadowSuccess, strings.Repeat("b", 10240)},
		"no answer": {
			func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, model.ShadowFailure,
			`Get "http://10.0.0.5:8080/healthz": EOF`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := serve(t, c.handler)
			r := over(t, check(t, httpGet("/healthz"), patient), w.dial)
			expect(t, r, c.verdict, c.text)
			if len(r.Attempts) != 1 || !slices.Equal(w.addresses(), []string{"10.0.0.5:8080"}) {
				t.Errorf("%d attempts, dialled %v", len(r.Attempts), w.addresses())
			}
			if w.left() != 0 {
				t.Errorf("%d connections are left open", w.left())
			}
		})
	}
}

func TestHTTPRequest(t *testing.T) {
	t.Parallel()
	var got *http.Request
	w := serve(t, func(_ http.ResponseWriter, r *http.Request) { got = r })
	over(t, check(t, httpGet("/p?x=1#f"), patient), w.dial)
	if got.Host != "10.0.0.5:8080" || got.RequestURI != "/p?x=1" || got.UserAgent() != "kube-probe/1.37" || got.Header.Get("Accept") != "*/*" || !got.Close {
		t.Errorf("got %s %s %v", got.Host, got.RequestURI, got.Header)
	}
	if len(got.Header) != 3 { // with Connection
		t.Errorf("%d headers: %v", len(got.Header), got.Header)
	}
}

func TestHTTPBodyThatBreaksIsErrored(t *testing.T) {
	t.Parallel()
	w := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "50")
		w.WriteHeader(http.StatusInternalServerError)
		_, _ = io.WriteString(w, "part")
	})
	r := over(t, check(t, httpGet("/"), patient), w.dial)
	expect(t, r, model.ShadowErrored, "unexpected EOF")
	if len(r.Attempts) != 3 {
		t.Errorf("%d attempts, want 3", len(r.Attempts))
	}
	for _, a := range r.Attempts {
		if a.Verdict != model.ShadowErrored || a.Hops[0].Status != 500 || string(a.Body) != "part" {
			t.Errorf("attempt: %+v", a)
		}
	}
}

func TestHTTPRedirects(t *testing.T) {
	t.Parallel()
	w := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/a" {
			http.Redirect(w, r, "http://10.0.0.5:9000/b", http.StatusFound)
		}
	})
	r := over(t, check(t, httpGet("/a"), patient), w.dial)
	expect(t, r, model.ShadowSuccess, "")
	if want := []string{"10.0.0.5:8080", "10.0.0.5:9000"}; !slices.Equal(w.addresses(), want) {
		t.Errorf("dialled %v, want %v", w.addresses(), want)
	}
	hops := r.Attempts[0].Hops
	if len(hops) != 2 || hops[0].Status != 302 || hops[0].Location != "http://10.0.0.5:9000/b" || hops[1].Target != hops[0].Location || hops[1].Status != 200 {
		t.Fatalf("hops: %+v", hops)
	}
	for _, h := range hops {
		if h.Protocol != "HTTP/1.1" || h.Phases[0].Name != prober.PhaseConnect || h.Phases[1].Name != prober.PhaseAnswer {
			t.Errorf("hop: %+v", h)
		}
	}
}

// TestHTTPRedirectsElsewhereAreNotDialled: a container must not be able to make us connect to anything.
func TestHTTPRedirectsElsewhereAreNotDialled(t *testing.T) {
	t.Parallel()
	for _, location := range []string{
		"http://169.254.169.254/latest/meta-data/", "http://127.0.0.1:8080/", "http://localhost/", "http://[::1]/", "http://10.0.0.6:8080/", "//10.0.0.6/", "http://0.0.0.0/",
		"http://10.0.0.5.example.org/", "http://10.0.0.5@example.org/", "http://167772165/", "http://0xa000005/", "https://kubernetes.default.svc/", "ftp://10.0.0.6/", "file:///etc/passwd", "http://[::ffff:10.0.0.5]/",
	} {
		t.Run(location, func(t *testing.T) {
			t.Parallel()
			w := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Location", location)
				w.WriteHeader(http.StatusFound)
			})
			r := over(t, check(t, httpGet("/"), patient), w.dial)
			if r.Verdict != model.ShadowWarning && r.Verdict != model.ShadowFailure {
				t.Errorf("got %s %q", r.Verdict, r.Text)
			}
			if got := w.addresses(); !slices.Equal(got, []string{"10.0.0.5:8080"}) {
				t.Errorf("dialled %v", got)
			}
		})
	}
}

func TestHTTPRedirectLoopEnds(t *testing.T) {
	t.Parallel()
	w := serve(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/again", http.StatusFound) })
	r := over(t, check(t, httpGet("/again"), patient), w.dial)
	expect(t, r, model.ShadowFailure, `Get "/again": stopped after 10 redirects`)
	if n := len(w.addresses()); n != 10 || len(r.Attempts[0].Hops) != 10 {
		t.Errorf("%d connections, %d hops; want 10 of each", n, len(r.Attempts[0].Hops))
	}
}

func TestHTTPEndlessHeadersAreCut(t *testing.T) {
	t.Parallel()
	for name, line := range map[string]string{
		"headers":     "X-A: " + strings.Repeat("v", 8000) + "\r\n",
		"early hints": "HTTP/1.1 103 Early Hints\r\nX-A: " + strings.Repeat("v", 8000) + "\r\n\r\n",
		"one header":  strings.Repeat("v", 8000),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := serveRaw(t, func(conn net.Conn) {
				_, _ = conn.Read(make([]byte, 4096))
				if name != "early hints" {
					_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nX-B: ")
				}
				for err := error(nil); err == nil; {
					_, err = io.WriteString(conn, line)
				}
			})
			c := check(t, httpGet("/"), patient)
			if r := over(t, c, w.dial); r.Verdict != model.ShadowFailure || !strings.Contains(r.Text, "exceeded") {
				t.Errorf("got %s %q", r.Verdict, r.Text)
			}
		})
	}
}

func TestHTTPS(t *testing.T) {
	t.Parallel()
	w := serveTLS(t, respond(200, "fine"))
	r := over(t, check(t, httpsGet("/"), patient), w.dial)
	expect(t, r, model.ShadowSuccess, "fine")
	hop := r.Attempts[0].Hops[0]
	if hop.Protocol != "HTTP/2.0" || hop.TLS != "TLS 1.3" || r.Attempts[0].RoundTrips != 2 {
		t.Errorf("hop %+v, %d round trips", hop, r.Attempts[0].RoundTrips)
	}
	if s := r.Shadow(model.Key{Container: "app"}, "id"); s.Protocol != "HTTP/2.0" || s.Attempts != 1 || s.Verdict != model.ShadowSuccess || s.Probe.Container != "app" {
		t.Errorf("shadow: %+v", s)
	}
	plain := serve(t, respond(200, "fine"))
	expect(t, over(t, check(t, httpsGet("/"), patient), plain.dial), model.ShadowFailure, `Get "https://10.0.0.5:8080/": http: server gave HTTP response to HTTPS client`)
}

func TestHTTPHost(t *testing.T) {
	t.Parallel()
	probe := httpGet("/")
	probe.HTTPGet.Host = "db.example.org"
	w := serve(t, respond(200, "fine"))
	c := check(t, probe, patient)
	expectNone(t, over(t, c, w.dial), model.LackHost)
	if len(w.addresses()) != 0 {
		t.Errorf("dialled %v", w.addresses())
	}
	r := c.Run(t.Context(), prober.Paths{Dial: w.dial, Reaches: func(host string) bool { return host == "db.example.org" }})
	expect(t, r, model.ShadowSuccess, "fine")
	// A host cannot hide another one behind a user.
	probe = httpGet("/")
	probe.HTTPGet.Host = "10.0.0.5@db.example.org"
	before := len(w.addresses())
	if r := over(t, check(t, probe, patient), w.dial); r.Verdict != model.ShadowErrored || len(r.Attempts) != 0 || len(w.addresses()) != before {
		t.Errorf("got %s %q, dialled %v", r.Verdict, r.Text, w.addresses())
	}
}

func TestUserAgent(t *testing.T) {
	t.Parallel()
	for version, want := range map[string]string{
		"v1.36.3":              "kube-probe/1.36",
		"v1.30.4-eks-036c24b":  "kube-probe/1.30+",
		"v1.33.1+k3s1":         "kube-probe/1.33",
		"v1.31.0-rc.1+abc":     "kube-probe/1.31+",
		"v1.32":                "kube-probe/1.32",
		"v0.0.0-master+$Form$": "kube-probe/.",
		"":                     "kube-probe/.",
	} {
		var got string
		w := serve(t, func(_ http.ResponseWriter, r *http.Request) { got = r.UserAgent() })
		over(t, checkOn(t, prober.NodeInfo{KubeletVersion: version}, httpGet("/"), patient), w.dial)
		if got != want {
			t.Errorf("%q: %q, want %q", version, got, want)
		}
	}
}

// serveRaw serves connections by hand, each until serve returns.
func serveRaw(t *testing.T, serve func(conn net.Conn)) *way {
	t.Helper()
	var config net.ListenConfig
	l, err := config.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			serve(conn)
			_ = conn.Close()
		}
	}()
	t.Cleanup(func() {
		_ = l.Close()
		<-done
	})
	return &way{to: l.Addr().String()}
}
