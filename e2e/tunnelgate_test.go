package e2e

import (
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/clientcmd/api"
)

// The protocols that a connection to a pod can be upgraded to.
const (
	overWebSocket = "websocket"
	overSPDY      = "spdy/3.1"
)

// tunnelGate is the API server as it looks to whom it upgrades to one protocol only, to make sure which one is spoken.
type tunnelGate struct {
	// immutable
	protocol   string
	kubeconfig string

	passed, refused atomic.Int64 // upgrades
}

// newTunnelGate opens a gate that lets one protocol through until the test ends. It adds the credentials of the tests.
func newTunnelGate(t *testing.T, protocol string) *tunnelGate {
	t.Helper()
	config := rest.CopyConfig(shared.config)
	config.NextProtos = []string{"http/1.1"} // HTTP/2 has no upgrades
	transport, err := rest.TransportFor(config)
	if err != nil {
		t.Fatalf("making a transport: %v", err)
	}
	server, err := url.Parse(config.Host)
	if err != nil {
		t.Fatalf("reading the server's address: %v", err)
	}
	proxy := &httputil.ReverseProxy{
		Transport: transport, Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(server) },
		ErrorLog: log.New(io.Discard, "", 0), // requests are given up all the time
	}
	g := &tunnelGate{protocol: protocol, kubeconfig: filepath.Join(t.TempDir(), "kubeconfig")}
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch wanted := r.Header.Get("Upgrade"); {
		case wanted == "":
		case !strings.EqualFold(wanted, protocol):
			g.refused.Add(1)
			http.Error(w, "this way is closed", http.StatusBadRequest)
			return
		default:
			g.passed.Add(1)
		}
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(front.Close)
	to := api.NewConfig()
	to.Clusters["gate"] = &api.Cluster{Server: front.URL}
	to.Contexts["gate"] = &api.Context{Cluster: "gate"}
	to.CurrentContext = "gate"
	if err := clientcmd.WriteToFile(*to, g.kubeconfig); err != nil {
		t.Fatalf("writing the gate's kubeconfig: %v", err)
	}
	return g
}
