package e2e

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
)

const (
	// outageGate is the readiness gate that the writer opens and closes; the message of its condition is the transition's number.
	outageGate = "probetop.test/gate"
	// writePeriod is the time between two transitions where nothing keeps them from being written.
	writePeriod = 100 * time.Millisecond
)

// transition is one that the API server has taken.
type transition struct {
	number      int
	pod         string
	sent, acked time.Time
}

// gateWriter makes transitions: each of them turns the readiness gate of one pod.
type gateWriter struct {
	t      *testing.T
	ns     string
	client kubernetes.Interface
	queued sync.WaitGroup

	mu    sync.Mutex
	next  int          // guarded by mu
	taken []transition // guarded by mu
}

// newGateWriter returns a writer with connections of its own, whose transitions have numbers from first on.
func newGateWriter(t *testing.T, ns string, first int) *gateWriter {
	t.Helper()
	config := rest.CopyConfig(shared.config)
	config.Dial = (&net.Dialer{}).DialContext
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		t.Fatalf("making a client: %v", err)
	}
	w := &gateWriter{t: t, ns: ns, client: client, next: first}
	t.Cleanup(w.queued.Wait)
	return w
}

// write makes n transitions one after the other, each as soon as the server takes it.
func (w *gateWriter) write(n int) {
	tick := time.NewTicker(writePeriod)
	defer tick.Stop()
	for end := time.Now().Add(2 * patience); n > 0; <-tick.C {
		switch err := w.turn(); {
		case err == nil:
			n--
		case time.Now().After(end):
			w.t.Errorf("%d transitions are left: %v", n, err)
			return
		}
	}
}

// queue asks for n transitions, evenly until a moment, and does not wait for the answers.
func (w *gateWriter) queue(n int, until time.Time) {
	if n == 0 {
		return
	}
	tick := time.NewTicker(min(writePeriod, time.Until(until)/time.Duration(n+1)))
	defer tick.Stop()
	for range n {
		<-tick.C
		w.queued.Go(func() { _ = w.turn() }) // one that is refused is made after the outage instead
	}
}

// complete makes the transitions that are left once those that were asked for are answered. wait waits for it.
func (w *gateWriter) complete() (wait func()) {
	var rest sync.WaitGroup
	rest.Go(func() {
		w.queued.Wait()
		w.write(transitions - after - w.done())
	})
	return rest.Wait
}

// turn makes a transition.
func (w *gateWriter) turn() error {
	w.mu.Lock()
	n := w.next
	w.next++
	w.mu.Unlock()
	status := corev1.ConditionTrue
	if n/gated%2 == 1 {
		status = corev1.ConditionFalse
	}
	patch := fmt.Sprintf(`{"status":{"conditions":[{"type":%q,"status":%q,"message":"%d","lastTransitionTime":%q}]}}`,
		outageGate, status, n, time.Now().UTC().Format(time.RFC3339))
	ctx, cancel := context.WithTimeout(w.t.Context(), 3*time.Minute)
	defer cancel()
	done := transition{number: n, pod: gatedPod(n % gated), sent: time.Now()}
	_, err := w.client.CoreV1().Pods(w.ns).Patch(ctx, done.pod, types.StrategicMergePatchType, []byte(patch), metav1.PatchOptions{}, "status")
	if err != nil {
		return fmt.Errorf("turning the gate of %s: %w", done.pod, err)
	}
	done.acked = time.Now()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.taken = append(w.taken, done)
	return nil
}

// done is how many transitions there are.
func (w *gateWriter) done() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.taken)
}

// last is the newest transition.
func (w *gateWriter) last() transition {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.MaxFunc(w.taken, func(a, b transition) int { return cmp.Compare(a.number, b.number) })
}

// number is that of the transition that a line shows; negative for none.
func (l *tale) number() int {
	for _, c := range l.Conditions {
		if n, err := strconv.Atoi(c.Message); c.Type == outageGate && err == nil {
			return n
		}
	}
	return -1
}

// turnPeriod is how long the turning container stays well or ill.
const turnPeriod = 8 * time.Second

// healthTurn is when the container was turned well or ill.
type healthTurn struct {
	at   time.Time
	well bool
}

// turner turns a container well and ill, not through the API server.
type turner struct {
	turns []healthTurn // complete once stop has returned
	stop  func()
}

// newTurner turns the container until the test ends, or leaves it well.
func newTurner(t *testing.T, ns string, turns bool) *turner {
	t.Helper()
	pod, err := shared.client.CoreV1().Pods(ns).Get(t.Context(), turning, metav1.GetOptions{})
	if err != nil {
		t.Fatalf("reading the turning pod: %v", err)
	}
	u := &turner{}
	turn := func(well bool) {
		status := "200"
		if !well {
			status = "503"
		}
		query := turnOf("handler", "http", "path", "/readyz", "status", status)
		resp, err := http.Post("http://"+net.JoinHostPort(pod.Status.PodIP, "6060")+"/turn?"+query.Encode(), "", nil)
		if err != nil {
			t.Errorf("turning the container: %v", err)
			return
		}
		_ = resp.Body.Close()
		u.turns = append(u.turns, healthTurn{time.Now(), well})
	}
	turn(true)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		for well := false; turns; well = !well {
			if pause(ctx, turnPeriod); ctx.Err() != nil {
				return
			}
			turn(well)
		}
	}()
	u.stop = sync.OnceFunc(func() {
		cancel()
		<-done
		turn(true)
	})
	t.Cleanup(u.stop)
	return u
}
