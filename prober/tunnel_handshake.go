package prober

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"

	gwebsocket "github.com/gorilla/websocket"
	utilnet "k8s.io/apimachinery/pkg/util/net"
	"k8s.io/client-go/transport"
	"k8s.io/streaming/pkg/httpstream/wsstream"
)

// messageRead is how much of a WebSocket is read or written at a time: what client-go takes, with the number of the stream.
const messageRead = 32<<10 + 1<<10

// webSocket upgrades a request to a WebSocket. A redirect is not followed: the error is a *model.Redirect then.
func (u *upgrader) webSocket(ctx context.Context, target *url.URL, protocol string) (*gwebsocket.Conn, error) {
	h, client, err := u.handshake()
	if err != nil {
		return nil, fmt.Errorf("making a transport: %w", err)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, target.String(), nil)
	if err != nil {
		return nil, fmt.Errorf("making a request: %w", err)
	}
	r.Header[wsstream.WebSocketProtocolHeader] = []string{protocol}
	if _, err := client.RoundTrip(r); err != nil { //nolint:bodyclose // What has become a WebSocket has none.
		return nil, fmt.Errorf("opening a WebSocket: %w", silenced(ctx, err))
	}
	if got := h.conn.Subprotocol(); got != protocol {
		_ = h.conn.Close()
		return nil, fmt.Errorf("opening a WebSocket: %w", &notUpgraded{fmt.Errorf("the server speaks %q, want %q", got, protocol)})
	}
	return h.conn, nil
}

// handshake returns what makes a WebSocket of one request, and the transport that gives it the credentials.
func (u *upgrader) handshake() (*handshake, http.RoundTripper, error) {
	c, err := u.config.TransportConfig()
	if err != nil {
		return nil, nil, err
	}
	h := &handshake{proxy: u.config.Proxy, dial: u.config.Dial}
	if h.tls, err = transport.TLSConfigFor(c); err != nil {
		return nil, nil, err
	}
	if h.proxy == nil {
		h.proxy = utilnet.NewProxierWithNoProxyCIDR(http.ProxyFromEnvironment)
	}
	if h.dial == nil {
		h.dial = (&net.Dialer{}).DialContext
	}
	client, err := transport.HTTPWrappersForConfig(c, h)
	return h, client, err
}

// handshake is a transport that makes a WebSocket of one request. Client-go's would not connect by the configuration's Dial, and would
// wait for a server that is silent until the time is up, whatever becomes of the context meanwhile.
type handshake struct {
	// immutable after upgrader.handshake
	tls   *tls.Config
	proxy func(*http.Request) (*url.URL, error)
	dial  func(ctx context.Context, network, address string) (net.Conn, error)
	// conn is the WebSocket after the round trip.
	conn *gwebsocket.Conn
}

// RoundTrip implements http.RoundTripper. An answer that is no upgrade is an error, a *notUpgraded or a *model.Redirect.
func (h *handshake) RoundTrip(r *http.Request) (*http.Response, error) {
	ctx := r.Context()
	var leaving func() bool
	d := gwebsocket.Dialer{
		Proxy: h.proxy, TLSClientConfig: h.tls, Subprotocols: r.Header[wsstream.WebSocketProtocolHeader],
		ReadBufferSize: messageRead, WriteBufferSize: messageRead,
		NetDialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			c, err := h.dial(ctx, network, address)
			if err == nil {
				leaving = context.AfterFunc(ctx, func() { _ = c.Close() })
			}
			return c, err
		},
	}
	header := r.Header.Clone()
	delete(header, wsstream.WebSocketProtocolHeader)
	u := *r.URL
	u.Scheme = map[string]string{"https": "wss", "http": "ws"}[u.Scheme]
	conn, answer, err := d.DialContext(ctx, u.String(), header)
	if leaving != nil && !leaving() { // the connection is closed, or will be
		if err == nil {
			_ = conn.Close()
		}
		return nil, ctx.Err()
	}
	if errors.Is(err, gwebsocket.ErrBadHandshake) && answer != nil {
		if to := redirected(answer, r); to != nil {
			return nil, to
		}
		return nil, &notUpgraded{answered(answer)}
	}
	if err != nil {
		return nil, err
	}
	h.conn = conn
	return answer, nil
}
