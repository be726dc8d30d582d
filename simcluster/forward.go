package simcluster

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"

	"github.com/moby/spdystream"
	"k8s.io/cri-streaming/pkg/streaming/portforward"
	"k8s.io/streaming/pkg/httpstream/wsstream"
)

// forward serves pods/portforward the way a kubelet does.
func (s *session) forward() error {
	if s.behaviour == nil {
		return s.refuse(http.StatusInternalServerError, "pod not found (%q)", s.pod.Name+"_"+s.pod.Namespace)
	}
	w, r, opts := s.w, s.r, &portforward.V4Options{}
	if wsstream.IsWebSocketRequestWithTunnelingProtocol(r) {
		tunnel, err := newTunnel(w, r, portforward.SupportedProtocols)
		if err != nil {
			return nil //nolint:nilerr // The upgrade has answered.
		}
		defer func() { _ = tunnel.conn.Close() }()
		w, r = tunnel, tunnel.request(r)
	} else {
		var err error
		if opts, err = portforward.NewV4Options(r); err != nil {
			return s.refuse(http.StatusBadRequest, "%v", err)
		}
	}
	ctx, cancel := context.WithCancel(s.ctx)
	f := &forwarder{behaviour: s.behaviour, ctx: ctx}
	portforward.ServePortForward(uncomplaining{w}, r, f, sandboxID(s.pod.UID), "", opts, streamIdle, streamCreation, portforward.SupportedProtocols)
	cancel()
	f.close()
	return nil
}

// uncomplaining is a response that becomes a connection on which writing never fails, as it seems to a system that has not heard
// yet that the other side is gone. A reply that fails leaves a goroutine of the library waiting for ever.
type uncomplaining struct{ http.ResponseWriter }

// Hijack implements http.Hijacker.
func (u uncomplaining) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	c, rw, err := u.ResponseWriter.(http.Hijacker).Hijack()
	if err != nil {
		return nil, nil, err
	}
	return uncomplainingConn{c}, rw, nil
}

type uncomplainingConn struct{ net.Conn }

// Write implements net.Conn.
func (c uncomplainingConn) Write(p []byte) (int, error) {
	_, _ = c.Conn.Write(p)
	return len(p), nil
}

// sandboxID is what the runtime calls the pod.
func sandboxID[T ~string](uid T) string {
	sum := sha256.Sum256([]byte(uid))
	return hex.EncodeToString(sum[:])
}

// forwarder serves the connections of one tunnel. The library does not wait for them, so it does.
type forwarder struct {
	behaviour Behaviour
	// ctx ends with the tunnel.
	ctx     context.Context
	running sync.WaitGroup

	mu sync.Mutex
	// guarded by mu
	closed bool
}

// PortForward implements portforward.PortForwarder.
func (f *forwarder) PortForward(_ context.Context, _, _ string, port int32, stream io.ReadWriteCloser) error {
	if !f.begin() {
		return errors.New("the connection is gone")
	}
	defer f.running.Done()
	if s, ok := stream.(*spdystream.Stream); ok {
		if err := s.SendReply(http.Header{}, false); err != nil {
			return fmt.Errorf("replying: %w", err) // or the writer would wait for the reply
		}
		// The library ends no stream of a tunnel that went while a new one was asked for, and it may be read.
		context.AfterFunc(f.ctx, func() { _ = s.Reset() })
	}
	return f.behaviour.Forward(f.ctx, port, stream)
}

func (f *forwarder) begin() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.closed {
		f.running.Add(1)
	}
	return !f.closed
}

func (f *forwarder) close() {
	f.mu.Lock()
	f.closed = true
	f.mu.Unlock()
	f.running.Wait()
}
