package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"time"
)

// serveHTTP answers every path with its turned status, 200 by default.
func (w *workload) serveHTTP(l net.Listener) (stop func()) {
	server := &http.Server{Handler: http.HandlerFunc(w.answerHTTP)}
	go func() { _ = server.Serve(l) }() // until it is closed
	return func() { _ = server.Close() }
}

// serveTLS does so behind a certificate that nobody has signed and that has expired.
func (w *workload) serveTLS(l net.Listener) (stop func()) {
	cert, err := expiredCertificate()
	if err != nil {
		log.Print(err)
	}
	return w.serveHTTP(tls.NewListener(l, &tls.Config{Certificates: []tls.Certificate{cert}}))
}

func (w *workload) answerHTTP(rw http.ResponseWriter, r *http.Request) {
	a := w.ask(r.Context(), "http", r.URL.Path)
	code, err := strconv.Atoi(a.status)
	if err != nil {
		code = http.StatusOK
	}
	if !has(r, a.wants) {
		code = http.StatusExpectationFailed
	}
	if a.denies != "" && a.denies == origin(r) {
		code = http.StatusForbidden
	}
	if a.location != "" {
		rw.Header().Set("Location", a.location)
	}
	switch a.breaks {
	case "headers":
		panic(http.ErrAbortHandler)
	case "reset":
		reset(rw)
		return
	}
	rw.WriteHeader(code)
	fmt.Fprintln(rw, http.StatusText(code)+a.output)
	if a.breaks == "body" {
		_ = http.NewResponseController(rw).Flush() // else nothing would be sent
		<-r.Context().Done()
	}
}

// reset ends a connection as a server does that has crashed.
func reset(rw http.ResponseWriter) {
	c, _, err := http.NewResponseController(rw).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler) // TLS, or HTTP/2
	}
	if tcp, ok := c.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = c.Close()
}

// has reports whether a request has a header whose value begins as wanted.
func has(r *http.Request, wanted string) bool {
	name, prefix, _ := strings.Cut(wanted, ": ")
	value := r.Header.Get(name)
	if name == "Host" {
		value = r.Host
	}
	return strings.HasPrefix(value, prefix)
}

// origin is where a request comes from: loopback, or others.
func origin(r *http.Request) string {
	if from, err := netip.ParseAddrPort(r.RemoteAddr); err == nil && from.Addr().Unmap().IsLoopback() {
		return "loopback"
	}
	return "others"
}

// expiredCertificate makes a certificate of its own authority, which was good until an hour ago.
func expiredCertificate() (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("generating a key: %w", err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-2 * time.Hour), NotAfter: time.Now().Add(-time.Hour),
	}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("signing a certificate: %w", err)
	}
	return tls.Certificate{Certificate: [][]byte{cert}, PrivateKey: key}, nil
}
