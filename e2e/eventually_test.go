package e2e

import (
	"testing"
	"time"
)

const (
	// askAgain is the shortest pause between two calls of a condition, and seldom the longest.
	askAgain, seldom = 100 * time.Millisecond, time.Second
	// restPerWork is how much longer than a call the pause after it is. A condition that starts a process, or asks a
	// machine that is busy, is called less often: tests that wait side by side must not be what keeps the node busy.
	restPerWork = 4
)

// eventually calls condition until it returns nil, and fails the test with its last error after the timeout.
func eventually(t *testing.T, timeout time.Duration, condition func() error) {
	t.Helper()
	deadline := time.Now().Add(timeout)
	for {
		began := time.Now()
		err := condition()
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("after %s: %v", timeout, err)
		}
		time.Sleep(min(max(askAgain, restPerWork*time.Since(began)), seldom))
	}
}
