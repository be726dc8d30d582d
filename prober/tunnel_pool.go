package prober

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/rest"

	"github.com/probetop/probetop/model"
)

// PoolOptions are what may differ between pools. The zero value is fine.
type PoolOptions struct {
	// Idle is how long a tunnel without connections is kept; 30 s when zero.
	Idle time.Duration
	// Opening is how long the opening of a tunnel, and that of a command's connection, may take; 10 s when zero.
	Opening time.Duration
	// Tunnels is how many there may be at once; 64 when zero. When there are more pods, the one that was used
	// longest ago makes room.
	Tunnels int
	// Beat is how often a tunnel is asked for a sign of life; 10 s when zero.
	Beat time.Duration
	// Confirm is asked, after a tunnel was opened, whether the target is still the pod that has its name: tunnels are
	// opened by name. Nothing is asked when nil.
	Confirm func(ctx context.Context, target Target) error
}

// errReplaced is why there is no tunnel to a pod whose name another has now.
var errReplaced = errors.New("the pod has been replaced by another of the same name")

// Pool holds the tunnels to pods, by their UID. All methods may be called from any goroutine.
type Pool struct {
	// immutable after NewPool
	upgrader   *upgrader
	opts       PoolOptions
	unfinished *unfinished
	ctx        context.Context
	cancel     context.CancelFunc
	running    sync.WaitGroup

	mu sync.Mutex
	// guarded by mu
	closed bool
	slots  map[types.UID]*slot
	// leaving are those that take no connections any more, until the last one is closed.
	leaving map[*slot]struct{}
	// fragile are the pods to which no two connections share a tunnel: their runtime lets one block others.
	fragile map[types.UID]struct{}
}

// slot is the place of one pod's tunnel.
type slot struct {
	target Target
	cancel context.CancelFunc
	opened chan struct{}
	// tunnel and err are set when opened is closed.
	tunnel *Tunnel
	err    error
}

// NewPool returns a pool without tunnels. Its owner closes it.
func NewPool(config *rest.Config, opts PoolOptions) (*Pool, error) {
	u, err := newUpgrader(config)
	if err != nil {
		return nil, err
	}
	opts.Idle = cmp.Or(opts.Idle, 30*time.Second)
	opts.Opening = cmp.Or(opts.Opening, 10*time.Second)
	opts.Tunnels = cmp.Or(opts.Tunnels, 64)
	opts.Beat = cmp.Or(opts.Beat, 10*time.Second)
	p := &Pool{
		upgrader: u, opts: opts, slots: map[types.UID]*slot{}, leaving: map[*slot]struct{}{},
		fragile:    map[types.UID]struct{}{},
		unfinished: &unfinished{runs: map[model.Key]*running{}},
	}
	p.ctx, p.cancel = context.WithCancel(context.Background())
	return p, nil
}

// Open opens the tunnel to a pod unless it is open, and returns its round trip. A probe that is run after that is
// not held up by it. The error is a *Broken, whose Lack says whether that was forbidden or the pod is gone.
func (p *Pool) Open(ctx context.Context, target Target) (time.Duration, error) {
	for range reopenings {
		t, err := p.tunnel(ctx, target)
		if err != nil {
			return 0, err
		}
		if !t.reserve() {
			p.forget(t)
			continue
		}
		if t.RoundTrip() == 0 {
			if err := t.Alive(ctx); err != nil {
				return 0, err
			}
		}
		return t.RoundTrip(), nil
	}
	return 0, &Broken{Err: errRetired}
}

// reopenings is how often a tunnel is looked for: it may end between two steps, or be taken by another caller who is to be
// alone.
const reopenings = 8

// Dial returns a Dial to a pod. Its errors, and those of its connections, are *Broken, *Refusal, or what a TCP
// connection to the container would return.
func (p *Pool) Dial(target Target) Dial {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		for range reopenings {
			t, err := p.tunnel(ctx, target)
			if err != nil {
				return nil, err
			}
			c, err := t.dial(network, address, p.isFragile(target.UID))
			if !errors.Is(err, errRetired) {
				return c, err
			}
			p.forget(t)
		}
		return nil, &Broken{Err: errRetired}
	}
}

// Alive asks the far end of a pod's tunnel for a sign of life. The error is a *Broken.
func (p *Pool) Alive(target Target) func(ctx context.Context) error {
	return p.asking(target, (*Tunnel).Alive)
}

// Ping does so as well, takes no longer than the way there and back, and waits for as long as its context lets it.
func (p *Pool) Ping(target Target) func(ctx context.Context) error {
	return p.asking(target, func(t *Tunnel, ctx context.Context) error { return t.ask(ctx) })
}

func (p *Pool) asking(target Target, ask func(*Tunnel, context.Context) error) func(ctx context.Context) error {
	return func(ctx context.Context) error {
		p.mu.Lock()
		s := p.slots[target.UID]
		p.mu.Unlock()
		if s == nil {
			return &Broken{Err: errRetired}
		}
		t, err := s.wait(ctx)
		if err != nil {
			return err
		}
		return ask(t, ctx)
	}
}

// Forget closes the tunnel to a pod that is gone. It does not wait.
func (p *Pool) Forget(uid types.UID) {
	p.unfinished.forget(uid)
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.fragile, uid)
	if s := p.slots[uid]; s != nil {
		delete(p.slots, uid)
		s.cancel()
	}
	for s := range p.leaving {
		if s.target.UID == uid {
			s.cancel()
		}
	}
}

