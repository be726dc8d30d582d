package e2e

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
)

// Nothing is probed before the postStart hook is over, and liveness is not probed any more during the preStop hook.
func TestHooks(t *testing.T) {
	s := newScenario(t, "hooks")
	s.events.await(t, patience, "hooks", "Started", "")
	s.probeIs("hooks", "main", "liveness", "waiting")
	s.agree()
	s.awaitReady("hooks")
	s.agree()
	s.delete("hooks")
	s.events.await(t, patience, "hooks", "Killing", "Stopping container main")
	s.board.shows(t, promptly, "hooks", "Terminating")
	s.probeIs("hooks", "main", "liveness", "suspended")
	s.agree()
	s.awaitGone("hooks")
	s.agree()
}

// A postStart hook that fails kills the container again and again.
func TestFailingHook(t *testing.T) {
	s := newScenario(t, "failing-hook")
	s.events.await(t, patience, "hooked", "FailedPostStartHook", "")
	s.events.await(t, patience, "hooked", "Killing", "FailedPostStartHook")
	s.events.await(t, patience, "hooked", "BackOff", "Back-off restarting failed container main")
	s.awaitPod("hooked", "restarted", func(p *corev1.Pod) bool { return restarts(p) > 0 })
	s.board.shows(t, promptly, "hooked")
	s.agree()
}
