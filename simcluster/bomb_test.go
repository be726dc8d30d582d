package simcluster_test

import (
	"bytes"
	"context"
	stdjson "encoding/json"
	"io"
	"net/http"
	"testing"
	"time"

	"k8s.io/client-go/rest"

	"github.com/probetop/probetop/simcluster"
)

// fetch asks a cluster for a path until the test's end, at the latest.
func fetch(t *testing.T, c *simcluster.Cluster, path string) *http.Response {
	t.Helper()
	client, err := rest.HTTPClientFor(c.RESTConfig())
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, c.URL()+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stop()
		_ = answer.Body.Close()
		client.CloseIdleConnections()
	})
	return answer
}

// TestBombs reads more of each bomb than a client should.
func TestBombs(t *testing.T) {
	const enough = 40 << 20
	for name, do := range map[string]simcluster.Action{"unfolds": simcluster.Unfold(), "floods": simcluster.Flood()} {
		for path, begin := range map[string]string{
			"/api/v1/pods":            `{"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"1"},"items":[`,
			"/api/v1/pods?watch=true": `{"type":"ADDED","object":{"kind":"Pod","apiVersion":"v1","metadata":{`,
		} {
			c := start(t, simcluster.Options{})
			c.Faults().Add(simcluster.Fault{Do: do})
			body := fetch(t, c, path).Body
			got := make([]byte, len(begin))
			if _, err := io.ReadFull(body, got); err != nil || string(got) != begin {
				t.Errorf("%s, %s: %q, %v", name, path, got, err)
			}
			if n, err := io.CopyN(io.Discard, body, enough); err != nil {
				t.Errorf("%s, %s: %d bytes, %v", name, path, n, err)
			}
		}
	}
}

// TestCrowd reads answers that are whole.
func TestCrowd(t *testing.T) {
	for path, most := range map[string]int{"/api/v1/pods": 32 << 20, "/api/v1/pods?watch=true": 8 << 20} {
		c := start(t, simcluster.Options{})
		c.Faults().Add(simcluster.Fault{Do: simcluster.Crowd()})
		body, err := io.ReadAll(fetch(t, c, path).Body)
		if err != nil || len(body) > most || !stdjson.Valid(body) || bytes.Count(body, []byte("{}")) < most/8 {
			t.Errorf("%s: %d bytes, %v", path, len(body), err)
		}
	}
}

// TestSkew sets the clock of a server.
func TestSkew(t *testing.T) {
	c := start(t, simcluster.Options{})
	for _, ahead := range []time.Duration{5 * time.Minute, -time.Hour, 0} {
		c.Skew(ahead)
		if got := fetch(t, c, "/version").Header.Get("Date"); got != noon.Add(ahead).Format(http.TimeFormat) || !c.Now().Equal(noon.Add(ahead)) {
			t.Errorf("%v ahead: %s, %v", ahead, got, c.Now())
		}
	}
}
