package cmd_test

import (
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/probetop/probetop/simcluster"
)

// TestUsersInAddressesAreToldNowhere: not in what is printed, and not in the debug log.
func TestUsersInAddressesAreToldNowhere(t *testing.T) {
	t.Parallel()
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = closed.Close() }()
	silent := closed.Addr().String() // it accepts, and says nothing
	plain := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(plain.Close)
	const far = "https://192.0.2.1:6443" // one that a proxy of the environment is asked for
	for name, c := range map[string]struct {
		server, proxy, environment string
		code                       int
	}{
		"no answer":                 {server: "https://user:S3cr3t@" + silent, code: 3},
		"no TLS":                    {server: "https://user:S3cr3t@" + plain.Listener.Addr().String(), code: 3},
		"no name":                   {server: "https://user:S3cr3t@cluster.invalid:6443", code: 3},
		"a token alone":             {server: "https://S3cr3t@" + silent, code: 3},
		"without a scheme":          {server: "user:S3cr3t@" + silent, code: 3},
		"a slash in the password":   {server: "https://user:S3cr3t/S3cr3t@" + silent, code: 2},
		"a blank in the password":   {server: "https://user:S3cr3t S3cr3t@" + silent, code: 2},
		"a bad port":                {server: "https://user:S3cr3t@host:S3cr3t", code: 2},
		"a proxy":                   {server: far, proxy: "http://user:S3cr3t@" + plain.Listener.Addr().String(), code: 3},
		"a SOCKS proxy":             {server: far, proxy: "socks5://user:S3cr3t@" + silent, code: 3},
		"a proxy without a name":    {server: far, proxy: "http://user:S3cr3t@proxy.invalid:1", code: 3},
		"a proxy of another kind":   {server: far, proxy: "ftp://user:S3cr3t@" + silent, code: 2},
		"a proxy that is none":      {server: far, proxy: "http://user:S3cr3t/S3cr3t@" + silent, code: 2},
		"the environment's proxy":   {server: far, environment: "http://user:S3cr3t@" + plain.Listener.Addr().String(), code: 3},
		"the environment's is odd":  {server: far, environment: "http://user:S3cr3t/S3cr3t@" + silent, code: 3},
		"the environment's is none": {server: far, environment: "http://user:S3cr3t%zz@" + silent, code: 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			log := filepath.Join(t.TempDir(), "log")
			p := newProc(t, "get", "--kubeconfig", kubeconfig(t, "https://127.0.0.1:1", nil), "--server", c.server, "--proxy-url", c.proxy,
				"--insecure-skip-tls-verify", "--certificate-authority=", "--request-timeout", "1s", "--debug-log", log)
			p.Env = append(p.Env, "HTTPS_PROXY="+c.environment, "https_proxy="+c.environment, "NO_PROXY=", "no_proxy=")
			code := p.begin().ends()
			logged, err := os.ReadFile(log)
			if err != nil {
				t.Fatal(err)
			}
			if said := p.output() + string(logged); code != c.code || strings.Contains(said, "S3cr3t") || strings.Contains(said, "user:") {
				t.Errorf("exit code %d, want %d: %s", code, c.code, said)
			}
			if said := p.output(); strings.Count(said, "\n") != 1 || !strings.HasSuffix(said, ".\n") {
				t.Errorf("want a sentence, got %q", said)
			}
		})
	}
}

// guarded is an API server that remembers who asks.
type guarded struct {
	http.Handler
	mu   sync.Mutex
	seen []string
}

func (g *guarded) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	if who := r.Header.Get("Authorization"); !slices.Contains(g.seen, who) {
		g.seen = append(g.seen, who)
	}
	g.mu.Unlock()
	g.Handler.ServeHTTP(w, r)
}

// TestTheUserOfAnAddressIsSent as kubectl sends it: in place of what the kubeconfig says.
func TestTheUserOfAnAddressIsSent(t *testing.T) {
	t.Parallel()
	server := &guarded{Handler: shop}
	path := serve(t, server)
	config, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(strings.Replace(string(config), "https://", "https://me:pass%20word@", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	got := run(t, t.Context(), "get", "--kubeconfig", path, "-o", "name")
	if want := []string{"Basic bWU6cGFzcyB3b3Jk"}; got.code != 0 || !slices.Equal(server.seen, want) {
		t.Errorf("exit code %d, %q; asked by %q, want %q", got.code, got.err, server.seen, want)
	}
}

// TestARedirectIsNoWayToTheCluster: the command ends with who sends where, and what to do.
func TestARedirectIsNoWayToTheCluster(t *testing.T) {
	t.Parallel()
	elsewhere, err := simcluster.NewStranger("127.0.0.1:0", false)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(elsewhere.Close)
	cluster, path := village(t, villager("web", true, get("/healthz")))
	cluster.Faults().Add(simcluster.Fault{Do: simcluster.Redirect(strings.Replace(elsewhere.URL, "://", "://me:S3cr3t@", 1))})
	for _, args := range [][]string{{"get"}, {"get", "deploy/web"}, {"shadow", "pod/web"}, {"record", filepath.Join(t.TempDir(), "x.zst")}} {
		got := run(t, t.Context(), append(args, "--kubeconfig", path)...)
		want := "The API server " + cluster.URL() + " redirects to " + elsewhere.URL + "/api"
		if got.code != 3 || !strings.HasPrefix(got.err, want) || !strings.Contains(got.err, "where the credentials are not sent") ||
			!strings.Contains(got.err, "--server") || strings.Contains(got.err, "S3cr3t") {
			t.Errorf("%q: exit code %d, %q", args, got.code, got.err)
		}
	}
	if elsewhere.Requests() != 0 {
		t.Errorf("%d requests elsewhere, with the tokens %q, want none", elsewhere.Requests(), elsewhere.Tokens())
	}
}
