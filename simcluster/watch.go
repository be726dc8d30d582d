package simcluster

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/internalversion"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	apiwatch "k8s.io/apimachinery/pkg/watch"
)

// errOver says that a watch is over. The client has been told, or is not to be.
var errOver = errors.New("the watch is over")

// watcher serves one watch.
type watcher struct {
	// immutable after watch
	*wire
	store     *store
	selection selection
	bookmarks time.Duration // zero when the client wants none
	ended     uint64        // how often watches had been ended before this one
	// owned by run
	version uint64   // what the client knows, up to here
	there   []object // what there was when the watch began, for a client that wants to hear of it
}

func (c *Cluster) watch(x *exchange) error {
	f, err := c.format(x.Accept)
	if err != nil {
		return err
	}
	if f.StreamSerializer == nil {
		return notAcceptable(x.Accept)
	}
	opts, sel, err := listOptions(x)
	if err != nil {
		return err
	}
	version, err := versionOf(opts.ResourceVersion)
	if err != nil {
		return err
	}
	oldest, newest := c.store.bounds()
	initial := opts.SendInitialEvents != nil && *opts.SendInitialEvents || opts.SendInitialEvents == nil && version == 0
	switch {
	case version > newest:
		return tooLarge(version, newest)
	case version == 0:
		version = newest
	case version < oldest && !initial && x.refusal == nil:
		x.refusal = tooOld(version, oldest)
	}
	w := &watcher{
		wire: newWire(c, x, f), store: c.store, selection: sel, version: version,
		ended: c.store.since(x.resource, newest).ended,
	}
	if opts.AllowWatchBookmarks {
		w.bookmarks = c.opts.Bookmarks
	}
	ctx := x.r.Context()
	if opts.TimeoutSeconds != nil && *opts.TimeoutSeconds > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, time.Duration(*opts.TimeoutSeconds)*time.Second)
		defer cancel()
	}
	if initial { // before the client hears that the watch begins: what it does next is a change
		w.there, w.version = c.store.now(x.resource)
	}
	w.open()
	w.run(ctx, opts, initial)
	return nil
}

// open tells the client that the watch begins.
func (w *wire) open() {
	mediaType := w.format.MediaType
	if !w.format.EncodesAsText {
		mediaType += ";stream=watch"
	}
	w.x.w.Header().Set("Content-Type", mediaType)
	w.x.w.WriteHeader(http.StatusOK)
	_ = w.flush()
}

// run sends events until ctx or the watch ends.
func (w *watcher) run(ctx context.Context, opts *internalversion.ListOptions, initial bool) {
	if w.x.refusal != nil {
		_ = w.fail(w.x.refusal)
		return
	}
	if initial && w.list(opts) != nil {
		return
	}
	var bookmarks <-chan time.Time
	if w.bookmarks > 0 {
		ticker := time.NewTicker(w.bookmarks)
		defer ticker.Stop()
		bookmarks = ticker.C
	}
	for {
		h := w.store.since(w.x.resource, w.version)
		if h.ended != w.ended || w.tell(h) != nil {
			return
		}
		select {
		case <-h.news:
		case <-bookmarks:
			if w.bookmark(nil) != nil {
				return
			}
		case <-ctx.Done():
			return
		}
	}
}

// list sends all there was when the watch began.
func (w *watcher) list(opts *internalversion.ListOptions) error {
	for _, o := range w.there {
		if w.selection.matches(o) {
			if err := w.send(apiwatch.Added, o); err != nil {
				return err
			}
		}
	}
	w.there = nil
	if opts.SendInitialEvents != nil && opts.AllowWatchBookmarks {
		return w.bookmark(map[string]string{metav1.InitialEventsAnnotationKey: "true"})
	}
	return w.flush()
}

// tell sends what has happened.
func (w *watcher) tell(h happenings) error {
	if h.expired {
		return w.fail(tooOld(w.version, h.oldest))
	}
	for _, c := range h.changes {
		typ, o := w.selection.see(c)
		if o == nil {
			continue
		}
		if err := w.send(typ, o); err != nil {
			return err
		}
	}
	w.version = h.version
	if len(h.changes) == 0 {
		return nil
	}
	return w.flush()
}

// see returns what a change looks like to a watcher that sees only what is selected; nil for nothing.
func (s *selection) see(c change) (apiwatch.EventType, object) {
	was, is := s.matches(c.old), s.matches(c.now)
	switch {
	case was && is:
		return apiwatch.Modified, c.now
	case is:
		return apiwatch.Added, c.now
	case !was:
		return "", nil
	}
	last := c.old
	if c.last != nil {
		last = c.last
	}
	last = last.DeepCopyObject().(object)
	last.SetResourceVersion(strconv.FormatUint(c.version, 10))
	return apiwatch.Deleted, last
}

// bookmark tells the client how far it has come.
func (w *watcher) bookmark(annotations map[string]string) error {
	o, err := w.cluster.kinds.bookmark(w.x.resource)
	if err != nil {
		return err
	}
	o.SetResourceVersion(strconv.FormatUint(w.version, 10))
	o.SetAnnotations(annotations)
	if err := w.settle(nil); err != nil {
		return err
	}
	if err := w.write(apiwatch.Bookmark, o); err != nil {
		return err
	}
	return w.flush()
}
