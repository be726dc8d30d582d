package watch

import (
	"context"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// dialTimeout is how long a connection may take to be made: while a network is gone, each attempt waits for that long.
	dialTimeout = 5 * time.Second
	// keepAlive is how often TCP asks whether the other side is there; client-go's own value.
	keepAlive = 30 * time.Second
)

// dialFunc makes connections, as rest.Config.Dial does.
type dialFunc = func(ctx context.Context, network, address string) (net.Conn, error)

// lines are the connections of a client. They can be given up when nothing arrives on them any more: HTTP/2 would go on to
// use one that has frozen.
type lines struct {
	dial dialFunc // immutable

	began time.Time
	read  atomic.Int64 // when something arrived last, since began

	mu   sync.Mutex
	open map[*line]struct{} // guarded by mu
}

// newLines returns lines that dial makes; nil for an ordinary dialer.
func newLines(dial dialFunc) *lines {
	if dial == nil {
		dial = (&net.Dialer{KeepAlive: keepAlive}).DialContext
	}
	return &lines{dial: dial, began: time.Now(), open: map[*line]struct{}{}}
}

// connect makes a connection.
func (l *lines) connect(ctx context.Context, network, address string) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	conn, err := l.dial(ctx, network, address)
	if err != nil {
		return nil, err
	}
	made := &line{Conn: conn, lines: l}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.open[made] = struct{}{}
	return made, nil
}

// silence is for how long nothing has arrived on any of them.
func (l *lines) silence() time.Duration { return time.Since(l.began) - time.Duration(l.read.Load()) }

// cut closes all of them.
func (l *lines) cut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for line := range l.open {
		_ = line.Conn.Close()
	}
	clear(l.open)
}

// line is one connection.
type line struct {
	net.Conn
	lines *lines
}

// Read implements net.Conn.
func (l *line) Read(p []byte) (int, error) {
	n, err := l.Conn.Read(p)
	if n > 0 {
		l.lines.read.Store(int64(time.Since(l.lines.began)))
	}
	return n, err
}

// Close implements net.Conn.
func (l *line) Close() error {
	l.lines.mu.Lock()
	delete(l.lines.open, l)
	l.lines.mu.Unlock()
	return l.Conn.Close()
}
