package cmd

import (
	"testing"
	"time"

	"k8s.io/client-go/rest"
)

// TestTheTimeoutIsForLists and not for tunnels, which nothing but their own deadlines may end.
func TestTheTimeoutIsForLists(t *testing.T) {
	to := &target{config: &rest.Config{Host: "http://cluster.test"}, patience: 2 * time.Minute}
	if got := to.listing(); got.Timeout != to.patience || got.Host != to.config.Host || to.config.Timeout != 0 {
		t.Errorf("lists have a timeout of %v, the rest of %v", got.Timeout, to.config.Timeout)
	}
}
