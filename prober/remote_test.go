package prober_test

import (
	"errors"
	"slices"
	"testing"

	corev1 "k8s.io/api/core/v1"

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
