package prober

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"sync/atomic"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	utilnet "k8s.io/apimachinery/pkg/util/net"
	constants "k8s.io/apimachinery/pkg/util/portforward"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/portforward"
	"k8s.io/streaming/pkg/httpstream"
	"k8s.io/streaming/pkg/httpstream/spdy"
)

// upgrader makes connections of requests to the API server.
type upgrader struct {
	// immutable after newUpgrader
	config *rest.Config
	base   *url.URL // of the core API, such as https://host/prefix/api/v1
	client http.RoundTripper
	pulse  *pulse
	// noWebSocket is set when the server is known to have upgraded to SPDY what it did not to a WebSocket.
	noWebSocket atomic.Bool
}

func newUpgrader(config *rest.Config) (*upgrader, error) {
	c := rest.CopyConfig(config)
	// HTTP/2 has no upgrades.
	c.NextProtos = []string{"http/1.1"}
	base, client, err := newTransport(c)
	if err != nil {
		return nil, err
	}
	return &upgrader{config: c, base: base, client: client, pulse: newPulse(base, client)}, nil
}

// newTransport returns the address of the core API, and what makes requests to it.
func newTransport(config *rest.Config) (*url.URL, http.RoundTripper, error) {
	c := rest.CopyConfig(config)
	gv := corev1.SchemeGroupVersion
	c.APIPath, c.GroupVersion = "/api", &gv
	host, versioned, err := rest.DefaultServerUrlFor(c)
	if err != nil {
		return nil, nil, fmt.Errorf("reading the server's address: %w", err)
	}
	client, err := rest.TransportFor(c)
	if err != nil {
		return nil, nil, fmt.Errorf("making a transport: %w", err)
	}
	return host.JoinPath(versioned), client, nil
}

// close gives connections back that no request uses.
func (u *upgrader) close() { utilnet.CloseIdleConnectionsFor(u.client) }

// pod returns the address of a subresource of a pod. The name is taken as it is.
func (u *upgrader) pod(t Target, name, subresource string) *url.URL {
	return u.base.JoinPath("namespaces", t.Namespace, "pods", name, subresource)
}

// portForward opens a connection that carries SPDY to the kubelet of a pod.
func (u *upgrader) portForward(ctx context.Context, t Target) (net.Conn, error) {
	target := u.pod(t, t.Name, "portforward")
	if !u.noWebSocket.Load() {
		conn, err := u.webSocket(ctx, target, constants.WebsocketsSPDYTunnelingPortForwardV1)
		if err == nil {
			return portforward.NewTunnelingConnection("probetop", conn), nil
		}
		if !otherUpgrade(err) {
			return nil, err
		}
	}
	conn, err := u.spdy(ctx, target, constants.PortForwardV1Name)
	if err == nil {
		u.noWebSocket.Store(true)
	}
	return conn, err
}

// notUpgraded is an answer that is not the upgrade that was asked for.
type notUpgraded struct{ cause error }

// Error returns the text of the cause.
func (n *notUpgraded) Error() string { return n.cause.Error() }

// Unwrap returns the cause, a StatusError when the API server gave it.
func (n *notUpgraded) Unwrap() error { return n.cause }

// otherUpgrade reports whether a failure to upgrade lets one hope for the other kind: the server may know only one
// of them, and the rights to GET and to POST may differ.
func otherUpgrade(err error) bool {
	var n *notUpgraded
	if !errors.As(err, &n) {
		return httpstream.IsHTTPSProxyError(err)
	}
	var status apierrors.APIStatus
	if !errors.As(err, &status) {
		return true
	}
	code := status.Status().Code
	return code == http.StatusForbidden || code == http.StatusBadRequest || code == http.StatusMethodNotAllowed
}

// spdy upgrades a request to SPDY. A redirect is not followed: the error is a *model.Redirect then.
func (u *upgrader) spdy(ctx context.Context, target *url.URL, protocol string) (net.Conn, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, target.String(), nil)
	if err != nil {
		return nil, fmt.Errorf("making a request: %w", err)
	}
	r.Header.Set(httpstream.HeaderConnection, httpstream.HeaderUpgrade)
	r.Header.Set(httpstream.HeaderUpgrade, spdy.HeaderSpdy31)
	r.Header.Set(httpstream.HeaderProtocolVersion, protocol)
	response, err := u.client.RoundTrip(r)
	if err != nil {
		return nil, fmt.Errorf("opening a SPDY connection: %w", silenced(ctx, err))
	}
	if response.StatusCode != http.StatusSwitchingProtocols {
		defer func() { _ = response.Body.Close() }()
		if to := redirected(response, r); to != nil {
			return nil, fmt.Errorf("opening a SPDY connection: %w", to)
		}
		return nil, fmt.Errorf("opening a SPDY connection: %w", &notUpgraded{answered(response)})
	}
	body, ok := response.Body.(io.ReadWriteCloser)
	if !ok {
		_ = response.Body.Close()
		return nil, errors.New("opening a SPDY connection: the server says that it has, and closes it")
	}
	if got := response.Header.Get(httpstream.HeaderProtocolVersion); got != protocol {
		_ = response.Body.Close()
		return nil, fmt.Errorf("opening a SPDY connection: the server speaks %q, want %q", got, protocol)
	}
	return upgraded{body}, nil
}

// answered returns what a response other than an upgrade says.
func answered(r *http.Response) error {
	body, err := io.ReadAll(io.LimitReader(r.Body, textKept))
	if err != nil {
		return fmt.Errorf("reading the answer %s: %w", r.Status, err)
	}
	status := metav1.Status{}
	if json.Unmarshal(body, &status) == nil && status.Kind == "Status" {
		return &apierrors.StatusError{ErrStatus: status}
	}
	if r.StatusCode == http.StatusTooManyRequests {
		seconds, _ := strconv.Atoi(r.Header.Get("Retry-After"))
		return tooMany(fmt.Sprintf("%s: %s", r.Status, body), int32(min(max(seconds, 0), longestPause)))
	}
	return fmt.Errorf("%s: %s", r.Status, body)
}

// longestPause is how many seconds a server may ask for.
const longestPause = 600

// tooMany is the Status of a server that asks for a pause and does not write one, as an API server that ends does.
func tooMany(message string, seconds int32) error {
	return &apierrors.StatusError{ErrStatus: metav1.Status{
		Status: metav1.StatusFailure, Code: http.StatusTooManyRequests, Reason: metav1.StatusReasonTooManyRequests, Message: message,
		Details: &metav1.StatusDetails{RetryAfterSeconds: seconds},
	}}
}

// upgraded is the body of a response to an upgrade, as a connection. Its deadlines are not needed: what is carried
// inside has its own.
type upgraded struct{ io.ReadWriteCloser }

// LocalAddr implements net.Conn.
func (upgraded) LocalAddr() net.Addr { return &net.TCPAddr{} }

// RemoteAddr implements net.Conn.
func (upgraded) RemoteAddr() net.Addr { return &net.TCPAddr{} }

// SetDeadline implements net.Conn.
func (upgraded) SetDeadline(time.Time) error { return nil }

// SetReadDeadline implements net.Conn.
func (upgraded) SetReadDeadline(time.Time) error { return nil }

// SetWriteDeadline implements net.Conn.
func (upgraded) SetWriteDeadline(time.Time) error { return nil }
