package simcluster_test

import (
	"io"
	"net/http"
	"testing"

	"k8s.io/client-go/rest"

	"github.com/probetop/probetop/simcluster"
)

// raw sends a GET as it is and returns the status code and the body.
func raw(t testing.TB, c *simcluster.Cluster, path, accept string) (int, string) {
	t.Helper()
	h, err := rest.HTTPClientFor(c.RESTConfig())
	if err != nil {
		t.Fatal(err)
	}
	defer h.CloseIdleConnections()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, c.URL()+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept", accept)
	resp, err := h.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(body)
}
