package watch

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"

	"github.com/probetop/probetop/model"
	"github.com/probetop/probetop/simcluster"
)

// TestNoTokenFollowsARedirect sends every request elsewhere: to another host, another port, and plain HTTP.
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
			server, err := simcluster.Start(simcluster.Options{})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(server.Close)
			server.Faults().Add(simcluster.Fault{Do: simcluster.Redirect(to)})
			cfg := server.RESTConfig()
			cfg.TLSClientConfig = rest.TLSClientConfig{Insecure: true} // or a certificate would be in the way
			for what, err := range everyRequest(t, cfg) {
				var refused *model.Redirect
				if !errors.As(err, &refused) || !strings.HasPrefix(refused.To, to+"/") {
					t.Errorf("%s: got %v, want a redirect to %s that is refused", what, err, to)
					continue
				}
				if by := strings.Contains(plain(err), "node n1 redirects"); by != (what == "a kubelet's counters") {
					t.Errorf("%s: %q blames the wrong one", what, plain(err))
				}
			}
			if seen := elsewhere.Tokens(); len(seen) != 0 || elsewhere.Requests() != 0 {
				t.Errorf("%d requests elsewhere, with the tokens %q, want none", elsewhere.Requests(), seen)
			}
		})
	}
}

// everyRequest returns what each kind of request to an API server comes to.
func everyRequest(t *testing.T, cfg *rest.Config) map[string]error {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	c, err := newClient(cfg)
	if err != nil {
		t.Fatal(err)
	}
	p := plan{resource: pods()}
	errs := map[string]error{"the check": Check(ctx, cfg, Scope{})}
	_, errs["a list"] = c.list(ctx, &p, metav1.ListOptions{})
	_, errs["a watch"] = c.watch(ctx, &p, metav1.ListOptions{})
	_, errs["a kubelet's counters"] = c.counters(ctx, nil, &roll{node: "n1"})
	_, errs["the version"] = ServerVersion(ctx, cfg)
	_, errs["an argument"] = Resolve(ctx, cfg, Request{Namespaces: []string{"shop"}, Args: []string{"deploy/web"}})
	return errs
}

func TestARedirectIsNamed(t *testing.T) {
	t.Parallel()
	server, err := simcluster.Start(simcluster.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	server.Faults().Add(simcluster.Fault{Do: simcluster.Redirect("http://elsewhere.test")})
	expectAccess(t, Check(t.Context(), server.RESTConfig(), Scope{}), Redirected,
		"redirects to http://elsewhere.test/api/v1/pods (307), where the credentials are not sent")
}
