package simcluster

import (
	"context"
	"io"
	"net"
	"sync"
	"time"
)

// Way is a direction of what a Link carries.
type Way uint8

// The ways.
const (
	// Up is from the client to the server.
	Up Way = iota
	// Down is from the server to the client.
	Down
)

// Link is the network between a client and a server, on which things go wrong without either of them knowing. Like a network
// it takes what is sent to it and delivers it later, or never.
type Link struct {
	dial func(ctx context.Context, network, address string) (net.Conn, error) // immutable

	mu sync.Mutex
	// guarded by mu
	frozen  bool
	delay   time.Duration
	pace    int // bytes a second; zero for as many as come
	lost    [2]bool
	conns   map[*linkConn]struct{}
	changed chan struct{} // closed when the above is another
}

// NewLink returns a link that dial leads through, such as rest.Config.Dial. Nothing goes wrong on it.
func NewLink(dial func(ctx context.Context, network, address string) (net.Conn, error)) *Link {
	return &Link{dial: dial, conns: map[*linkConn]struct{}{}, changed: make(chan struct{})}
}

// Freeze stops everything that is under way, new connections too, until Thaw. What is sent meanwhile arrives then.
func (l *Link) Freeze() { l.change(func() { l.frozen = true }) }

// Thaw ends Freeze.
func (l *Link) Thaw() { l.change(func() { l.frozen = false }) }

// Delay makes everything take so much longer.
func (l *Link) Delay(d time.Duration) { l.change(func() { l.delay = d }) }

// Drip lets so many bytes a second through, each way and connection; zero for all.
func (l *Link) Drip(bytes int) { l.change(func() { l.pace = bytes }) }

// Lose makes what is sent one way vanish, or ends that.
func (l *Link) Lose(way Way, yes bool) { l.change(func() { l.lost[way] = yes }) }

// HalfClose ends one way of every connection in good order, and leaves the other open.
func (l *Link) HalfClose(way Way) {
	for _, c := range l.all() {
		c.halfClose(way)
	}
}

// Cut closes every connection.
func (l *Link) Cut() {
	for _, c := range l.all() {
		_ = c.Close()
	}
}

func (l *Link) change(f func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	f()
	close(l.changed)
	l.changed = make(chan struct{})
}

func (l *Link) all() []*linkConn {
	l.mu.Lock()
	defer l.mu.Unlock()
	var all []*linkConn
	for c := range l.conns {
		all = append(all, c)
	}
	return all
}

// Dial connects through the link.
func (l *Link) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	if err := l.passable(ctx, nil); err != nil {
		return nil, err
	}
	server, err := l.dial(ctx, network, address)
	if err != nil {
		return nil, err
	}
	near, far := net.Pipe()
	c := &linkConn{Conn: near, link: l, far: far, server: server, done: make(chan struct{})}
	l.mu.Lock()
	l.conns[c] = struct{}{}
	l.mu.Unlock()
	go c.carry(Up, server, far)
	go c.carry(Down, far, server)
	return c, nil
}

// passable returns when nothing is frozen, with ctx's error, or when done is closed.
func (l *Link) passable(ctx context.Context, done <-chan struct{}) error {
	for {
		l.mu.Lock()
		frozen, changed := l.frozen, l.changed
		l.mu.Unlock()
		if !frozen {
			return nil
		}
		select {
		case <-changed:
		case <-done:
			return net.ErrClosed
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// linkConn is the client's end of a connection.
type linkConn struct {
	net.Conn
	link        *Link
	far, server net.Conn
	close       sync.Once
	done        chan struct{}

	mu   sync.Mutex
	deaf bool // the server's way has ended; guarded by mu
}

// Write implements net.Conn. What is sent after the other side has ended its way is taken, and goes nowhere.
func (c *linkConn) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	c.mu.Lock()
	defer c.mu.Unlock()
	if err != nil && c.deaf {
		return len(p), nil
	}
	return n, err
}

// Close implements net.Conn.
func (c *linkConn) Close() error {
	c.close.Do(func() {
		close(c.done)
		_ = c.Conn.Close()
		_ = c.far.Close()
		_ = c.server.Close()
		c.link.mu.Lock()
		delete(c.link.conns, c)
		c.link.mu.Unlock()
	})
	return nil
}

func (c *linkConn) halfClose(way Way) {
	if way == Down {
		c.mu.Lock()
		c.deaf = true
		c.mu.Unlock()
		_ = c.far.Close()
		return
	}
	if half, ok := c.server.(interface{ CloseWrite() error }); ok {
		_ = half.CloseWrite()
		return
	}
	_ = c.server.Close() // a pipe has no half
}

// parcel is what was sent at a time.
type parcel struct {
	data []byte
	at   time.Time
}

// underWay is how many parcels a way holds before senders wait.
const underWay = 64

// carry delivers what comes one way, when the link lets it through.
func (c *linkConn) carry(way Way, to io.Writer, from io.Reader) {
	parcels := make(chan parcel, underWay)
	go func() {
		defer close(parcels)
		for {
			data := make([]byte, 16<<10)
			n, err := from.Read(data)
			if n > 0 {
				select {
				case parcels <- parcel{data[:n], time.Now()}:
				case <-c.done:
					return
				}
			}
			if err != nil {
				return
			}
		}
	}()
	for p := range parcels {
		if !c.deliver(way, to, p) {
			break
		}
	}
	c.mu.Lock()
	deaf := c.deaf
	c.mu.Unlock()
	if !deaf {
		_ = c.Close()
	}
}

// deliver writes a parcel when its time has come. It reports false when the connection is over.
func (c *linkConn) deliver(way Way, to io.Writer, p parcel) bool {
	for len(p.data) > 0 {
		if c.link.passable(context.Background(), c.done) != nil {
			return false
		}
		c.link.mu.Lock()
		delay, pace, lost := c.link.delay, c.link.pace, c.link.lost[way]
		c.link.mu.Unlock()
		if lost {
			return true
		}
		part := p.data
		if pace > 0 {
			part = p.data[:1]
			delay = time.Since(p.at) + time.Second/time.Duration(pace)
		}
		if !c.rest(time.Until(p.at.Add(delay))) || c.link.passable(context.Background(), c.done) != nil {
			return false
		}
		if _, err := to.Write(part); err != nil {
			return false
		}
		p.data = p.data[len(part):]
	}
	return true
}

// rest waits, and reports false when the connection is over.
func (c *linkConn) rest(d time.Duration) bool {
	if d <= 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-c.done:
		return false
	}
}
