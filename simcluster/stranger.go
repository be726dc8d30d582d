package simcluster

import (
	"crypto/tls"
	"fmt"
	"io"
	stdlog "log"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Stranger is a server that is no part of a cluster, such as one that a redirect leads to. It answers every request
// with 200, and remembers which of them had credentials. Its owner closes it.
type Stranger struct {
	// immutable after NewStranger
	// URL is its address, such as http://127.0.0.1:41873.
	URL    string
	server *http.Server
	served sync.WaitGroup

	mu sync.Mutex
	// guarded by mu
	requests int
	tokens   []string
}

// NewStranger starts a server on an address such as 127.0.0.1:0, over TLS or in plain text. Its certificate is for the
// loopback addresses, and of an authority that its clients do not know.
func NewStranger(address string, secure bool) (*Stranger, error) {
	l, err := listen(address)
	if err != nil {
		return nil, fmt.Errorf("opening a port: %w", err)
	}
	s := &Stranger{URL: "http://" + l.Addr().String()}
	s.server = &http.Server{
		Handler: http.HandlerFunc(s.handle), ErrorLog: stdlog.New(io.Discard, "", 0), ReadHeaderTimeout: time.Minute,
	}
	serve := s.server.Serve
	if secure {
		cert, _, err := newCertificate()
		if err != nil {
			return nil, err
		}
		s.URL = "https://" + l.Addr().String()
		s.server.TLSConfig = &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12}
		serve = func(l net.Listener) error { return s.server.ServeTLS(l, "", "") }
	}
	s.served.Go(func() { _ = serve(l) })
	return s, nil
}

// Close ends the server, and returns after it has ended.
func (s *Stranger) Close() {
	_ = s.server.Close()
	s.served.Wait()
}

// Requests returns how many requests have come.
func (s *Stranger) Requests() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.requests
}

// Tokens returns the credentials that have come, each with what was asked for.
func (s *Stranger) Tokens() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.tokens
}

func (s *Stranger) handle(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.requests++
	for _, name := range [...]string{"Authorization", "Cookie", "Proxy-Authorization"} {
		if value := strings.Join(r.Header.Values(name), " "); value != "" {
			s.tokens = append(s.tokens, r.Method+" "+r.URL.Path+": "+name+": "+value)
		}
	}
	s.mu.Unlock()
	w.WriteHeader(http.StatusOK)
}
