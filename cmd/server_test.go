package cmd_test

import (
	"bytes"
	"context"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/probetop/probetop/cmd"
)

// noon is the clock of every test.
var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// result is what a run of probetop left behind.
type result struct {
	code     int
	out, err string
}

// run runs probetop as a pipe would see it.
func run(t *testing.T, ctx context.Context, args ...string) result {
	t.Helper()
	var out, errs bytes.Buffer
	code := cmd.Execute(ctx, "probetop", args, cmd.Streams{
		In: strings.NewReader(""), Out: &out, Err: &errs, Now: func() time.Time { return noon }, Log: &cmd.DebugLog{},
	})
	return result{code, out.String(), errs.String()}
}

// api answers every list with the items of its resource, and every watch with silence. It is noon there.
type api map[string]string

func (a api) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Date", noon.Format(http.TimeFormat))
	q := r.URL.Query()
	if q.Get("sendInitialEvents") == "true" {
		w.WriteHeader(http.StatusUnprocessableEntity)
		fmt.Fprint(w, `{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"Invalid","code":422}`)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	if q.Get("watch") == "true" {
		w.WriteHeader(http.StatusOK)
		w.(http.Flusher).Flush()
		<-r.Context().Done()
		return
	}
	version := strings.TrimPrefix(strings.TrimPrefix(r.URL.Path, "/apis/"), "/api/")
	version = version[:strings.Index(version, "/v1")+3]
	if strings.HasPrefix(r.URL.Path, "/api/") {
		version = "v1"
	}
	kinds := map[string]string{"pods": "Pod", "events": "Event", "endpointslices": "EndpointSlice", "services": "Service", "nodes": "Node", "deployments": "Deployment"}
	resource := r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:]
	fmt.Fprintf(w, `{"kind":"%sList","apiVersion":%q,"metadata":{"resourceVersion":"1"},"items":[%s]}`, kinds[resource], version, a[resource])
}

// refusing answers every request with a Status of that code.
func refusing(code int, reason, message string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(code)
		fmt.Fprintf(w, `{"kind":"Status","apiVersion":"v1","status":"Failure","reason":%q,"message":%q,"code":%d}`, reason, message, code)
	})
}

// page answers every request as something in between does that is no API server.
func page(code int, body string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(code)
		fmt.Fprint(w, body)
	})
}

// hanging accepts every request and never answers.
func hanging(ctx context.Context) http.Handler {
	return http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-r.Context().Done():
		case <-ctx.Done():
		}
	})
}

// serve starts an API server and returns a kubeconfig for it.
func serve(t *testing.T, h http.Handler) string {
	t.Helper()
	server := httptest.NewTLSServer(h)
	t.Cleanup(server.Close)
	t.Cleanup(server.CloseClientConnections)
	ca := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	return kubeconfig(t, server.URL, ca)
}

// kubeconfig writes a kubeconfig of two contexts, here and there, and returns its path.
func kubeconfig(t *testing.T, url string, ca []byte) string {
	t.Helper()
	dir := t.TempDir()
	config := fmt.Sprintf(`
apiVersion: v1
kind: Config
current-context: here
clusters:
- {name: c, cluster: {server: %q, certificate-authority: ca.crt}}
users:
- {name: u, user: {token: secret}}
contexts:
- {name: here, context: {cluster: c, user: u, namespace: shop}}
- {name: there, context: {cluster: c, user: nobody}}
`, url)
	for name, data := range map[string]string{"config": config, "ca.crt": string(ca)} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(data), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, "config")
}
