package watch

import (
	"context"
	"sync"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	apiwatch "k8s.io/apimachinery/pkg/watch"
)

// tap is a watch whose objects have been turned into facts. Stop returns after its goroutine has ended.
type tap struct {
	// immutable after newTap
	stream *stream
	source apiwatch.Interface
	events chan apiwatch.Event
	ctx    context.Context // what a watch says after its end is no news
	opened time.Time
	quit   chan struct{}
	ended  chan struct{}
	stop   sync.Once
	// owned by run
	initial bool // the watch is still telling what there was before it
	told    bool // it has told something
}

// short is how long a watch that tells nothing has to be open, or the reflector lists everything instead of trying it again
// (VeryShortWatchError in k8s.io/client-go/tools/cache). The server has what the watch would go on with.
const short = time.Second

func newTap(ctx context.Context, s *stream, source apiwatch.Interface, initial bool) *tap {
	t := &tap{
		stream: s, source: source, initial: initial, ctx: ctx, opened: time.Now(),
		events: make(chan apiwatch.Event), quit: make(chan struct{}), ended: make(chan struct{}),
	}
	go t.run()
	return t
}

// ResultChan implements watch.Interface of apimachinery.
func (t *tap) ResultChan() <-chan apiwatch.Event { return t.events }

// Stop implements watch.Interface of apimachinery.
func (t *tap) Stop() {
	t.stop.Do(func() {
		close(t.quit)
		t.source.Stop()
	})
	<-t.ended
}

func (t *tap) run() {
	defer close(t.ended)
	defer close(t.events)
	defer t.linger()
	defer t.stream.health.ended()
	for e := range t.source.ResultChan() {
		if t.ctx.Err() != nil || t.stopped() {
			return
		}
		if e.Type == apiwatch.Error && t.broke(apierrors.FromObject(e.Object)) {
			break
		}
		if t.foreign(e) && t.broke(errWrongKind) {
			break
		}
		select {
		case t.events <- t.pass(e):
			t.told = true
		case <-t.quit:
			return
		}
	}
	t.stream.lost(t.initial)
}

// linger keeps a watch from ending too soon for the reflector.
func (t *tap) linger() {
	if t.initial || t.told || t.stopped() {
		return
	}
	wait := time.NewTimer(short - time.Since(t.opened))
	defer wait.Stop()
	select {
	case <-wait.C:
	case <-t.quit:
	case <-t.ctx.Done():
	}
}

func (t *tap) stopped() bool {
	select {
	case <-t.quit:
		return true
	default:
		return false
	}
}

// foreign reports whether an event is about an object of another kind than was asked for.
func (t *tap) foreign(e apiwatch.Event) bool {
	return e.Type != apiwatch.Error && !t.stream.resource.is(e.Object)
}

// broke tells what went wrong with the watch. It reports whether the reflector is to take it for a watch that has
// ended and can go on, rather than to list everything. A list at its beginning that is too large to be read may be read in pages.
func (t *tap) broke(err error) bool {
	t.stream.pace.heed(err)
	t.stream.health.failed(err)
	return passing(err) && (!t.initial || !costly(err))
}

// pass tells what an event says and returns what the reflector is to see of it.
func (t *tap) pass(e apiwatch.Event) apiwatch.Event {
	switch e.Type {
	case apiwatch.Error:
	case apiwatch.Bookmark:
		t.stream.pulse.hear()
		if t.initial && endsList(e) {
			t.initial = false
			t.stream.complete()
		}
	default:
		t.stream.hear(e.Type, e.Object)
		standIn := &metav1.PartialObjectMetadata{}
		if o, err := meta.Accessor(e.Object); err == nil {
			standIn.ResourceVersion = o.GetResourceVersion()
		}
		e.Object = standIn
	}
	return e
}

// endsList reports whether a bookmark says that the list at the beginning of a watch is complete.
func endsList(e apiwatch.Event) bool {
	o, err := meta.Accessor(e.Object)
	return err == nil && o.GetAnnotations()[metav1.InitialEventsAnnotationKey] == "true"
}

// nothing is the reflector's store. What it would hold has been told already.
type nothing struct{}

func (nothing) Add(any) error               { return nil }
func (nothing) Update(any) error            { return nil }
func (nothing) Delete(any) error            { return nil }
func (nothing) Replace([]any, string) error { return nil }
func (nothing) Resync() error               { return nil }
