package prober

import (
	"net/http"

	"k8s.io/client-go/rest"

	"github.com/probetop/probetop/model"
)

// staying returns a configuration whose clients take a redirect of the API server for an error, a *model.Redirect. Above
// it, net/http would follow it, and client-go would add the credentials to that request as to any other.
func staying(config *rest.Config) *rest.Config {
	c := rest.CopyConfig(config)
	c.Wrap(func(below http.RoundTripper) http.RoundTripper { return stayer{below} })
	return c
}

// stayer is a transport that takes a redirect for an error.
type stayer struct{ below http.RoundTripper }

// RoundTrip implements http.RoundTripper.
func (s stayer) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := s.below.RoundTrip(r)
	if err != nil {
		return answer, err
	}
	if to := redirected(answer, r); to != nil {
		_ = answer.Body.Close()
		return nil, to
	}
	return answer, nil
}

// WrappedRoundTripper returns the transport below, for client-go to find what it wrapped.
func (s stayer) WrappedRoundTripper() http.RoundTripper { return s.below }

// redirected returns the redirect that an answer to a request is; nil when it is none.
func redirected(answer *http.Response, r *http.Request) *model.Redirect {
	return model.NewRedirect(r.URL, answer.StatusCode, answer.Header.Get("Location"))
}
