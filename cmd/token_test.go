package cmd

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"k8s.io/client-go/rest"
)

// gate is a server that lets one token in, and remembers what it was asked with.
type gate struct {
	mu   sync.Mutex
	good string
	seen []string
}

func (g *gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	defer g.mu.Unlock()
	token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	g.seen = append(g.seen, token)
	body, _ := io.ReadAll(r.Body)
	if token != g.good {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	_, _ = w.Write(body)
}

// asked returns the tokens since the last time.
func (g *gate) asked() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	seen := g.seen
	g.seen = nil
	return seen
}

// login writes a kubeconfig with a token in it.
func login(t *testing.T, path, server, token string) {
	t.Helper()
	config := fmt.Sprintf(`
apiVersion: v1
kind: Config
current-context: here
clusters: [{name: c, cluster: {server: %q, insecure-skip-tls-verify: true}}]
contexts: [{name: here, context: {cluster: c, user: u}}]
users: [{name: u, user: {token: %q}}]
`, server, token)
	if err := os.WriteFile(path, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestARefusedTokenIsReadAgain from the kubeconfig, and the request is made with the new one, without a restart.
func TestARefusedTokenIsReadAgain(t *testing.T) {
	t.Parallel()
	g := &gate{good: "first"}
	server := httptest.NewTLSServer(g)
	t.Cleanup(server.Close)
	path := filepath.Join(t.TempDir(), "config")
	login(t, path, server.URL, "first")
	c := newConnection()
	c.rules.ExplicitPath, c.overrides.Timeout = path, "0"
	to, err := c.target(nil)
	if err != nil {
		t.Fatal(err)
	}
	client, err := rest.HTTPClientFor(to.config)
	if err != nil {
		t.Fatal(err)
	}
	expect := func(when string, code int, tokens ...string) {
		t.Helper()
		answer, err := client.Post(server.URL, "text/plain", strings.NewReader("body"))
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = answer.Body.Close() }()
		body, _ := io.ReadAll(answer.Body)
		if answer.StatusCode != code || code == http.StatusOK && string(body) != "body" {
			t.Errorf("%s: status %d with %q, want %d", when, answer.StatusCode, body, code)
		}
		if seen := g.asked(); !slices.Equal(seen, tokens) {
			t.Errorf("%s: asked with %q, want %q", when, seen, tokens)
		}
	}
	accept := func(token string) {
		g.mu.Lock()
		defer g.mu.Unlock()
		g.good = token
	}
	expect("at first", 200, "first")
	accept("second")
	expect("refused, and nobody has logged in again", 401, "first")
	login(t, path, server.URL, "second")
	expect("after a new login", 200, "first", "second")
	expect("from then on", 200, "second")
	accept("third")
	login(t, path, "https://elsewhere.test", "third")
	expect("when the token is for another server", 401, "second")
	if err := os.WriteFile(path, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	expect("when the kubeconfig cannot be read", 401, "second")
	login(t, path, server.URL, "third")
	expect("when all is well again", 200, "second", "third")
}

// TestATokenOfTheCommandLineStays: there is nowhere to read another.
func TestATokenOfTheCommandLineStays(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "config")
	login(t, path, "https://cluster.test", "first")
	c := newConnection()
	c.rules.ExplicitPath, c.overrides.Timeout, c.overrides.AuthInfo.Token = path, "0", "flag"
	if to, err := c.target(nil); err != nil || to.config.BearerToken != "flag" {
		t.Errorf("got %+v, %v", to, err)
	}
}

// TestLinesToPasteHaveNoUser in their addresses.
func TestLinesToPasteHaveNoUser(t *testing.T) {
	t.Parallel()
	c := newConnection()
	for server, want := range map[string]string{
		"https://me:pw@host:1": "https://host:1", "https://pw@host": "https://host", "me:pw@host:1": "host:1", "https://host:1/x@y": "https://host:1/x@y",
		"https://me:p/w@host": "https://host",
	} {
		c.overrides.ClusterInfo.Server = server
		if got := c.kubectl("here"); !slices.Equal(got, []string{"--context", "here", "--server", want}) {
			t.Errorf("%s: got %q", server, got)
		}
	}
}
