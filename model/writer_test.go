package model_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/tools/record"

	. "github.com/probetop/probetop/model"
)

// writer plays the event recorder of a kubelet (client-go tools/record). Events wait in a queue. When it is full, the newest is
// dropped (event.go and apimachinery pkg/watch/mux.go: DropIfChannelFull). What is taken from the queue is merged, counted and
// filtered at that moment (events_cache.go), and written by one request after the other, as fast as eventRecordQPS lets it.
type writer struct {
	// fixed
	rng   *rand.Rand
	rate  float64 // eventRecordQPS, requests a second
	burst float64 // eventBurst

	queue    []occurrence
	tokens   float64 // of the rate
	refilled time.Time
	written  map[string]*Event   // what was written, by what makes two events the same
	similar  map[string][]string // messages of a pod, by reason
	budgets  map[string]*budget  // of the spam filter, by pod and type

	current *occurrence // that is to be written now
	event   *Event      // what it has become
	next    time.Time   // when the next request is sent at the earliest
	tries   int         // of current

	// for the figures
	names   int
	dropped int
	retried int
	latest  time.Duration // the longest that an event waited until it was written
}

// occurrence is something that is to become an event.
type occurrence struct {
	at              time.Time // by the node's clock
	pod             *Pod
	reason, message string
	unheard         bool // in a namespace to which nobody listens
}

// budget are the tokens of one object in the spam filter.
type budget struct {
	tokens float64
	since  time.Time
}

// Of client-go: maxQueuedEvents, maxTriesPerEvent and defaultSleepDuration of event.go, defaultAggregateMaxEvents,
// defaultSpamBurst and defaultSpamQPS of events_cache.go.
const (
	writerQueue = 1000
	writerTries = 12
	writerSleep = 10 * time.Second
	writerAlike = 10
	writerSpam  = 25
	writerToken = 300 * time.Second
)

// forget is a new process of the kubelet: nothing is known of what was written, and nothing waits.
func (w *writer) forget(now time.Time) {
	w.queue, w.current, w.event, w.tries = nil, nil, nil, 0
	w.tokens, w.refilled, w.next = w.burst, now, now
	w.written, w.similar, w.budgets = map[string]*Event{}, map[string][]string{}, map[string]*budget{}
}

// record puts an event into the queue, unless that is full.
func (w *writer) record(o occurrence) {
	if len(w.queue) == writerQueue {
		w.dropped++
		return
	}
	w.queue = append(w.queue, o)
}

// work writes what may be written by now.
func (w *writer) work(k *kubelet) {
	w.tokens = min(w.burst, w.tokens+w.rate*k.now.Sub(w.refilled).Seconds())
	w.refilled = k.now
	for !k.now.Before(w.next) && (w.current != nil || w.take(k)) && w.tokens >= 1 {
		w.tokens--
		if k.cutOff() {
			w.retry(k.now)
			continue
		}
		switch {
		case w.current.reason == reasonStarting:
			k.says(&KubeletStart{Node: "n1", At: w.current.at.Truncate(time.Second), Written: k.now.Truncate(time.Second)})
		case !w.current.unheard:
			w.latest = max(w.latest, k.clock().Sub(w.current.at))
			k.send(1, NewEvent(*w.event))
		}
		w.current, w.tries = nil, 0
		w.next = k.now.Add(time.Duration(5+w.rng.IntN(25)) * time.Millisecond)
	}
}

// retry waits after a request that failed, or gives the event up.
func (w *writer) retry(now time.Time) {
	wait := writerSleep
	w.retried++
	if w.tries++; w.tries == 1 {
		wait = time.Duration(w.rng.Int64N(int64(writerSleep)))
	}
	w.next = now.Add(wait)
	if w.tries == writerTries {
		w.current, w.tries, w.next = nil, 0, now
	}
}

// take takes the next event out of the queue that is not filtered. It reports false when there is none.
func (w *writer) take(k *kubelet) bool {
	for len(w.queue) > 0 {
		o := w.queue[0]
		w.queue = w.queue[1:]
		if o.reason == reasonStarting {
			w.current = &o
			return true
		}
		if !o.unheard {
			w.event = w.correlate(k, &o)
		}
		if w.spend(k.now, &o) {
			w.current = &o
			return true
		}
	}
	return false
}

// spend reports whether the spam filter lets an event about the object pass. Warnings have tokens of their own (since 1.32).
func (w *writer) spend(now time.Time, o *occurrence) bool {
	key := o.pod.UID
	if o.reason != ReasonUnhealthy {
		key += " normal"
	}
	b := w.budgets[key]
	if b == nil {
		b = &budget{writerSpam, now}
		w.budgets[key] = b
	}
	b.tokens = min(writerSpam, b.tokens+now.Sub(b.since).Seconds()/writerToken.Seconds())
	if b.since = now; b.tokens < 1 {
		return false
	}
	b.tokens--
	return true
}

