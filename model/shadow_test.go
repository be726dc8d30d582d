package model_test

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	. "github.com/probetop/probetop/model"
	. "github.com/probetop/probetop/model/compare"
)

// shadows is a run of a probe from here, against the running instance, that takes 12 ms and comes to the verdict; a text
// makes it a failure.
func shadows(typ ProbeType, text string, edit ...func(*Shadow)) act {
	return func(_ testing.TB, s *stage) {
		f := &Shadow{
			Probe: Key{Pod: s.pod.UID, Container: s.who, Type: typ}, Instance: s.container().ID, At: s.now,
			Took: 12 * time.Millisecond, RoundTrip: 20 * time.Millisecond, Attempts: 1, Verdict: ShadowSuccess, Text: text, Protocol: "HTTP/1.1",
		}
		if text != "" {
			f.Verdict = ShadowFailure
		}
		for _, e := range edit {
			e(f)
		}
		s.Apply(Change{At: s.now, Stream: 62, Fact: f})
	}
}

func errored(f *Shadow) { f.Verdict, f.Attempts = ShadowErrored, 3 }

func warned(f *Shadow) { f.Verdict = ShadowWarning }

func lacks(why ShadowLack) func(*Shadow) {
	return func(f *Shadow) { f.Verdict, f.Lack = ShadowNone, why }
}

func taking(d, roundTrip time.Duration) func(*Shadow) {
	return func(f *Shadow) { f.Took, f.RoundTrip = d, roundTrip }
}

// byPodIP is what the pod IP answered; a text makes it a failure.
func byPodIP(text string) func(*Shadow) {
	return func(f *Shadow) {
		f.PodIP = &PodIPVantage{Verdict: ShadowSuccess, Text: text}
		if text != "" {
			f.PodIP.Verdict = ShadowFailure
		}
	}
}

// agrees wants of a probe the class of its agreement, its certainty, and words of its sentence.
func agrees(name, want string, words ...string) act {
	return func(t testing.TB, s *stage) {
		t.Helper()
		snapshot := s.Snapshot()
		r := s.row(t, s.pod.UID)
		a := AgreementOf(snapshot, r, probeNamed(r, name), s.now)
		if got := fmt.Sprintf("%s %s", cmp.Or(string(a.Class), "-"), a.Certainty); got != want {
			t.Errorf("after %v: %s is %s, want %s: %s", s.now.Sub(epoch), name, got, want, a.Text)
		}
		for _, w := range words {
			if !strings.Contains(a.Text, w) {
				t.Errorf("after %v: %q says nothing of %q", s.now.Sub(epoch), a.Text, w)
			}
		}
		if a.Text == "" || a.Check == "" || strings.Contains(a.Text, "%!") || strings.Contains(a.Check, "%!") {
			t.Errorf("after %v: the class %s says %q, and to check %q", s.now.Sub(epoch), a.Class, a.Text, a.Check)
		}
	}
}

// meshed is a pod behind the proxy of a mesh.
func meshed(p *Pod) { p.Setting = &Setting{Mesh: "istio"} }

func hostNetworked(p *Pod) { p.Setting, p.IP = &Setting{HostNetwork: true}, "192.168.7.7" }

func addressed(ip string) func(*Pod) { return func(p *Pod) { p.IP = ip } }

func classed(name string) func(*Pod) {
	return func(p *Pod) { p.Setting = &Setting{RuntimeClass: name} }
}

func runtimeIs(version string) act {
	return func(_ testing.TB, s *stage) {
		n := *s.node
		n.RuntimeVersion, n.OS = version, "linux"
		s.node = &n
		s.hears(s.node)
	}
}

// neighbour is another pod of the node, whose readiness fails so.
func neighbour(name, text string, edit ...func(*Pod)) act {
	return func(_ testing.TB, s *stage) {
		p := settled(readinessOf(), func(p *Pod) { p.UID, p.Name = "u-"+name, name })
		for _, e := range edit {
			e(p)
		}
		s.hears(p)
		if text == "" {
			return
		}
		e := NewEvent(Event{
			UID: name, Namespace: "shop", Name: name + ".1", Pod: p.UID, Container: "web", Reason: ReasonUnhealthy,
			Message: "Readiness probe failed: " + text, Count: 1, First: s.floor(), Last: s.floor(),
		})
		s.hears(e)
	}
}

const (
	noRoute     = `Get "http://10.0.0.7:8080/healthz": dial tcp 10.0.0.7:8080: connect: no route to host`
	code403     = "HTTP probe failed with statuscode: 403"
	code503     = "HTTP probe failed with statuscode: 503"
	reset       = `Get "http://10.0.0.7:8080/healthz": read tcp 10.0.0.1:4711->10.0.0.7:8080: read: connection reset by peer`
	plainServer = `Get "https://10.0.0.7:8080/healthz": http: server gave HTTP response to HTTPS client`
	dialed      = "dial tcp 10.0.0.7:8080: connect: connection refused"
	unserved    = `timeout: failed to connect service "10.0.0.7:8080" within 1s: context deadline exceeded`
	overtime    = `command timed out: "/check" timed out after 1s`
)

// sandwich is a probe that fails for the kubelet between two runs that come to something else.
func sandwich(fail string, run act, look act) plot {
	return merged(repeated(20, 60, 10, fails(Readiness, fail)), plot{{25, run}, {35, run}, {55, run}, {56, look}})
}

// merged plays plots at the same time.
func merged(parts ...plot) plot {
	p := plots(parts...)
	slices.SortStableFunc(p, func(a, b beat) int { return cmp.Compare(a.at, b.at) })
	return p
}
