package prober

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"time"

	utilnet "k8s.io/apimachinery/pkg/util/net"
)

// serverPatience is how long the API server may take for a request before it is asked for a sign of life.
const serverPatience = 1500 * time.Millisecond

// errSilent is why a request to the API server is given up.
var errSilent = errors.New("the API server is silent")

// pulse asks the API server for signs of life.
type pulse struct {
	url    string // that of the server's version
	client http.RoundTripper
}

// newPulse returns a pulse of the server of the core API at a base.
func newPulse(base *url.URL, client http.RoundTripper) *pulse {
	u := *base
	u.Path = strings.TrimSuffix(u.Path, "api/v1") + "version"
	return &pulse{url: u.String(), client: client}
}

// measure returns how long the way to the API server and back is, without what a new connection takes. It is an error
// when there is no answer within two seconds.
func (p *pulse) measure(ctx context.Context) (time.Duration, error) {
	within, cancel := context.WithTimeout(ctx, silence)
	defer cancel()
	began := time.Now()
	connected := &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { began = time.Now() }}
	r, err := http.NewRequestWithContext(httptrace.WithClientTrace(within, connected), http.MethodGet, p.url, nil)
	if err != nil {
		return 0, fmt.Errorf("making a request: %w", err)
	}
	response, err := p.client.RoundTrip(r)
	if err != nil {
		if within.Err() != nil {
			utilnet.CloseIdleConnectionsFor(p.client) // one that is silent is not to be used again
		}
		return 0, err
	}
	took := time.Since(began)
	_, err = io.Copy(io.Discard, io.LimitReader(response.Body, vantageBody)) // a connection is used again when it has been read
	_ = response.Body.Close()
	return took, err
}

// during returns a context for a request to the API server, which ends with the cause errSilent when the server neither answers it
// nor gives a sign of life. A request that takes long because of what is behind the server may take long. The returned function
// releases the context, and waits for what the pulse has started.
func (p *pulse) during(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			select {
			case <-time.After(serverPatience):
			case <-ctx.Done():
				return
			}
			if _, err := p.measure(ctx); err != nil {
				cancel(errSilent)
				return
			}
		}
	}()
	return ctx, func() { cancel(context.Canceled); <-done }
}

// silenced returns errSilent instead of the error of a request, if that was why it was given up.
func silenced(ctx context.Context, err error) error {
	if err != nil && errors.Is(context.Cause(ctx), errSilent) {
		return errSilent
	}
	return err
}
