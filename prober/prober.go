package prober

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"github.com/probetop/probetop/model"
	"github.com/probetop/probetop/recording/mask"
)

// Options say what a Prober may do. The zero value is fine.
type Options struct {
	// InFlight is how many probes are run at once, 64 when zero; PerSecond how many are started in a second, 20 when
	// zero. Of one pod they are run one after the other.
	InFlight, PerSecond int
	// AllowExec lets exec probes be run without asking: each runs a command in the container.
	AllowExec bool
	// Kubectl are the flags that lead kubectl to the same cluster, for the command line in a transcript.
	Kubectl []string
	// Clock tells what time it was in the cluster when time.Now returned t; nil for the same.
	Clock func(t time.Time) time.Time
	// Mask says how what a transcript and a report tell is masked. What is asked of a container is not.
	Mask mask.Policy
	// All runs all probes by themselves when Auto is on, also of pods that are not in view and do not fail.
	All bool
}

// Prober runs probes, by hand and by itself. Its methods may be called from any goroutine.
type Prober struct {
	// immutable after New
	ways    Ways
	opts    Options
	limits  *limits
	reports *Reports
	ctx     context.Context
	cancel  context.CancelFunc
	running sync.WaitGroup

	mu sync.Mutex
	// guarded by mu
	closed bool
	auto   bool
	view   map[model.UID]bool
	// rows are those of the newest snapshot; following is set once there was one.
	rows      map[model.UID]*model.Row
	following bool
	workers   map[model.UID]map[model.Key]*worker
	places    map[model.UID]*place
	backoff   backoff // from the API server
	// underway are the probes that are being run. The slice is replaced, never written to.
	underway []model.Key
	denied   map[denial]struct{}
}

// denial is a subresource that may not be used in a namespace.
type denial struct{ namespace, subresource string }

// State is what a Prober does, and what it may do.
type State struct {
	// Auto is set while probes are run by themselves.
	Auto bool
	// Exec is set when exec probes are run without asking.
	Exec bool
	// Running lists the probes that are being run, in the order in which they began. It is never written to.
	Running []model.Key
	// Lack says in a few words what may not be done; empty when nothing is known to be missing.
	Lack string
}

// New returns a Prober that does nothing yet. Its owner closes it, and the ways after it.
func New(ways Ways, opts Options) *Prober {
	opts.InFlight = cmp.Or(opts.InFlight, 64)
	opts.PerSecond = cmp.Or(opts.PerSecond, 20)
	if opts.Clock == nil {
		opts.Clock = func(t time.Time) time.Time { return t }
	}
	p := &Prober{
		ways: ways, opts: opts, limits: newLimits(opts.InFlight, opts.PerSecond), reports: newReports(),
		rows: map[model.UID]*model.Row{}, workers: map[model.UID]map[model.Key]*worker{}, places: map[model.UID]*place{},
		denied: map[denial]struct{}{},
	}
	p.ctx, p.cancel = context.WithCancel(context.Background())
	return p
}

// Reports returns the source of what all runs come to.
func (p *Prober) Reports() *Reports { return p.reports }

// Run runs a probe once, and returns how that went. An exec probe is run only when that was confirmed, or when
// the options allow it. It waits for other runs as the limits have it, and gives up when ctx ends.
func (p *Prober) Run(ctx context.Context, s Subject, confirmed bool) (Transcript, *model.Shadow) {
	t := newTranscript(s)
	ctx, end := p.begin(ctx)
	if end == nil {
		t.without(model.LackTunnel, "the prober is closed")
		return *t, t.shadow()
	}
	defer end()
	p.runByHand(ctx, t, confirmed)
	return *t, t.shadow()
}

// Begin runs a probe once, as Run does, and does not wait for that. It does nothing for a probe that is being run.
func (p *Prober) Begin(s Subject, confirmed bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed || p.isRunningLocked(s.Probe) {
		return
	}
	p.markLocked(s.Probe)
	p.running.Go(func() {
		defer p.unmark(s.Probe)
		p.runByHand(p.ctx, newTranscript(s), confirmed)
	})
}

// State returns what is done now.
func (p *Prober) State() State {
	p.mu.Lock()
	defer p.mu.Unlock()
	return State{Auto: p.auto, Exec: p.opts.AllowExec, Running: p.underway, Lack: p.lackLocked()}
}

// Close ends all runs, and returns after everything that the Prober has started has ended.
func (p *Prober) Close() {
	p.mu.Lock()
	p.closed = true
	p.mu.Unlock()
	p.cancel()
	p.running.Wait()
	p.reports.end()
}

// begin returns a context that ends with the caller's and with the Prober, and a function that ends it. The function
// is nil when the Prober is closed.
func (p *Prober) begin(ctx context.Context) (context.Context, func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return ctx, nil
	}
	p.running.Add(1)
	ctx, cancel := context.WithCancel(ctx)
	detach := context.AfterFunc(p.ctx, cancel)
	return ctx, func() {
		detach()
		cancel()
		p.running.Done()
	}
}

func (p *Prober) isRunningLocked(probe model.Key) bool { return slices.Contains(p.underway, probe) }

// markLocked notes that a probe is being run.
func (p *Prober) markLocked(probe model.Key) { p.underway = append(slices.Clip(p.underway), probe) }

// unmark notes that a run of a probe is over.
func (p *Prober) unmark(probe model.Key) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if i := slices.Index(p.underway, probe); i >= 0 {
		p.underway = slices.Concat(p.underway[:i], p.underway[i+1:])
	}
}

// lackLocked names what may not be done, once for all namespaces.
func (p *Prober) lackLocked() string {
	for _, s := range [...]string{portForwarding, commands} {
		for d := range p.denied {
			if d.subresource == s {
				return "pods/" + s + " is forbidden"
			}
		}
	}
	return ""
}
