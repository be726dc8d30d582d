package prober

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/types"

	"github.com/probetop/probetop/model"
)

// Target is the pod at the far end of a Tunnel.
type Target struct {
	Namespace, Name string
	UID             types.UID
	// IP is the pod's own, as its status has it. It is the only address that is dialled.
	IP string
}

// errRetired is why a connection cannot be made through a Tunnel that is closed.
var errRetired = errors.New("the tunnel is closed")

// Tunnel is one port-forward connection to a pod. Connections through it do not disturb each other.
type Tunnel struct {
	*mux
	// immutable after newTunnel
	target  Target
	drained chan struct{} // closed when there is no connection and will be none

	mu sync.Mutex
	// guarded by mu
	conns   map[*conn]struct{}
	retired bool
	fragile bool      // the runtime is one at which a refused connection blocks others
	used    time.Time // when the last connection was closed
	request int
}

// newTunnel makes a Tunnel of an upgraded connection, which it closes.
func newTunnel(target Target, c net.Conn) (*Tunnel, error) {
	m, err := newMux(c)
	if err != nil {
		return nil, err
	}
	return &Tunnel{
		mux: m, target: target, drained: make(chan struct{}), conns: map[*conn]struct{}{}, used: time.Now(),
	}, nil
}

// RoundTrip returns how long it takes through the tunnel to the container runtime and back: the median of the
// newest measurements, which are pings and the replies to new streams. It is zero before the first.
func (t *Tunnel) RoundTrip() time.Duration { return t.trips.median() }

// Alive asks the runtime at the other end for a sign of life. It returns a *Broken when there is none within ctx, or
// none of it for two seconds, and ends the tunnel in the latter case. When it returns nil, what was sent before has arrived.
func (t *Tunnel) Alive(ctx context.Context) error { return t.responsive(ctx) }

// Dial opens a connection to a port of the target. It does not wait for the container: what the container's side
// says is told by the connection. The host of the address must be the target's IP; nothing else is ever dialled.
func (t *Tunnel) Dial(_ context.Context, network, address string) (net.Conn, error) {
	return t.dial(network, address, false)
}

// dial opens a connection; if it is to be alone, only when there is no other.
func (t *Tunnel) dial(network, address string, alone bool) (net.Conn, error) {
	port, err := t.port(network, address)
	if err != nil {
		return nil, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.endLocked()
	if t.retired || alone && len(t.conns) > 0 {
		return nil, &Broken{Err: errRetired}
	}
	t.request++
	c := newConn(t, port, strconv.Itoa(t.request))
	t.conns[c] = struct{}{}
	t.running.Go(c.run)
	return c, nil
}

func (t *Tunnel) port(network, address string) (uint16, error) {
	host, digits, err := net.SplitHostPort(address)
	if err != nil {
		return 0, &Broken{Err: fmt.Errorf("dialling %q: %w", address, err), Lack: model.LackUnsupported}
	}
	ip, err := netip.ParseAddr(host)
	if own, bad := netip.ParseAddr(t.target.IP); err != nil || bad != nil || ip != own {
		return 0, &Broken{Err: fmt.Errorf("dialling %q: not the pod's address %q", address, t.target.IP), Lack: model.LackHost}
	}
	port, err := strconv.ParseUint(digits, 10, 16)
	if err != nil || port == 0 || len(network) < 3 || network[:3] != "tcp" {
		return 0, &Broken{Err: fmt.Errorf("dialling %s %q: not a TCP port", network, address), Lack: model.LackUnsupported}
	}
	return uint16(port), nil
}

// release is called once by every connection.
func (t *Tunnel) release(c *conn) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.conns, c)
	t.used = time.Now()
	t.drainLocked()
}

func (t *Tunnel) drainLocked() {
	if !t.retired || len(t.conns) > 0 {
		return
	}
	select {
	case <-t.drained:
	default:
		close(t.drained)
	}
}

// idle returns how long there has been no connection; zero while there is one.
func (t *Tunnel) idle() time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.conns) > 0 {
		return 0
	}
	return time.Since(t.used)
}

// reserve says that a connection is about to be made, and reports whether one can be.
func (t *Tunnel) reserve() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.endLocked()
	if !t.retired {
		t.used = time.Now()
	}
	return !t.retired
}

// endLocked refuses new connections from now on when the way has broken.
func (t *Tunnel) endLocked() {
	if t.tap.why() != nil {
		t.retired = true
		t.drainLocked()
	}
}

// retire refuses new connections from now on, if there has been none for so long, and reports whether that is so.
func (t *Tunnel) retire(idle time.Duration) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.conns) > 0 || time.Since(t.used) < idle {
		return false
	}
	t.retired = true
	t.drainLocked()
	return true
}

// depart refuses new connections from now on. Those that are open go on.
func (t *Tunnel) depart() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.retired = true
	t.drainLocked()
}

func (t *Tunnel) isFragile() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.fragile
}

// leave refuses new connections from now on, because the runtime has left something unread. Those that are open go
// on.
func (t *Tunnel) leave() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.retired, t.fragile = true, true
	t.drainLocked()
}

// Close breaks every connection, and returns after all that the Tunnel has started has ended.
func (t *Tunnel) Close() {
	t.mu.Lock()
	t.retired = true
	conns := slices.Collect(maps.Keys(t.conns))
	t.mu.Unlock()
	t.tap.fail(errRetired)
	for _, c := range conns {
		c.breakOff(t.broken())
	}
	t.close()
}
