package e2e

import (
	"testing"
)

// An exec probe fails until the container is restarted, and the new one is healthy.
func TestExecLiveness(t *testing.T) {
	s := newScenario(t, "exec-liveness")
	s.awaitReady("exec")
	s.agree()
	s.turn("exec", turnOf("handler", "exec", "status", "1", "output", "cache is corrupt\n"))
	s.fails("exec", "Liveness probe failed: cache is corrupt", "failing")
	if probe := s.agree().probe(t, "exec", "main", "liveness"); probe.LastFailure.Text != "cache is corrupt\n" {
		t.Errorf("the last failure is %q, want what the check printed", probe.LastFailure.Text)
	}
	s.board.press(t, "Enter")
	s.board.shows(t, promptly, "exec [/workload check] delay=5s timeout=1s period=5s", "cache is corrupt")
	s.board.press(t, "Escape")
	s.events.await(t, patience, "exec", "Killing", "Container main failed liveness probe, will be restarted")
	s.awaitRestart("exec")
	s.agree()
	s.probeIs("exec", "main", "liveness", "passing")
}

// A TCP probe on a named port fails once and recovers: no event says so.
func TestTCPLiveness(t *testing.T) {
	s := newScenario(t, "tcp-liveness")
	s.awaitReady("tcp")
	s.agree()
	s.turn("tcp", turnOf("handler", "tcp", "open", "false"))
	s.fails("tcp", ":7070: connect: connection refused", "failing")
	if probe := s.agree().probe(t, "tcp", "main", "liveness"); probe.LastFailure.Cause != "REFUSED" {
		t.Errorf("the cause is %s, want REFUSED", probe.LastFailure.Cause)
	}
	s.turn("tcp", turnOf("handler", "tcp", "open", "true"))
	s.probeIs("tcp", "main", "liveness", "passing")
	s.agree()
	if pod := s.awaitReady("tcp"); restarts(pod) != 0 {
		t.Errorf("the pod was restarted")
	}
}

// An HTTP probe answers an error until the kubelet kills the container.
func TestHTTPLiveness(t *testing.T) {
	s := newScenario(t, "http-liveness")
	s.awaitReady("http")
	s.turn("http", turnOf("handler", "http", "path", "/livez", "status", "506"))
	s.fails("http", "HTTP probe failed with statuscode: 506", "failing")
	if probe := s.agree().probe(t, "http", "main", "liveness"); probe.LastFailure.Cause != "STATUS(506)" {
		t.Errorf("the cause is %s, want STATUS(506)", probe.LastFailure.Cause)
	}
	s.events.await(t, patience, "http", "Killing", "Container main failed liveness probe, will be restarted")
	s.awaitRestart("http")
	s.agree()
}

// A check prints several lines and fails for ever, so that the container ends up in back-off.
func TestExecOutput(t *testing.T) {
	s := newScenario(t, "exec-output")
	s.fails("squid", "FATAL: Failed to open PID file", "failing")
	probe := s.agree().probe(t, "squid", "main", "liveness")
	// The kubelet puts what the check wrote to stderr behind what it wrote to stdout.
	want := "2026/11/21 19:00:00| FATAL: Failed to open PID file\n" +
		"Squid Cache (Version 6.6): Terminated abnormally.\n" +
		"    /var/run/squid.pid: (2) No such file or directory\n"
	if probe.LastFailure.Text != want {
		t.Errorf("the last failure is %q, want %q", probe.LastFailure.Text, want)
	}
	s.events.await(t, patience, "squid", "Killing", "failed liveness probe")
	s.events.await(t, patience, "squid", "BackOff", "Back-off restarting failed container main")
	s.agree()
}

// A check that does not exist is an error of the probe, which never restarts anything. After ten of them the kubelet
// combines their events, because each message has another id in it.
func TestExecMissing(t *testing.T) {
	s := newScenario(t, "exec-missing")
	s.fails("missing", "Liveness probe errored", "erroring") // up to 1.32, that is all
	s.agree()
	s.events.await(t, patience, "missing", "Unhealthy", "(combined from similar events): Liveness probe errored")
	probe := s.agree().probe(t, "missing", "main", "liveness")
	if probe.State != "erroring" || probe.LastFailure.Outcome != "errored" {
		t.Errorf("the probe is %s after an outcome %s, want erroring after errored", probe.State, probe.LastFailure.Outcome)
	}
	if pod := s.awaitReady("missing"); restarts(pod) != 0 {
		t.Errorf("the pod was restarted")
	}
}
