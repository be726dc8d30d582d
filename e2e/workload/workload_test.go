package main

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	health "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"
)

// post turns a workload by a request.
func post(t *testing.T, w *workload, query string) {
	t.Helper()
	rec := httptest.NewRecorder()
	w.control().ServeHTTP(rec, httptest.NewRequest(http.MethodPost, "/turn?"+query, nil))
	if rec.Code != http.StatusOK {
		t.Fatalf("turning to %s: status %d: %s", query, rec.Code, rec.Body)
	}
}

func TestTurnedPathsAnswerAlone(t *testing.T) {
	w := newWorkload("127.0.0.1")
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer w.serveHTTP(l)()
	post(t, w, "handler=http&path=/livez&status=503")
	for path, want := range map[string]int{"/livez": 503, "/readyz": 200} {
		resp, err := http.Get("http://" + l.Addr().String() + path)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != want {
			t.Errorf("%s answers %d, want %d", path, resp.StatusCode, want)
		}
	}
}

func TestServicesAnswerTheirStatusOrCode(t *testing.T) {
	w := newWorkload("127.0.0.1")
	post(t, w, "handler=grpc&service=db&status=NOT_SERVING")
	post(t, w, "handler=grpc&service=lost&status=NOT_FOUND")
	c := checker{w: w}
	for service, want := range map[string]health.HealthCheckResponse_ServingStatus{
		"": health.HealthCheckResponse_SERVING, "db": health.HealthCheckResponse_NOT_SERVING,
	} {
		resp, err := c.Check(t.Context(), &health.HealthCheckRequest{Service: service})
		if err != nil || resp.Status != want {
			t.Errorf("service %q answers %v (%v), want %s", service, resp, err, want)
		}
	}
	if _, err := c.Check(t.Context(), &health.HealthCheckRequest{Service: "lost"}); status.Code(err) != codes.NotFound {
		t.Errorf("service lost answers %v, want NotFound", err)
	}
}

func TestServicesAnswerNothingGoodToClientsThatGaveUp(t *testing.T) {
	w := newWorkload("127.0.0.1")
	post(t, w, "handler=grpc&service=slow&delay=1h")
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	resp, err := checker{w: w}.Check(ctx, &health.HealthCheckRequest{Service: "slow"})
	if status.Code(err) != codes.DeadlineExceeded {
		t.Errorf("service slow answers %v (%v), want DeadlineExceeded", resp, err)
	}
}

func TestChecksAnswerOutputAndCode(t *testing.T) {
	w := newWorkload("127.0.0.1")
	post(t, w, "handler=exec&check=ready&status=3&output=FATAL%0Abye")
	for name, want := range map[string]string{"ready": "3 FATAL\nbye", "live": "0 "} {
		rec := httptest.NewRecorder()
		w.control().ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/check?name="+name, nil))
		body, err := io.ReadAll(rec.Body)
		if got := rec.Header().Get(exitHeader) + " " + string(body); err != nil || got != want {
			t.Errorf("check %s answers %q (%v), want %q", name, got, err, want)
		}
	}
}

func TestPortsOpenAndClose(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	_ = l.Close()
	w := newWorkload("127.0.0.1")
	w.ports["tcp"].address = address
	w.started = true
	for query, open := range map[string]bool{"handler=tcp&open=true": true, "handler=tcp&open=false": false} {
		post(t, w, query)
		conn, err := net.Dial("tcp", address)
		if err == nil {
			_ = conn.Close()
		}
		if (err == nil) != open {
			t.Errorf("after %s dialling gives %v", query, err)
		}
	}
}
