package watch

import (
	"context"
	"net/http"
)

// abandoningTransport is a transport that leaves a request when its context ends, whatever the one below is about. Client-go
// runs a credential plugin in the middle of a request, and the plugin knows no context: it may wait for a browser.
type abandoningTransport struct {
	below http.RoundTripper
	// left is full while a request goes on that has been left. Others wait for it: each would stand in line for the same
	// plugin, and run it once more if it fails.
	left chan struct{}
}

func newAbandoning(below http.RoundTripper) abandoningTransport {
	return abandoningTransport{below, make(chan struct{}, 1)}
}

// answer is what the transport below comes to.
type answer struct {
	response *http.Response
	err      error
}

// RoundTrip implements http.RoundTripper.
func (l abandoningTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	done, answers := r.Context().Done(), make(chan answer, 1)
	select {
	case l.left <- struct{}{}:
		<-l.left
	case <-done:
		return nil, r.Context().Err()
	}
	go func(r *http.Request) {
		response, err := l.below.RoundTrip(r)
		answers <- answer{response, err}
	}(r.Clone(r.Context())) // a copy: who is left may still add headers
	select {
	case a := <-answers:
		return a.response, a.err
	case <-done:
		l.leave(answers)
		return nil, r.Context().Err()
	}
}

// leave closes an answer that comes when it is not waited for, for its connection is used again.
func (l abandoningTransport) leave(answers <-chan answer) {
	first := false
	select {
	case l.left <- struct{}{}:
		first = true
	default:
	}
	go func() {
		if a := <-answers; a.response != nil {
			_ = a.response.Body.Close()
		}
		if first {
			<-l.left
		}
	}()
}

// WrappedRoundTripper returns the transport below, for client-go to find what it wrapped.
func (l abandoningTransport) WrappedRoundTripper() http.RoundTripper { return l.below }

// leaving calls f and returns its error, or ctx's when that ends first: a large answer may be decoded for seconds, by what knows
// no context. Then f goes on alone, and what it writes to is its own.
func leaving(ctx context.Context, f func() error) error {
	done := make(chan error, 1)
	go func() { done <- f() }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}
