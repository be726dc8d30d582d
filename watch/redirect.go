package watch

import (
	"net/http"

	"github.com/probetop/probetop/model"
)

// staying is a transport that takes a redirect for an error. Above it, net/http would follow it, and the transports of
// client-go would add the credentials to that request as to any other: it stands above them all.
type staying struct{ below http.RoundTripper }

// RoundTrip implements http.RoundTripper. Its error for a redirect is a *model.Redirect.
func (s staying) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := s.below.RoundTrip(r)
	if err != nil {
		return answer, err
	}
	if to := model.NewRedirect(r.URL, answer.StatusCode, answer.Header.Get("Location")); to != nil {
		_ = answer.Body.Close()
		return nil, to
	}
	return answer, nil
}

// WrappedRoundTripper returns the transport below, for client-go to find what it wrapped.
func (s staying) WrappedRoundTripper() http.RoundTripper { return s.below }
