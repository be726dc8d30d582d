package watch

import (
	"context"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/runtime"
	apiwatch "k8s.io/apimachinery/pkg/watch"

	"github.com/probetop/probetop/model"
	"github.com/probetop/probetop/recording"
)

// Recorder is told what the API server says, as it is decoded. *recording.Writer is one. Its methods may be
// called by several goroutines, must not block, and must not keep or change the object.
type Recorder interface {
	Object(at time.Time, stream uint8, event apiwatch.EventType, resource string, o runtime.Object)
	List(at time.Time, stream uint8, resource, edge string)
	Source(at time.Time, stream uint8, s recording.Source)
}

var _ Recorder = (*recording.Writer)(nil)

// recorded is a stream's line to a recorder. A recorder hears objects from the beginning of a list on, so that
// what it has is whole.
type recorded struct {
	mu sync.Mutex
	// guarded by mu
	wanter Recorder           // hears states, and objects from the next list on
	hears  Recorder           // hears objects
	asked  bool               // the next list is for the recorder
	cancel context.CancelFunc // ends the round
}

// want lets r hear states at once and objects from the next list on; nil ends the recording at once.
func (d *recorded) want(r Recorder) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.wanter, d.hears = r, nil
}

// relist makes the stream begin a new list.
func (d *recorded) relist() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.asked = true
	if d.cancel != nil {
		d.cancel()
	}
}

// wanted reports, once, whether the list that begins is for the recorder.
func (d *recorded) wanted() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	asked := d.asked
	d.asked = false
	return asked
}

// round begins a list-and-watch that ends early when a recorder wants to hear a list.
func (d *recorded) round(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.cancel = cancel
	return ctx, cancel
}

// load lets the recorder that is wanted hear objects.
func (d *recorded) load() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.hears = d.wanter
}

func (d *recorded) recorders() (wanted, hears Recorder) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.wanter, d.hears
}

// record makes r hear the stream from a new list on; nil ends the recording. Until that list is complete the
// recording calls the stream syncing.
func (s *stream) record(r Recorder) {
	if r == nil {
		s.want(nil)
		return
	}
	s.health.tell(func(src model.Source) {
		s.want(r)
		if src.State == model.SourceSynced {
			src.State, src.Since = model.SourceSyncing, s.clock.now().Round(0)
		}
		r.Source(s.clock.now(), uint8(s.id), entryOf(src))
	})
	s.relist()
}

// recordSource tells the recorder a state of the stream.
func (s *stream) recordSource(ch model.Change) {
	if r, _ := s.recorders(); r != nil {
		r.Source(ch.At, uint8(s.id), entryOf(*ch.Fact.(*model.Source)))
	}
}

// recordEdge tells the recorder an edge of a list.
func (s *stream) recordEdge(at time.Time, done bool) {
	if !done {
		s.load()
	}
	_, r := s.recorders()
	switch {
	case r == nil:
	case done:
		r.List(at, uint8(s.id), s.resource.name, recording.ListEnd)
		r.Source(at, uint8(s.id), entryOf(s.health.current()))
	default:
		r.List(at, uint8(s.id), s.resource.name, recording.ListBegin)
	}
}

// recordObject tells the recorder an object.
func (s *stream) recordObject(at time.Time, event apiwatch.EventType, o runtime.Object) {
	if _, r := s.recorders(); r != nil {
		r.Object(at, uint8(s.id), event, s.resource.name, o)
	}
}

// entryOf returns a source as a recording has it.
func entryOf(s model.Source) recording.Source {
	return recording.Source{
		Kind: string(s.Kind), Namespace: s.Namespace, State: string(s.State), Since: s.Since, Error: s.Error,
		Silent: s.Silent, MissedFrom: s.Missed.From, MissedTo: s.Missed.To,
	}
}
