package e2e

import (
	"sync"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/watch"
)

// version is what happened to an object.
type version struct {
	resource, event, name, uid, resourceVersion string
}

// heard are the events that probetop asks for.
const heard = "involvedObject.kind=Pod,source=kubelet,reason!=Pulling,reason!=Pulled,reason!=Created,reason!=Started"

// witness is the test's own watch of a namespace: it remembers every version of its pods, and of the
// events that probetop asks for, and when it saw it.
type witness struct {
	mu   sync.Mutex
	seen map[version]time.Time // guarded by mu
}

// newWitness watches until the test ends.
func newWitness(t *testing.T, ns string) *witness {
	t.Helper()
	w := &witness{seen: map[version]time.Time{}}
	pods, err := shared.client.CoreV1().Pods(ns).Watch(t.Context(), metav1.ListOptions{})
	if err != nil {
		t.Fatalf("watching pods: %v", err)
	}
	events, err := shared.client.CoreV1().Events(ns).Watch(t.Context(), metav1.ListOptions{FieldSelector: heard})
	if err != nil {
		t.Fatalf("watching events: %v", err)
	}
	var done sync.WaitGroup
	done.Go(func() { w.listen("pods", pods) })
	done.Go(func() { w.listen("events", events) })
	t.Cleanup(func() {
		pods.Stop()
		events.Stop()
		done.Wait()
	})
	return w
}

func (w *witness) listen(resource string, changes watch.Interface) {
	for change := range changes.ResultChan() {
		o, err := meta.Accessor(change.Object)
		if err != nil {
			continue // the watch ends with an error
		}
		w.mu.Lock()
		w.seen[version{resource, string(change.Type), o.GetName(), string(o.GetUID()), o.GetResourceVersion()}] = time.Now()
		w.mu.Unlock()
	}
}

// before lists what was seen before a moment.
func (w *witness) before(moment time.Time) []version {
	w.mu.Lock()
	defer w.mu.Unlock()
	var versions []version
	for v, at := range w.seen {
		if at.Before(moment) {
			versions = append(versions, v)
		}
	}
	return versions
}
