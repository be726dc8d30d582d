package watch

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-logr/logr"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	apiwatch "k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/tools/cache"
	"k8s.io/klog/v2"

	"github.com/probetop/probetop/model"
)

const (
	// pageSize is how many objects a list request returns: the first rows come with the first page.
	pageSize = 500
	// smaller is how many times smaller the pages are after one was too large to be read.
	smaller = 4
	// pagePatience is how long a page may take at least, with all its objects: over a slow line they are on their way.
	pagePatience = time.Minute
	// forbiddenPause is how long a stream rests that we have had no permission, or no credential, for for long.
	forbiddenPause = 30 * time.Second
)

// stream is one list-and-watch. Client-go's Reflector decides what to request, when, and from which version
// on; the stream carries the requests out, turns every object into a fact when it is decoded, and gives the
// reflector a stand-in that has nothing but a resource version.
type stream struct {
	// immutable after newStream
	plan
	client *client
	clock  Clock
	emit   func(model.Change)
	health *health
	// facts is owned by the running list or the running tap, which never overlap.
	facts *interner
	// listing is held by a running list, which the reflector does not wait for.
	listing sync.Mutex
	pace    *pace
	resume  resume
	pages   pages // of the running list
	page    int64 // how many objects a page has at most, once one was too large to be read
	pulse   *pulse
	// unheard is why the streaming list failed that the reflector is about to replace by pages, when these would
	// fail as well; nil otherwise.
	unheard atomic.Pointer[error]
	recorded
}

var (
	_ cache.ListerWatcher            = (*stream)(nil)
	_ cache.ListerWatcherWithContext = (*stream)(nil)
)

func newStream(c *client, p plan, clock Clock, pulse *pulse, emit func(model.Change)) *stream {
	s := &stream{plan: p, client: c, clock: clock, emit: emit, facts: newInterner(), pace: newPace(), pulse: pulse}
	s.health = &health{
		stream: p.id, clock: clock, plugin: c.plugin, pulse: pulse, source: model.Source{Kind: p.resource.source, Namespace: p.Namespace},
		emit: func(ch model.Change) {
			s.recordSource(ch)
			emit(ch)
		},
	}
	return s
}

// run lists and watches until ctx ends. It is Reflector.RunWithContext, with a pause where that logs errors: the
// requests have told them already.
func (s *stream) run(ctx context.Context) {
	silent := logr.Discard()
	ctx = klog.NewContext(ctx, silent)
	clock := stoppable{ctx: ctx}
	pauses := backoff()
	r := cache.NewReflectorWithOptions(s, nil, nothing{}, cache.ReflectorOptions{
		Logger: &silent, Name: s.resource.name, TypeDescription: s.resource.name, Clock: clock, Backoff: &pauses,
	})
	r.WatchListPageSize = pageSize
	for ctx.Err() == nil {
		round, cancel := s.round(ctx)
		_ = r.ListAndWatchWithContext(round)
		wanted := round.Err() != nil // a recorder wants to hear a list
		cancel()
		if pause := s.pause(); !wanted {
			<-clock.After(pause)
		}
	}
	s.health.close()
}

// pause returns how long the stream rests after a round, when the last list of the round has ended.
func (s *stream) pause() time.Duration {
	s.listing.Lock()
	defer s.listing.Unlock()
	if s.health.resigned() {
		return forbiddenPause
	}
	return s.pace.next()
}

// List is ListWithContext for callers that have no context; the reflector is none of them.
func (s *stream) List(opts metav1.ListOptions) (runtime.Object, error) {
	return s.ListWithContext(context.Background(), opts)
}

// Watch is WatchWithContext for callers that have no context; the reflector is none of them.
func (s *stream) Watch(opts metav1.ListOptions) (apiwatch.Interface, error) {
	return s.WatchWithContext(context.Background(), opts)
}

// ListWithContext reads one page of a list. It always asks for the newest version: version "0", which the
// reflector prefers, would be answered in one piece.
func (s *stream) ListWithContext(ctx context.Context, opts metav1.ListOptions) (runtime.Object, error) {
	s.listing.Lock()
	defer s.listing.Unlock()
	if err := s.unheard.Swap(nil); err != nil {
		return nil, *err
	}
	if err := s.turn(ctx, opts.Continue == ""); err != nil {
		return nil, err
	}
	opts.ResourceVersion, opts.ResourceVersionMatch = "", ""
	if s.page > 0 {
		opts.Limit = min(opts.Limit, s.page)
	}
	page, err := s.client.list(ctx, &s.plan, opts)
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case opts.Continue != "" && apierrors.IsResourceExpired(err):
		return nil, err // the pager begins again at once
	case err != nil:
		if costly(err) {
			s.page = max(1, opts.Limit/smaller)
		}
		s.pace.heed(err)
		s.health.failed(err)
		return nil, err
	}
	edges, err := s.take(page, opts.Continue == "", int(opts.Limit))
	if err != nil {
		s.health.failed(err)
		return nil, err
	}
	return &metav1.PartialObjectMetadataList{
		ListMeta: metav1.ListMeta{ResourceVersion: edges.GetResourceVersion(), Continue: edges.GetContinue()},
	}, nil
}

