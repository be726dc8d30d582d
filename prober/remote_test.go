package prober_test

import (
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/go-logr/logr"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/client-go/rest"
	"k8s.io/klog/v2"

	"github.com/probetop/probetop/model"
	"github.com/probetop/probetop/prober"
	"github.com/probetop/probetop/simcluster"
)

// TestRemoteTunnelsToThePodThatIsMeant, and not to another of the same name.
func TestRemoteTunnelsToThePodThatIsMeant(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, s *stage) {
		before := pod()
		before.Spec.Containers[0].ReadinessProbe = &corev1.Probe{ProbeHandler: httpGet("/")}
		after := before.DeepCopy()
		after.UID = "uid-after"
		if err := s.Apply(after); err != nil {
			t.Fatal(err)
		}
		r := remote(t, s)
		check, err := prober.NewCheck(before, "app", model.Readiness, prober.NodeInfo{})
		if err != nil {
			t.Fatal(err)
		}
		var broken *prober.Broken
		if _, err = r.Open(soon(t), before, check); !errors.As(err, &broken) || broken.Lack != model.LackGone {
			t.Errorf("a pod that has been replaced: %v", err)
		}
		if _, err := r.Open(soon(t), after, check); err != nil {
			t.Errorf("the pod of now: %v", err)
		}
	})
}

// TestRemoteOpensNoTunnelForNothing: where the probe asks a host that no tunnel leads to.
func TestRemoteOpensNoTunnelForNothing(t *testing.T) {
	t.Parallel()
	s := newStage(t, simcluster.Options{})
	p := pod()
	probe := httpGet("/")
	probe.HTTPGet.Host = "example.com"
	p.Spec.Containers[0].ReadinessProbe = &corev1.Probe{ProbeHandler: probe}
	r := remote(t, s)
	check, err := prober.NewCheck(p, "app", model.Readiness, prober.NodeInfo{})
	if err != nil {
		t.Fatal(err)
	}
	paths, err := r.Open(soon(t), p, check)
	if err != nil {
		t.Fatal(err)
	}
	if got := check.Run(soon(t), paths); got.Lack != model.LackHost {
		t.Errorf("got %+v", got)
	}
	if slices.ContainsFunc(s.Requests(), func(q simcluster.Request) bool { return q.Subresource == "portforward" }) {
		t.Error("a tunnel was opened")
	}
}

// TestRemoteBlamesTheContainerThatSendsWithoutEnd: it is the container that keeps the way busy.
func TestRemoteBlamesTheContainerThatSendsWithoutEnd(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, s *stage) {
		r := remote(t, s)
		for name, c := range map[string]struct {
			port  int32
			probe func(port int32) corev1.ProbeHandler
			text  string
		}{
			"headers": {headersPort, httpOn, "Get \"http://10.0.0.7:8090/\": "},
			"noise":   {endlessPort, httpOn, "Get \"http://10.0.0.7:8088/\": "},
			"gRPC":    {headersPort, func(port int32) corev1.ProbeHandler { return corev1.ProbeHandler{GRPC: &corev1.GRPCAction{Port: port}} }, "failed to connect service"},
		} {
			p := pod()
			p.Spec.Containers[0].ReadinessProbe = &corev1.Probe{ProbeHandler: c.probe(c.port), TimeoutSeconds: 2}
			check, err := prober.NewCheck(p, "app", model.Readiness, prober.NodeInfo{})
			if err != nil {
				t.Fatal(err)
			}
			paths, err := r.Open(soon(t), p, check)
			if err != nil {
				t.Fatal(err)
			}
			if got := check.Run(soon(t), paths); got.Verdict != model.ShadowFailure || !strings.Contains(got.Text, c.text) {
				t.Errorf("%s: got %s, %s, %q", name, got.Verdict, got.Lack, got.Text)
			}
		}
	})
}

func httpOn(port int32) corev1.ProbeHandler {
	return corev1.ProbeHandler{HTTPGet: &corev1.HTTPGetAction{Port: intstr.FromInt32(port), Path: "/"}}
}

// TestRemoteRefusesALargeAnswer that a few kilobytes unpack to.
func TestRemoteRefusesALargeAnswer(t *testing.T) {
	t.Parallel()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if !strings.Contains(r.URL.Path, "/pods/") {
			_, _ = io.WriteString(w, "{}") // a sign of life, when unpacking takes long
			return
		}
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		_, err := io.WriteString(z, `{"kind":"Pod","apiVersion":"v1","metadata":{"name":"`)
		for junk := strings.Repeat("x", 1<<20); err == nil; {
			_, err = io.WriteString(z, junk)
		}
	}))
	defer s.Close()
	r, err := prober.NewRemote(&rest.Config{Host: s.URL})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if _, err := r.Pod(klog.NewContext(soon(t), logr.Discard()), "shop", "web"); err == nil || !strings.Contains(err.Error(), "larger than 8 MiB") {
		t.Errorf("got %v", err)
	}
}

// TestRemoteTellsOfAReset that the container made: the runtime's word for it is an answer, whatever becomes of the tunnel.
func TestRemoteTellsOfAReset(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, s *stage) {
		r := remote(t, s)
		for name, c := range map[string]struct {
			port     int32
			want     model.ShadowVerdict
			attempts int
			text     string
		}{
			"instead of an answer": {resetPort, model.ShadowFailure, 1, "connection reset by peer"},
			"within the body":      {tornPort, model.ShadowErrored, 3, "connection reset by peer"},
		} {
			p := pod()
			probe := httpGet("/")
			probe.HTTPGet.Port = intstr.FromInt32(c.port)
			p.Spec.Containers[0].ReadinessProbe = &corev1.Probe{ProbeHandler: probe, TimeoutSeconds: 5}
			check, err := prober.NewCheck(p, "app", model.Readiness, prober.NodeInfo{})
			if err != nil {
				t.Fatal(err)
			}
			for range 5 {
				paths, err := r.Open(soon(t), p, check)
				if err != nil {
					t.Fatal(err)
				}
				if got := check.Run(soon(t), paths); got.Verdict != c.want || len(got.Attempts) != c.attempts || !strings.Contains(got.Text, c.text) {
					t.Errorf("a reset %s: %v (%s) after %d attempts, %q; want %v after %d", name, got.Verdict, got.Lack, len(got.Attempts), got.Text, c.want, c.attempts)
				}
			}
		}
	})
}

// remote leads to the pod of a stage until the test ends.
func remote(t *testing.T, s *stage) *prober.Remote {
	t.Helper()
	r, err := prober.NewRemote(s.config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	return r
}
