package cmd

import (
	"io"
	"net/http"
	"sync"

	"k8s.io/client-go/rest"
)

// freshToken is a token that stands in the kubeconfig. It is read again when the server refuses it: a user who logs in again
// writes another there, and nothing has to be started anew.
type freshToken struct {
	// server is where the token goes. One that the kubeconfig has for another server by now is not for this one.
	server string
	load   func() (*rest.Config, error)

	mu sync.Mutex
	// guarded by mu
	token string
}

// follow takes the token out of config, and sends it from now on.
func (f *freshToken) follow(config *rest.Config) {
	f.server, f.token, config.BearerToken = config.Host, config.BearerToken, ""
	config.Wrap(func(below http.RoundTripper) http.RoundTripper { return bearer{below, f} })
}

// current returns the token to send.
func (f *freshToken) current() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.token
}

// instead returns the token to send after one that was refused, and whether it is another.
func (f *freshToken) instead(refused string) (string, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.token == refused {
		config, err := f.load()
		if err == nil && config.Host == f.server && config.BearerToken != "" {
			f.token = config.BearerToken
		}
	}
	return f.token, f.token != refused
}

// bearer is a transport that sends a token, and once more another one when it is refused.
type bearer struct {
	below http.RoundTripper
	token *freshToken
}

// RoundTrip implements http.RoundTripper.
func (b bearer) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Header.Get("Authorization") != "" {
		return b.below.RoundTrip(r)
	}
	token := b.token.current()
	answer, err := b.below.RoundTrip(carrying(r, token))
	if err != nil || answer.StatusCode != http.StatusUnauthorized {
		return answer, err
	}
	next, changed := b.token.instead(token)
	again := carrying(r, next)
	if !changed || !rewound(again) {
		return answer, nil
	}
	_, _ = io.Copy(io.Discard, io.LimitReader(answer.Body, 4<<10)) // a connection is used again when it has been read
	_ = answer.Body.Close()
	return b.below.RoundTrip(again)
}

// WrappedRoundTripper returns the transport below, for client-go to find what it wrapped.
func (b bearer) WrappedRoundTripper() http.RoundTripper { return b.below }

// carrying returns a copy of a request that carries a token.
func carrying(r *http.Request, token string) *http.Request {
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", "Bearer "+token)
	return r
}

// rewound gives a request its body back, which was sent before, and reports whether it has.
func rewound(r *http.Request) bool {
	if r.Body == nil || r.Body == http.NoBody {
		return true
	}
	if r.GetBody == nil {
		return false
	}
	body, err := r.GetBody()
	r.Body = body
	return err == nil
}
