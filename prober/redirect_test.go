package prober_test

import (
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"

	authorizationv1 "k8s.io/api/authorization/v1"
	"k8s.io/client-go/rest"

	"github.com/probetop/probetop/model"
	"github.com/probetop/probetop/prober"
	"github.com/probetop/probetop/simcluster"
)

// TestNoTokenFollowsARedirect sends every request of the prober elsewhere: to another host, another port, and plain HTTP.
func TestNoTokenFollowsARedirect(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		secure bool
		host   string
	}{
		"another host": {true, "localhost"}, "another port": {true, "127.0.0.1"}, "plain HTTP": {false, "127.0.0.1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			elsewhere, err := simcluster.NewStranger("127.0.0.1:0", c.secure)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(elsewhere.Close)
			to := strings.Replace(elsewhere.URL, "127.0.0.1", c.host, 1)
			s := newStage(t, simcluster.Options{})
			s.Faults().Add(simcluster.Fault{Do: simcluster.Redirect(to)})
			s.config.TLSClientConfig = rest.TLSClientConfig{Insecure: true} // or a certificate would be in the way
			for what, err := range everyRequest(t, s.config) {
				var refused *model.Redirect
				if !errors.As(err, &refused) || !strings.HasPrefix(refused.To, to+"/") {
					t.Errorf("%s: got %v, want a redirect to %s that is refused", what, err, to)
				}
			}
			askPodIP(t, s.config)
			if seen := elsewhere.Tokens(); len(seen) != 0 || elsewhere.Requests() != 0 {
				t.Errorf("%d requests elsewhere, with the tokens %q, want none", elsewhere.Requests(), seen)
			}
		})
	}
}

// everyRequest returns the error of each way of the prober to an API server.
func everyRequest(t *testing.T, config *rest.Config) map[string]error {
	t.Helper()
	errs := map[string]error{}
	remote, err := prober.NewRemote(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(remote.Close)
	_, errs["reading a pod"] = remote.Pod(soon(t), target.Namespace, target.Name)
	_, errs["running a command"] = pool(t, config, prober.PoolOptions{}).Exec(target, liveness)(soon(t), []string{"say"}, time.Second)
	_, errs["a tunnel"] = pool(t, config, prober.PoolOptions{}).Open(soon(t), target)
	reviews, err := prober.NewReviews(config)
	if err != nil {
		t.Fatal(err)
	}
	_, errs["asking for rights"] = reviews.Create(soon(t), &authorizationv1.SelfSubjectAccessReview{})
	return errs
}

// askPodIP makes a request to a pod's IP.
func askPodIP(t *testing.T, config *rest.Config) {
	t.Helper()
	v, err := prober.NewVantage(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(v.Close)
	u := &url.URL{Scheme: "http", Host: address(webPort), Path: "/"}
	if got := v.Ask(soon(t), target, prober.PodRequest{URL: u}, 10*time.Second); got.Verdict != model.ShadowNone {
		t.Errorf("the pod IP: got %+v, want no verdict", got)
	}
}