// turn returns when the stream may read a page.
func (s *stream) turn(ctx context.Context, first bool) error {
	if first {
		s.pages = pages{}
	}
	if first || s.pages.small {
		return s.pace.turn(ctx)
	}
	return s.pace.ready(ctx)
}

// take tells what a page says that was to have so many objects.
func (s *stream) take(page runtime.Object, first bool, limit int) (metav1.ListInterface, error) {
	edges, err := meta.ListAccessor(page)
	if err != nil {
		return nil, err
	}
	if first {
		s.begin()
	}
	if err := meta.EachListItem(page, func(o runtime.Object) error { s.hear(apiwatch.Added, o); return nil }); err != nil {
		return nil, err
	}
	if err := s.pages.next(page, edges.GetContinue(), limit); err != nil {
		return nil, err
	}
	if edges.GetContinue() == "" {
		s.complete()
	}
	return edges, nil
}

// WatchWithContext opens a watch, which may begin with a list (a streaming list).
func (s *stream) WatchWithContext(ctx context.Context, opts metav1.ListOptions) (apiwatch.Interface, error) {
	if err := s.pace.turn(ctx); err != nil {
		return nil, err
	}
	initial := opts.SendInitialEvents != nil && *opts.SendInitialEvents
	w, err := s.open(ctx, opts)
	switch {
	case err != nil && ctx.Err() != nil:
		return nil, ctx.Err()
	case err != nil && initial:
		return nil, s.unlisted(err)
	case err != nil:
		s.health.unwatched(err)
		return nil, s.resume.failed(err, func() bool { return s.lists(ctx) })
	}
	s.pulse.hear()
	s.resume.opened()
	if initial {
		s.begin()
	}
	s.health.watched(initial)
	return newTap(ctx, s, w, initial), nil
}

// lists reports whether the server would list what it does not let us watch.
func (s *stream) lists(ctx context.Context) bool {
	_, err := s.client.list(ctx, &s.plan, metav1.ListOptions{Limit: 1})
	return err == nil
}

// open opens a watch. A connection that was cut off or timed out is an error, and not an empty watch.
func (s *stream) open(ctx context.Context, opts metav1.ListOptions) (apiwatch.Interface, error) {
	w, err := s.client.watch(ctx, &s.plan, opts)
	if err != nil {
		s.pace.heed(err)
		return nil, err
	}
	if _, open := w.(*apiwatch.StreamWatcher); !open {
		return nil, errCutOff
	}
	return w, nil
}

// unlisted is called when a streaming list cannot be opened. Where the reflector then lists page by page, that
// tells what is wrong if it fails as well. Without a credential it does: the pages are not asked for.
func (s *stream) unlisted(err error) error {
	if insists(err) {
		s.health.unwatched(err)
	}
	if access := accessOf(err); access == Unauthorized || access == Credentials {
		s.unheard.Store(&err)
		s.health.failed(err)
	}
	return err
}

// lost is called when the server has ended a watch. A list that it has broken off is not to be tried again at
// once, for ever.
func (s *stream) lost(initial bool) {
	if initial {
		s.pace.hold(s.pace.next())
	}
}

// hear is the one place where every object of the stream comes by, decoded.
func (s *stream) hear(typ apiwatch.EventType, o runtime.Object) {
	s.pulse.hear()
	at := s.clock.now()
	fact := s.resource.fact(s.facts, o)
	if p, ok := fact.(*model.Pod); ok && s.Keep != nil && !s.Keep(p) {
		if typ == apiwatch.Added {
			return
		}
		typ = apiwatch.Deleted // it may have been ours until now
	}
	s.recordObject(at, typ, o)
	if fact != nil {
		s.emit(model.Change{At: at, Stream: s.id, Gone: typ == apiwatch.Deleted, Fact: fact})
	}
}

// begin tells that a list begins.
func (s *stream) begin() {
	s.health.relists(s.wanted())
	s.edge(false)
}

// complete tells that a list is complete.
func (s *stream) complete() {
	s.edge(true)
	s.health.listed()
}

func (s *stream) edge(done bool) {
	at := s.clock.now()
	s.recordEdge(at, done)
	s.emit(model.Change{At: at, Stream: s.id, Fact: &model.Listing{Kind: s.resource.source, Done: done}})
}
