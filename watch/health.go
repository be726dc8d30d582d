package watch

import (
	"errors"
	"sync"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	utilnet "k8s.io/apimachinery/pkg/util/net"

	"github.com/probetop/probetop/model"
)

var (
	errCutOff    = errors.New("the connection was cut off")
	errReopening = errors.New("the watch has ended and is not open again yet")
)

// health tells how far a stream can be believed. Its methods may be called by several goroutines.
type health struct {
	// immutable
	stream model.Stream
	emit   func(model.Change)
	clock  Clock

	mu sync.Mutex
	// guarded by mu
	source model.Source
	// complete is set once a list was complete.
	complete bool
	// noWatch is set while the last watch that was tried could not be opened; then a list alone does not
	// make the stream synced.
	noWatch bool
	closed  bool
}

// syncing announces the stream.
func (h *health) syncing() { h.locked(func() { h.enterLocked(model.SourceSyncing, "") }) }

// listed is called when a list is complete.
func (h *health) listed() {
	h.locked(func() {
		h.complete = true
		if !h.noWatch {
			h.enterLocked(model.SourceSynced, "")
		}
	})
}

// watched is called when a watch is open; initial is set when it begins with a list.
func (h *health) watched(initial bool) {
	h.locked(func() {
		h.noWatch = false
		if h.complete && !initial {
			h.enterLocked(model.SourceSynced, "")
		}
	})
}

// unwatched is called when a watch cannot be opened.
func (h *health) unwatched(err error) {
	h.locked(func() {
		h.noWatch = true
		h.failLocked(err)
	})
}

// failed is called when a list fails or a watch breaks.
func (h *health) failed(err error) { h.locked(func() { h.failLocked(err) }) }

// reopening is called when it takes long to open a watch again.
func (h *health) reopening() {
	h.locked(func() {
		if h.source.State == model.SourceSynced {
			h.failLocked(errReopening)
		}
	})
}

// forbidden reports whether the stream lacks a permission.
func (h *health) forbidden() (yes bool) {
	h.locked(func() { yes = h.source.State == model.SourceForbidden })
	return yes
}

// current returns the state that was told last.
func (h *health) current() (s model.Source) {
	h.locked(func() { s = h.source })
	return s
}

// close makes the stream fall silent.
func (h *health) close() { h.locked(func() { h.closed = true }) }

func (h *health) locked(f func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.closed {
		f()
	}
}

func (h *health) failLocked(err error) {
	state := model.SourceStale
	if apierrors.IsForbidden(err) {
		state = model.SourceForbidden
	}
	h.enterLocked(state, plain(err))
}

func (h *health) enterLocked(state model.SourceState, text string) {
	if h.source.State == state && h.source.Error == text {
		return
	}
	at := h.clock.now()
	if h.source.State != state {
		h.source.Since = at.Round(0)
	}
	h.source.State, h.source.Error = state, text
	told := h.source
	h.emit(model.Change{At: at, Stream: h.stream, Fact: &told})
}

// insists reports whether the reflector retries a streaming list after err, instead of listing page by page.
func insists(err error) bool {
	return utilnet.IsConnectionRefused(err) || apierrors.IsTooManyRequests(err)
}
