package e2e

import (
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
)

// A startup probe holds the other probes back for the twenty seconds that a gRPC server needs.
func TestGRPCStartup(t *testing.T) {
	s := newScenario(t, "grpc-startup")
	s.fails("slow", "Startup probe failed: timeout: failed to connect service", "starting")
	r := s.agree()
	for kind, state := range map[string]string{"startup": "starting", "liveness": "gated", "readiness": "gated"} {
		if probe := r.probe(t, "slow", "main", kind); probe.State != state {
			t.Errorf("the %s probe is %s, want %s", kind, probe.State, state)
		}
	}
	s.awaitReady("slow")
	s.agree()
	s.probeIs("slow", "main", "startup", "held")
	s.turn("slow", turnOf("handler", "grpc", "service", "db", "status", "NOT_SERVING"))
	s.fails("slow", `Liveness probe failed: service unhealthy (responded with "NOT_SERVING")`, "failing")
	s.agree()
}

// A sidecar's startup probe holds back the init container behind it; later its readiness makes the pod unready.
func TestSidecar(t *testing.T) {
	s := newScenario(t, "sidecar")
	s.fails("proxied", "Startup probe failed: HTTP probe failed with statuscode: 503", "Init:0/2")
	if probe := s.agree().probe(t, "proxied", "proxy", "startup"); probe.State != "starting" {
		t.Errorf("the sidecar's startup probe is %s, want starting", probe.State)
	}
	s.turn("proxied", turnOf("handler", "http", "path", "/startupz", "status", "200"))
	s.awaitReady("proxied")
	s.agree()
	s.turn("proxied", turnOf("handler", "http", "path", "/readyz", "status", "503"))
	s.fails("proxied", "Readiness probe failed", "HTTP 503")
	s.awaitPod("proxied", "unready", func(p *corev1.Pod) bool { return !ready(p) })
	s.board.showsPromptly(s.T, time.Now(), "proxied", "1/2")
	s.agree()
	s.probeIs("proxied", "proxy", "readiness", "failed")
}
