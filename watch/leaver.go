package watch

import "net/http"

// leaver is a transport that leaves a request when its context ends, whatever the one below is about. Client-go
// runs a credential plugin in the middle of a request, and the plugin knows no context: it may wait for a browser.
type leaver struct{ below http.RoundTripper }

// answer is what the transport below comes to.
type answer struct {
	response *http.Response
	err      error
}

// RoundTrip implements http.RoundTripper.
func (l leaver) RoundTrip(r *http.Request) (*http.Response, error) {
	done, answers := r.Context().Done(), make(chan answer)
	go l.ask(r.Clone(r.Context()), answers) // a copy: who is left behind may still add headers
	select {
	case a := <-answers:
		return a.response, a.err
	case <-done:
		return nil, r.Context().Err()
	}
}

// ask hands over the answer. One that comes when nobody waits for it is closed, for its connection is used again.
func (l leaver) ask(r *http.Request, answers chan<- answer) {
	response, err := l.below.RoundTrip(r)
	select {
	case answers <- answer{response, err}:
	case <-r.Context().Done():
		if response != nil {
			_ = response.Body.Close()
		}
	}
}

// WrappedRoundTripper returns the transport below, for client-go to find what it wrapped.
func (l leaver) WrappedRoundTripper() http.RoundTripper { return l.below }
