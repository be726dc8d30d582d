package prober_test

import (
	"strings"
	"testing"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/probetop/probetop/prober"
	"github.com/probetop/probetop/simcluster"
)

func TestAccess(t *testing.T) {
	t.Parallel()
	s := newStage(t, simcluster.Options{})
	reviews, err := prober.NewReviews(s.config)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Unix(1000, 0)
	a := prober.NewAccess(reviews, func() time.Time { return now })
	forbid := func(sub, verb string) *simcluster.Rule {
		return s.Faults().Add(simcluster.Fault{Resource: "pods", Subresource: sub, Verb: verb, Namespace: "shop", Do: simcluster.Forbid()})
	}
	forbid("exec", "get")
	denied := forbid("portforward", "")
	forbid("proxy", "create")
	broken := s.Faults().Add(simcluster.Fault{
		Resource: "selfsubjectaccessreviews", Skip: 5, Do: simcluster.Answer(apierrors.NewServiceUnavailable("busy")),
	})
	for sub, want := range map[prober.Subresource]prober.Permission{
		prober.Command: prober.PermissionAllowed, prober.PortForward: prober.PermissionDenied, prober.Proxy: prober.PermissionAllowed,
	} {
		if g := a.To(soon(t), "shop", sub); g.Permission != want || (want == prober.PermissionDenied) != (g.Reason != "") {
			t.Errorf("%s: got %+v", sub, g)
		}
	}
	if g := a.To(soon(t), "other", prober.PortForward); g.Permission != prober.PermissionUnknown || !strings.Contains(g.Reason, "busy") {
		t.Errorf("while the server is busy: got %+v", g)
	}
	broken.Remove()
	denied.Remove()
	if g := a.To(soon(t), "shop", prober.PortForward); g.Permission != prober.PermissionDenied {
		t.Errorf("got %+v, want what is remembered", g)
	}
	now = now.Add(6 * time.Minute)
	if g := a.To(soon(t), "shop", prober.PortForward); g.Permission != prober.PermissionAllowed {
		t.Errorf("after six minutes: got %+v", g)
	}
	forbid("portforward", "")
	a.Forget("shop")
	if g := a.To(soon(t), "shop", prober.PortForward); g.Permission != prober.PermissionDenied {
		t.Errorf("after it was forgotten: got %+v", g)
	}
}
