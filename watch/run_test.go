package watch

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"k8s.io/client-go/rest"

	"github.com/probetop/probetop/model"
)

// run is a Live that runs in a synctest bubble, with a model of what it says.
type run struct {
	live *Live
	stop context.CancelFunc
	done chan struct{}

	// clock is the server's as it is heard, and server is the server's; nil for the local one. They are set before begin.
	clock  *ServerClock
	server func() time.Time

	mu      sync.Mutex
	changes []model.Change
	heard   []hearing // of each of the changes
	cluster *model.Cluster
}

// hearing is when a change was heard, by the local clock, how far the server's was taken to be ahead then, and how far the time of the
// change was ahead of the server's.
type hearing struct {
	at         time.Time
	ahead, off time.Duration
}

// start runs a Live until end is called. The bubble fails if it leaves a goroutine behind.
func start(t *testing.T, c *cluster, scope Scope) *run {
	t.Helper()
	return startWith(t, c.RESTConfig(), scope)
}

func startWith(t *testing.T, cfg *rest.Config, scope Scope) *run {
	t.Helper()
	r := prepare(t, cfg, scope)
	r.begin(t)
	return r
}

// prepare makes a Live that does not run yet.
func prepare(t *testing.T, cfg *rest.Config, scope Scope) *run {
	t.Helper()
	live, err := NewLive(cfg, scope)
	if err != nil {
		t.Fatal(err)
	}
	return &run{live: live, done: make(chan struct{}), cluster: model.NewCluster()}
}

// begin lets the Live run.
func (r *run) begin(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	r.stop = stop
	go func() {
		defer close(r.done)
		if err := r.live.Run(ctx, r.hear); err != nil {
			t.Errorf("Run: %v", err)
		}
	}()
	synctest.Wait()
}

func (r *run) hear(ch model.Change) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.changes = append(r.changes, ch)
	r.cluster.Apply(ch)
	h := hearing{at: time.Now()}
	if r.clock != nil {
		h.ahead, h.off = r.clock.Ahead(), ch.At.Sub(r.server())
	}
	r.heard = append(r.heard, h)
}

// end stops the run and checks that nothing has to be waited for.
func (r *run) end(t *testing.T) {
	t.Helper()
	before := time.Now()
	r.stop()
	<-r.done
	if took := time.Since(before); took > 0 {
		t.Errorf("stopping took %v", took)
	}
}

func (r *run) pods() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var names []string
	for _, row := range r.cluster.Snapshot().Rows {
		names = append(names, row.Pod.Name)
	}
	slices.Sort(names)
	return names
}

// expect compares the names of the pods in the model.
func (r *run) expect(t *testing.T, names ...string) {
	t.Helper()
	synctest.Wait()
	if got := r.pods(); !slices.Equal(got, names) {
		t.Errorf("pods are %v, want %v", got, names)
	}
}

// apiSources are the sources that the API server speaks for.
var apiSources = []model.SourceKind{model.Pods, model.Events, model.EndpointSlices, model.Services, model.Nodes}

// source returns the state of a source, and its error.
func (r *run) source(kind model.SourceKind) string {
	synctest.Wait()
	r.mu.Lock()
	defer r.mu.Unlock()
	src := r.cluster.Snapshot().Source(kind)
	return strings.TrimSpace(string(src.State) + " " + src.Error)
}

func (r *run) expectSource(t *testing.T, kind model.SourceKind, want string) {
	t.Helper()
	if got := r.source(kind); got != want {
		t.Errorf("%s is %q, want %q", kind, got, want)
	}
}

// expectStates compares the states that a source has been in so far.
func (r *run) expectStates(t *testing.T, kind model.SourceKind, want ...string) {
	t.Helper()
	if got := r.states(kind); !slices.Equal(got, want) {
		t.Errorf("%s were %v, want %v", kind, got, want)
	}
}

// states lists the states that a source has been in so far.
func (r *run) states(kind model.SourceKind) []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var states []string
	for _, ch := range r.changes {
		if s, ok := ch.Fact.(*model.Source); ok && s.Kind == kind {
			states = append(states, string(s.State))
		}
	}
	return slices.Compact(states)
}