// Close closes all tunnels, and returns after everything the pool has started has ended.
func (p *Pool) Close() {
	p.mu.Lock()
	p.closed = true
	p.mu.Unlock()
	p.cancel()
	p.running.Wait()
	p.upgrader.close()
}

// tunnel returns the tunnel to a pod, and opens it when there is none.
func (p *Pool) tunnel(ctx context.Context, target Target) (*Tunnel, error) {
	s, err := p.slot(target)
	if err != nil {
		return nil, err
	}
	return s.wait(ctx)
}

func (s *slot) wait(ctx context.Context) (*Tunnel, error) {
	select {
	case <-s.opened:
		return s.tunnel, s.err
	case <-ctx.Done():
		return nil, &Broken{Err: fmt.Errorf("waiting for the tunnel to %s/%s: %w", s.target.Namespace, s.target.Name, ctx.Err())}
	}
}

// current returns the tunnel if it is open.
func (s *slot) current() *Tunnel {
	select {
	case <-s.opened:
		return s.tunnel
	default:
		return nil
	}
}

func (p *Pool) slot(target Target) (*slot, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return nil, &Broken{Err: errRetired}
	}
	if s := p.slots[target.UID]; s != nil {
		return s, nil
	}
	if len(p.slots)+len(p.leaving) >= p.opts.Tunnels && !p.evictLocked() {
		return nil, &Broken{Err: fmt.Errorf("opening a tunnel: all %d are in use", p.opts.Tunnels)}
	}
	ctx, cancel := context.WithCancel(p.ctx)
	s := &slot{target: target, cancel: cancel, opened: make(chan struct{})}
	p.slots[target.UID] = s
	p.running.Go(func() { p.keep(ctx, s) })
	return s, nil
}

// evictLocked makes room: the tunnel that was used longest ago goes. It reports whether there was one.
func (p *Pool) evictLocked() bool {
	oldest := (*slot)(nil)
	longest := time.Duration(0)
	for _, s := range p.slots {
		if t := s.current(); t != nil && t.idle() > longest {
			oldest, longest = s, t.idle()
		}
	}
	if oldest == nil {
		return false
	}
	if !oldest.tunnel.retire(0) {
		return false // it is used again
	}
	p.leaveLocked(oldest)
	return true
}

// leaveLocked takes a slot out. Connections through its tunnel go on.
func (p *Pool) leaveLocked(s *slot) {
	delete(p.slots, s.target.UID)
	p.leaving[s] = struct{}{}
}

// keep opens the tunnel of a slot, keeps it as long as it is used, and closes it.
func (p *Pool) keep(ctx context.Context, s *slot) {
	defer s.cancel()
	s.tunnel, s.err = p.open(ctx, s.target)
	if s.err != nil {
		p.drop(s)
		close(s.opened)
		return
	}
	close(s.opened)
	p.watch(ctx, s.tunnel)
	p.drop(s)
	s.tunnel.Close()
}

func (p *Pool) open(ctx context.Context, target Target) (*Tunnel, error) {
	opening, cancel := context.WithTimeout(ctx, p.opts.Opening)
	defer cancel()
	t, err := p.connect(opening, target)
	if err != nil {
		err = fmt.Errorf("opening a tunnel to %s/%s: %w", target.Namespace, target.Name, err)
		return nil, &Broken{Err: err, Lack: lack(err)}
	}
	return t, nil
}

func (p *Pool) connect(ctx context.Context, target Target) (*Tunnel, error) {
	answering, done := p.upgrader.pulse.during(ctx)
	c, err := p.upgrader.portForward(answering, target)
	done()
	if err != nil {
		return nil, err
	}
	t, err := newTunnel(target, c)
	if err != nil || p.opts.Confirm == nil {
		return t, err
	}
	if err := p.opts.Confirm(ctx, target); err != nil {
		t.Close()
		return nil, err
	}
	return t, nil
}

// watch returns when a tunnel has ended, is silent, or has no connection and will have none.
func (p *Pool) watch(ctx context.Context, t *Tunnel) {
	beat := time.NewTicker(min(p.opts.Beat, p.opts.Idle))
	defer beat.Stop()
	for t.Alive(ctx) == nil {
		select {
		case <-beat.C:
			if t.retire(p.opts.Idle) {
				return
			}
		case <-t.drained:
			return
		case <-t.ended:
			return
		case <-ctx.Done():
			return
		}
	}
}

// drop takes a slot out, unless it has been replaced.
func (p *Pool) drop(s *slot) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.leaving, s)
	if p.slots[s.target.UID] == s {
		delete(p.slots, s.target.UID)
	}
}

// forget takes the slot of a tunnel out, which takes no connections from now on.
func (p *Pool) forget(t *Tunnel) {
	t.depart()
	p.mu.Lock()
	defer p.mu.Unlock()
	if s := p.slots[t.target.UID]; s != nil && s.current() == t {
		p.leaveLocked(s)
	}
	if t.isFragile() {
		p.fragile[t.target.UID] = struct{}{}
	}
}

func (p *Pool) isFragile(uid types.UID) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	_, fragile := p.fragile[uid]
	return fragile
}
