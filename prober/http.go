package prober

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"time"

	"github.com/probetop/probetop/model"
)

const (
	// bodyRead is how much of a response the kubelet reads before it looks at the status, and how much of a
	// command's output it keeps.
	bodyRead     = 10 << 10
	maxRedirects = 10
	tlsHandshake = 10 * time.Second
)

// The ends of Go's texts for a request whose time was over, in the version that current kubelets are built with.
const (
	awaitingHeaders = "context deadline exceeded (Client.Timeout exceeded while awaiting headers)"
	readingBody     = "context deadline exceeded (Client.Timeout or context cancellation while reading body)"
)

// get makes an HTTP request. It mirrors DoHTTPProbe of pkg/probe/http/http.go.
func (c *Check) get(ctx context.Context, t *trial) outcome {
	within, release := t.budget.expiring(ctx)
	defer release()
	request, err := c.request.make(httptrace.WithClientTrace(within, t.clientTrace()))
	if err != nil {
		return errored(err.Error())
	}
	transport := c.request.transport(t)
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport, CheckRedirect: t.redirect}
	response, err := client.Do(request)
	if err != nil {
		return t.unanswered(within, err)
	}
	defer func() { _ = response.Body.Close() }()
	t.answered(response)
	if t.budget.late() {
		return failure(`Get "` + shown(response.Request.URL) + `": ` + awaitingHeaders)
	}
	t.phase(PhaseBody)
	body, err := io.ReadAll(io.LimitReader(response.Body, bodyRead))
	t.keep(body)
	switch {
	case err != nil:
		return t.unread(within, err)
	case toTheEnd(response) && t.budget.lateAt(t.closedAt()), !toTheEnd(response) && t.budget.late():
		return errored(readingBody)
	}
	return judge(response.StatusCode, body)
}

// toTheEnd reports whether the body of a response ends where the connection does.
func toTheEnd(r *http.Response) bool {
	return r.ProtoMajor == 1 && r.ContentLength < 0 && len(r.TransferEncoding) == 0
}

// judge returns what the kubelet makes of a response.
func judge(status int, body []byte) outcome {
	switch {
	case status >= 200 && status < 300:
		return success(string(body))
	case status >= 300 && status < 400:
		return outcome{verdict: model.ShadowWarning, text: "Probe terminated redirects, Response body: " + string(body)}
	}
	return failure(fmt.Sprintf("HTTP probe failed with statuscode: %d", status))
}

// unanswered is the outcome of a request that had no response.
func (t *trial) unanswered(within context.Context, err error) outcome {
	b, refusal, address := t.wire.said()
	if b != nil && !t.floods() {
		return b.none()
	}
	prefix := ""
	var inURL *url.Error
	if errors.As(err, &inURL) {
		prefix = inURL.Op + ` "` + inURL.URL + `": `
	}
	switch {
	case b != nil, refusal != nil && refusal.Reason == ReasonTimeout:
		return failure(prefix + awaitingHeaders)
	case refusal != nil:
		return failure(prefix + "dial tcp " + address + ": " + refusal.Error())
	case errors.Is(context.Cause(within), context.DeadlineExceeded), t.late():
		return failure(prefix + awaitingHeaders)
	}
	return failure(err.Error())
}

// unread is the outcome of a response whose body could not be read. The kubelet counts it for nothing, whatever
// the status.
func (t *trial) unread(within context.Context, err error) outcome {
	if b, _, _ := t.wire.said(); b != nil && !t.floods() {
		return b.none()
	}
	if errors.Is(context.Cause(within), context.DeadlineExceeded) || t.late() {
		return errored(readingBody)
	}
	return errored(err.Error())
}

// transport returns the transport of one attempt: a connection for each request, no proxy, certificates not
// verified, HTTP/2 when a TLS server chooses it. It mirrors NewWithTLSConfig of pkg/probe/http/http.go.
func (h *httpRequest) transport(t *trial) *http.Transport {
	transport := &http.Transport{
		DialContext:        t.wire.open,
		DisableKeepAlives:  true,
		DisableCompression: true,
		Protocols:          &http.Protocols{},
	}
	if h.h2c {
		transport.Protocols.SetUnencryptedHTTP2(true)
		return transport
	}
	transport.Protocols.SetHTTP1(true)
	transport.Protocols.SetHTTP2(true)
	transport.TLSClientConfig = &tls.Config{InsecureSkipVerify: true}
	transport.TLSHandshakeTimeout = tlsHandshake + t.budget.allowed() - t.budget.timeout
	transport.HTTP2 = &http.HTTP2Config{SendPingTimeout: 30 * time.Second, PingTimeout: 15 * time.Second}
	return transport
}

// redirect decides about following a redirect: to the same host only, whatever the port and the scheme.
func (t *trial) redirect(next *http.Request, via []*http.Request) error {
	t.answered(next.Response)
	t.note(func(h *Hop) { h.Location = next.URL.String() })
	if next.URL.Hostname() != via[0].URL.Hostname() {
		return http.ErrUseLastResponse
	}
	if len(via) >= maxRedirects {
		return errors.New("stopped after 10 redirects")
	}
	t.budget.add(tripsHop)
	t.hop(next.URL.String())
	return nil
}

// answered notes what a response says of the request under way.
func (t *trial) answered(r *http.Response) {
	t.note(func(h *Hop) {
		h.Status, h.Protocol = r.StatusCode, r.Proto
		if r.TLS != nil {
			h.TLS = tls.VersionName(r.TLS.Version)
		}
	})
}

// clientTrace returns the hooks that tell the phases of a request. Got1xxResponse is not among them: with it
// net/http would read informational responses without end.
func (t *trial) clientTrace() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		GetConn: func(string) { t.phase(PhaseConnect) },
		TLSHandshakeStart: func() {
			t.budget.add(tripsTLS12)
			t.phase(PhaseTLS)
		},
		TLSHandshakeDone: func(state tls.ConnectionState, err error) {
			if err == nil && state.Version >= tls.VersionTLS13 {
				t.budget.add(tripsTLS13 - tripsTLS12)
			}
		},
		GotConn: func(httptrace.GotConnInfo) { t.phase(PhaseAnswer) },
	}
}
