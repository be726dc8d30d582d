package watch

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"

	"github.com/probetop/probetop/model"
)

// run is a Live that runs in a synctest bubble, with a model of what it says.
type run struct {
	live *Live
	stop context.CancelFunc
	done chan struct{}

	mu      sync.Mutex
	changes []model.Change
	cluster *model.Cluster
}

// start runs a Live until stop is called. The bubble fails if it leaves a goroutine behind.
func start(t *testing.T, a *api, scope Scope) *run {
	t.Helper()
	live, err := NewLive(a.config(), scope)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	r := &run{live: live, stop: stop, done: make(chan struct{}), cluster: model.NewCluster()}
	go func() {
		defer close(r.done)
		if err := live.Run(ctx, r.hear); err != nil {
			t.Errorf("Run: %v", err)
		}
	}()
	synctest.Wait()
	return r
}

func (r *run) hear(ch model.Change) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.changes = append(r.changes, ch)
	r.cluster.Apply(ch)
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

// states lists what a source has said about itself so far.
func (r *run) states(kind model.SourceKind) []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var states []string
	for _, ch := range r.changes {
		if s, ok := ch.Fact.(*model.Source); ok && s.Kind == kind {
			states = append(states, string(s.State))
		}
	}
	return states
}

func pod(name string) *corev1.Pod {
	return &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: name, UID: types.UID("uid-" + name)}}
}

func podNames(from, to int) []runtime.Object {
	var objects []runtime.Object
	for i := from; i < to; i++ {
		objects = append(objects, pod(fmt.Sprintf("p%04d", i)))
	}
	return objects
}
