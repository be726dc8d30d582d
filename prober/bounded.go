package prober

import (
	"fmt"
	"io"
	"net/http"
)

// objectMost is how large an object may be that the API server answers with, unpacked: it keeps none of more than 3 MiB.
const objectMost = 8 << 20

// objectHeld is how much memory one may take when it is decoded.
const objectHeld = 3 * objectMost

var errLarge = fmt.Errorf("an answer of the server is larger than %d MiB, and is not read", objectMost>>20)

// bounded is a transport whose answers end with an error when they are larger than an object can be: a few kilobytes may
// unpack to gigabytes.
type bounded struct{ http.RoundTripper }

// RoundTrip implements http.RoundTripper.
func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	a, err := b.RoundTripper.RoundTrip(r)
	if err == nil && a.StatusCode != http.StatusSwitchingProtocols {
		a.Body = &boundedBody{ReadCloser: a.Body}
	}
	return a, err
}

// WrappedRoundTripper returns the transport below, for client-go to find what it wrapped.
func (b bounded) WrappedRoundTripper() http.RoundTripper { return b.RoundTripper }

type boundedBody struct {
	io.ReadCloser
	came int
}

// Read implements io.Reader.
func (b *boundedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if b.came += n; b.came > objectMost {
		return 0, errLarge
	}
	return n, err
}