// correlate is EventAggregate and eventObserve: an event that was there before counts on, also one that is then filtered, and the
// tenth message of the same reason is merged with others, with the time at which that happens.
func (w *writer) correlate(k *kubelet, o *occurrence) *Event {
	about := o.pod.UID + "/" + o.reason
	at, message, key := o.at, o.message, about+"/"+o.message
	if !slices.Contains(w.similar[about], message) {
		w.similar[about] = append(w.similar[about], message)
	}
	if n := len(w.similar[about]); n >= writerAlike {
		any := w.rng.IntN(n)
		w.similar[about] = slices.Delete(w.similar[about], any, any+1)
		at, message, key = k.clock(), "(combined from similar events): "+message, about
	}
	e := w.written[key]
	if e == nil {
		w.names++
		name := fmt.Sprintf("%s.%x", o.pod.Name, at.UnixNano()+int64(w.names%1000))
		e = &Event{
			UID: name, Namespace: o.pod.Namespace, Name: name, Pod: o.pod.UID, Container: "web", Reason: o.reason, First: at.Truncate(time.Second),
		}
		w.written[key] = e
	}
	e.Count++
	e.Message, e.Last = message, at.Truncate(time.Second)
	return e
}

// clockOf is a kubelet's clock, for client-go.
type clockOf struct{ k *kubelet }

func (c clockOf) Now() time.Time                  { return c.k.clock() }
func (c clockOf) Since(t time.Time) time.Duration { return c.k.clock().Sub(t) }

// TestWriterIsClientGos gives the played writer and client-go's correlator the same occurrences: what they write is the same.
func TestWriterIsClientGos(t *testing.T) {
	k := &kubelet{now: epoch, rng: rand.New(rand.NewPCG(1, 2))}
	w := writer{rng: k.rng}
	w.forget(k.now)
	theirs := record.NewEventCorrelator(clockOf{k})
	pods := []*Pod{web(), web(func(p *Pod) { p.UID, p.Name = "u-other", "other" })}
	combined, filtered := 0, 0
	for i := range 400 {
		k.now = k.now.Add(time.Duration(w.rng.IntN(4000)) * time.Millisecond)
		o := occurrence{at: k.clock(), pod: pods[w.rng.IntN(2)], reason: []string{ReasonUnhealthy, ReasonKilling}[w.rng.IntN(2)], message: "the same"}
		if o.pod == pods[1] {
			o.message = fmt.Sprint("another every time ", i)
		}
		k.now = k.now.Add(time.Second) // in the queue
		got, written := w.correlate(k, &o), w.spend(k.now, &o)
		want, err := theirs.EventCorrelate(asTheirs(&o))
		if err != nil {
			t.Fatal(err)
		}
		if filtered++; written {
			filtered--
		}
		if got.Message != o.message {
			combined++
		}
		if written == want.Skip {
			t.Fatalf("%d, %s: written %v, client-go filters it: %v", i, o.message, written, want.Skip)
		}
		if e := want.Event; written && (got.Message != e.Message || got.Count != e.Count || !got.First.Equal(e.FirstTimestamp.Truncate(time.Second)) || !got.Last.Equal(e.LastTimestamp.Truncate(time.Second))) {
			t.Fatalf("%d: %+v, client-go writes %+v", i, got, e)
		}
	}
	if combined == 0 || filtered == 0 {
		t.Errorf("%d were merged and %d filtered: nothing was compared", combined, filtered)
	}
}

// asTheirs is an occurrence as the kubelet's recorder makes it.
func asTheirs(o *occurrence) *corev1.Event {
	kind, at := corev1.EventTypeWarning, metav1.NewTime(o.at)
	if o.reason != ReasonUnhealthy {
		kind = corev1.EventTypeNormal
	}
	return &corev1.Event{
		ObjectMeta:     metav1.ObjectMeta{Namespace: o.pod.Namespace, Name: o.pod.Name},
		InvolvedObject: corev1.ObjectReference{Kind: "Pod", Namespace: o.pod.Namespace, Name: o.pod.Name, UID: types.UID(o.pod.UID)},
		Source:         corev1.EventSource{Component: "kubelet"}, Type: kind, Reason: o.reason, Message: o.message,
		FirstTimestamp: at, LastTimestamp: at, Count: 1,
	}
}

// TestWriterDropsTheNewest fills the queue of a writer whose API server cannot be reached: what it writes then is what came first.
func TestWriterDropsTheNewest(t *testing.T) {
	k := newKubelet(rand.New(rand.NewPCG(1, 3)), busy)
	b := k.busy
	b.neighbours, b.restarts, b.outage, k.workers, k.mail = nil, nil, absence{epoch, at(60)}, nil, nil
	k.steady = true
	w := &b.writer
	for i := range writerQueue + 10 {
		w.record(occurrence{at: k.clock(), pod: web(func(p *Pod) { p.UID = fmt.Sprint("u", i) }), reason: ReasonUnhealthy, message: fmt.Sprint(i)})
	}
	k.advance(at(59))
	if len(w.queue) != writerQueue-1 || w.dropped != 10 || w.retried < 5 || len(k.mail) > 0 {
		t.Fatalf("%d wait, %d were dropped, %d requests failed, %d letters were sent", len(w.queue), w.dropped, w.retried, len(k.mail))
	}
	k.advance(at(75))
	for i, l := range k.mail {
		if e := l.ch.Fact.(*Event); e.Message != fmt.Sprint(i) {
			t.Fatalf("event %d is %q", i, e.Message)
		}
	}
	if len(k.mail) == 0 {
		t.Error("nothing was written after the outage")
	}
}
