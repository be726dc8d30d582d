package main

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"
	"time"
)

// listenTo serves a workload's HTTP or TLS on a free port and returns its address.
func listenTo(t *testing.T, serve func(net.Listener) func()) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(serve(l))
	return l.Addr().String()
}

func TestStatusesAnswerInTurnAndTheLastForGood(t *testing.T) {
	w := newWorkload("127.0.0.1")
	address := listenTo(t, w.serveHTTP)
	post(t, w, "handler=http&status=200,500,503")
	for i, want := range []int{200, 500, 503, 503} {
		resp, err := http.Get("http://" + address)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != want {
			t.Errorf("answer %d is %d, want %d", i, resp.StatusCode, want)
		}
	}
}

func TestBrokenAnswersDoNotEnd(t *testing.T) {
	w := newWorkload("127.0.0.1")
	address := listenTo(t, w.serveHTTP)
	post(t, w, "handler=http&path=/headers&breaks=headers")
	post(t, w, "handler=http&path=/reset&breaks=reset")
	post(t, w, "handler=http&path=/body&breaks=body&status=500")
	client := &http.Client{Timeout: 200 * time.Millisecond}
	if resp, err := client.Get("http://" + address + "/reset"); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("a reset gives %v and %v", resp, err)
	}
	if resp, err := client.Get("http://" + address + "/headers"); !errors.Is(err, io.EOF) {
		t.Errorf("broken headers give %v and %v, want EOF", resp, err)
	}
	resp, err := client.Get("http://" + address + "/body")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	var timeout net.Error
	if resp.StatusCode != 500 || !strings.HasPrefix(string(body), "Internal") || !errors.As(err, &timeout) || !timeout.Timeout() {
		t.Errorf("a broken body is %q with status %d, and ends with %v, want a timeout", body, resp.StatusCode, err)
	}
}

func TestWantedHeaders(t *testing.T) {
	w := newWorkload("127.0.0.1")
	address := listenTo(t, w.serveHTTP)
	for query, want := range map[string]int{"wants=Accept:+text": 200, "wants=Accept:+image": 417, "wants=Host:+shop": 200, "wants=Via:+proxy": 417} {
		post(t, w, "handler=http&"+query)
		req, err := http.NewRequest(http.MethodGet, "http://"+address, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Host = "shop.example.com"
		req.Header.Set("Accept", "text/html")
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != want {
			t.Errorf("%s answers %d, want %d", query, resp.StatusCode, want)
		}
	}
}

func TestDeniedOrigins(t *testing.T) {
	w := newWorkload("127.0.0.1")
	for query, want := range map[string]map[string]int{
		"denies=loopback": {"127.0.0.1:40000": 403, "[::1]:40000": 403, "[::ffff:127.0.0.1]:40000": 403, "10.0.0.1:40000": 200},
		"denies=others":   {"127.0.0.1:40000": 200, "[::1]:40000": 200, "[::ffff:127.0.0.1]:40000": 200, "10.0.0.1:40000": 403},
	} {
		post(t, w, "handler=http&"+query)
		for from, want := range want {
			req, rec := httptest.NewRequest(http.MethodGet, "/", nil), httptest.NewRecorder()
			req.RemoteAddr = from
			w.answerHTTP(rec, req)
			if rec.Code != want {
				t.Errorf("%s answers %s with %d, want %d", query, from, rec.Code, want)
			}
		}
	}
}

func TestTheCertificateHasExpired(t *testing.T) {
	w := newWorkload("127.0.0.1")
	conn, err := tls.Dial("tcp", listenTo(t, w.serveTLS), &tls.Config{InsecureSkipVerify: true})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	cert := conn.ConnectionState().PeerCertificates[0]
	pool := x509.NewCertPool()
	pool.AddCert(cert)
	var invalid x509.CertificateInvalidError
	if _, err := cert.Verify(x509.VerifyOptions{Roots: pool}); !errors.As(err, &invalid) || invalid.Reason != x509.Expired {
		t.Errorf("verifying the certificate gives %v, want that it has expired", err)
	}
}
