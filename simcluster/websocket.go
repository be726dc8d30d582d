package simcluster

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"

	gwebsocket "github.com/gorilla/websocket"
	constants "k8s.io/apimachinery/pkg/util/portforward"
	"k8s.io/client-go/tools/portforward"
	"k8s.io/streaming/pkg/httpstream"
	"k8s.io/streaming/pkg/httpstream/spdy"
	"k8s.io/streaming/pkg/httpstream/wsstream"
)

// tunnel is a response that has become a WebSocket with SPDY inside. To a server of SPDY it is a response that can
// be taken over: the answer to its upgrade has been given already.
type tunnel struct {
	conn     net.Conn
	protocol string
	header   http.Header
}

// newTunnel upgrades a request to a WebSocket. After an error there is nothing left to answer.
func newTunnel(w http.ResponseWriter, r *http.Request, protocols []string) (*tunnel, error) {
	protocol := ""
	for _, asked := range gwebsocket.Subprotocols(r) {
		inner, ok := strings.CutPrefix(asked, constants.WebsocketsSPDYTunnelingPrefix)
		if ok && slices.Contains(protocols, inner) {
			protocol = inner
			break
		}
	}
	if protocol == "" {
		http.Error(w, "unable to upgrade: no tunneling spdy protocols provided", http.StatusBadRequest)
		return nil, errors.New("no protocol that is served")
	}
	u := gwebsocket.Upgrader{
		CheckOrigin:  func(*http.Request) bool { return true },
		Subprotocols: []string{constants.WebsocketsSPDYTunnelingPrefix + protocol},
	}
	conn, err := u.Upgrade(w, r, nil)
	if err != nil {
		return nil, fmt.Errorf("upgrading to a WebSocket: %w", err)
	}
	return &tunnel{conn: portforward.NewTunnelingConnection("simcluster", conn), protocol: protocol, header: http.Header{}}, nil
}

// request returns the request that a client of SPDY would have made.
func (t *tunnel) request(r *http.Request) *http.Request {
	inner := r.Clone(r.Context())
	inner.Method = http.MethodPost
	inner.Header.Del(wsstream.WebSocketProtocolHeader)
	inner.Header.Set(httpstream.HeaderConnection, httpstream.HeaderUpgrade)
	inner.Header.Set(httpstream.HeaderUpgrade, spdy.HeaderSpdy31)
	inner.Header.Set(httpstream.HeaderProtocolVersion, t.protocol)
	return inner
}

// Header implements http.ResponseWriter.
func (t *tunnel) Header() http.Header { return t.header }

// WriteHeader implements http.ResponseWriter.
func (t *tunnel) WriteHeader(int) {}

// Write implements http.ResponseWriter.
func (t *tunnel) Write(p []byte) (int, error) { return len(p), nil }

// Hijack implements http.Hijacker.
func (t *tunnel) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	return t.conn, bufio.NewReadWriter(bufio.NewReader(t.conn), bufio.NewWriter(t.conn)), nil
}
