package simcluster

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	stdlog "log"
	"net"
	"net/http"
	"sync"
	"syscall"
	"time"
)

// reopening is how long Up tries to get its port back.
const reopening = 2 * time.Second

// front accepts connections while the cluster is up.
type front struct {
	// immutable after newFront
	handler   http.Handler
	tls       *tls.Config
	authority []byte
	address   string
	pipes     *pipes // nil when it listens on a port

	mu sync.Mutex
	// guarded by mu
	first net.Listener // what newFront has opened, until up takes it
	shift *shift       // nil while down
}

// shift is the time between an up and a down.
type shift struct {
	// immutable after up
	server *http.Server
	cancel context.CancelFunc
	// running counts the accepting goroutine, connections and requests.
	running sync.WaitGroup

	mu sync.Mutex
	// guarded by mu
	conns   map[net.Conn]bool // true for one that its request has taken over
	parting map[*net.TCPConn]bool
	over    bool // no request begins any more
}

func newFront(h http.Handler, inMemory bool) (*front, error) {
	cert, authority, err := newCertificate()
	if err != nil {
		return nil, err
	}
	f := &front{
		handler: h, authority: authority, address: "127.0.0.1:443",
		tls: &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12},
	}
	if inMemory {
		f.pipes = &pipes{}
		return f, nil
	}
	if f.first, err = listen("127.0.0.1:0"); err != nil {
		return nil, fmt.Errorf("opening a port: %w", err)
	}
	f.address = f.first.Addr().String()
	return f, nil
}

func listen(address string) (net.Listener, error) {
	return (&net.ListenConfig{}).Listen(context.Background(), "tcp", address)
}

// up does nothing when the front is up.
func (f *front) up() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.shift != nil {
		return nil
	}
	l, err := f.openLocked()
	if err != nil {
		return fmt.Errorf("opening %s again: %w", f.address, err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	s := &shift{cancel: cancel, conns: map[net.Conn]bool{}, parting: map[*net.TCPConn]bool{}}
	s.server = &http.Server{
		Handler: s.counting(f.handler), TLSConfig: f.tls.Clone(), ErrorLog: stdlog.New(io.Discard, "", 0),
		ReadHeaderTimeout: time.Minute, ConnState: s.track,
		BaseContext: func(net.Listener) context.Context { return ctx },
		ConnContext: func(ctx context.Context, c net.Conn) context.Context {
			return context.WithValue(ctx, connection{}, c)
		},
	}
	s.running.Go(func() { _ = s.server.ServeTLS(parting{l, s}, "", "") })
	f.shift = s
	return nil
}

func (f *front) openLocked() (l net.Listener, err error) {
	if f.pipes != nil {
		return f.pipes.open(), nil
	}
	if l, f.first = f.first, nil; l != nil {
		return l, nil
	}
	for end := time.Now().Add(reopening); ; time.Sleep(10 * time.Millisecond) {
		if l, err = listen(f.address); !errors.Is(err, syscall.EADDRINUSE) || time.Now().After(end) {
			return l, err
		}
	}
}

// down does nothing when the front is down.
func (f *front) down() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.shift == nil {
		return
	}
	f.shift.end()
	f.shift = nil
}

func (f *front) cut() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.shift != nil {
		f.shift.cut()
	}
}

func (s *shift) cut() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.conns {
		sever(c)
	}
	for c := range s.parting {
		_ = c.Close()
	}
}

// track is told by net/http of every connection's beginning and end.
func (s *shift) track(c net.Conn, state http.ConnState) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch state {
	case http.StateNew:
		s.conns[c] = false
		s.running.Add(1)
	case http.StateClosed:
		delete(s.conns, c)
		s.running.Done()
	case http.StateHijacked:
		s.conns[c] = true
		s.running.Done()
	}
}

func (s *shift) counting(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.begin() {
			defer s.running.Done()
			defer s.finish(r)
			h.ServeHTTP(w, r)
		}
	})
}

// finish closes the connection of a request that has taken it over.
func (s *shift) finish(r *http.Request) {
	c, ok := r.Context().Value(connection{}).(net.Conn)
	s.mu.Lock()
	over := ok && s.conns[c]
	if over {
		delete(s.conns, c)
	}
	s.mu.Unlock()
	if over {
		_ = c.Close()
	}
}

func (s *shift) begin() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.over {
		s.running.Add(1)
	}
	return !s.over
}

func (s *shift) end() {
	s.mu.Lock()
	s.over = true
	s.mu.Unlock()
	s.cut() // first, so that no client hears what requests make of the end of their context
	s.cancel()
	_ = s.server.Close()
	s.running.Wait()
}

// connection is the key under which a request's context has its connection.
type connection struct{}

// severed closes the connection that carries a request.
func severed(ctx context.Context) {
	if c, ok := ctx.Value(connection{}).(net.Conn); ok {
		sever(c)
	}
}

// sever closes a connection without TLS's goodbye.
func sever(c net.Conn) {
	if t, ok := c.(*tls.Conn); ok {
		c = t.NetConn()
	}
	if p, ok := c.(partingConn); ok {
		c = p.TCPConn
	}
	_ = c.Close()
}
