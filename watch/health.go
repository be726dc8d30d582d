package watch

import (
	"errors"
	"sync"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/probetop/probetop/model"
)

const (
	// patience is how long nobody may be listening before the stream counts as stale. Most watches that end are
	// open again at once.
	patience = 1500 * time.Millisecond
	// hope is how long a permission, or a credential, that we lack is asked for as if it were to come back at once.
	hope = 2 * time.Minute
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
	// plugin is set when a program is run for credentials.
	plugin bool

	mu sync.Mutex
	// guarded by mu
	source model.Source
	// denied is since when there has been nothing but denials; zero after anything else.
	denied time.Time
	// complete is set once a list was complete.
	complete bool
	// noWatch is set while the last watch that was tried could not be opened; then a list alone does not
	// make the stream synced.
	noWatch bool
	// telling is set while a watch is open that has not completed the list at its beginning, watching while one
	// is open that has. Since the last one ended, late has been running: unless there is
	// another when it runs out, nobody is listening.
	telling, watching bool
	late              *time.Timer
	closed            bool
}

// syncing announces the stream.
func (h *health) syncing() { h.locked(func() { h.enterLocked(model.SourceSyncing, "") }) }

// listed is called when a list is complete.
func (h *health) listed() {
	h.locked(func() {
		h.complete = true
		h.telling, h.watching = false, h.telling || h.watching
		if !h.noWatch {
			h.enterLocked(model.SourceSynced, "")
			h.stopLocked()
			h.waitLocked()
		}
	})
}

// watched is called when a watch is open; initial is set when it begins with a list.
func (h *health) watched(initial bool) {
	h.locked(func() {
		h.telling, h.watching, h.noWatch = initial, !initial, false
		if h.complete && !initial {
			h.enterLocked(model.SourceSynced, "")
		}
	})
}

// ended is called when a watch is over, for whatever reason.
func (h *health) ended() {
	h.locked(func() {
		h.telling, h.watching = false, false
		h.waitLocked()
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

// resigned reports whether the stream has lacked a permission, or a credential, for long.
func (h *health) resigned() (yes bool) {
	h.locked(func() { yes = !h.denied.IsZero() && time.Since(h.denied) > hope })
	return yes
}

// denies reports whether asking again soon is of no use after err. A credential that is refused is worth another try
// where it may be replaced at any moment, and not where it takes a program to run, which may ask somebody to log in.
func (h *health) denies(err error) bool {
	switch accessOf(err) {
	case Forbidden, Credentials:
		return true
	case Unauthorized:
		return h.plugin
	}
	return false
}

// current returns the state that was told last.
func (h *health) current() (s model.Source) {
	h.locked(func() { s = h.source })
	return s
}

// tell calls f with the state, before there is another.
func (h *health) tell(f func(model.Source)) { h.locked(func() { f(h.source) }) }

// close makes the stream fall silent.
func (h *health) close() {
	h.locked(func() {
		h.closed = true
		h.stopLocked()
	})
}

func (h *health) locked(f func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.closed {
		f()
	}
}

// waitLocked lets the time run while no watch is open.
func (h *health) waitLocked() {
	if !h.watching && h.late == nil {
		h.late = time.AfterFunc(patience, h.overdue)
	}
}

func (h *health) stopLocked() {
	if h.late != nil {
		h.late.Stop()
		h.late = nil
	}
}

// overdue is called when nobody has been listening for too long.
func (h *health) overdue() {
	h.locked(func() {
		if h.late != nil && !h.watching && h.source.State == model.SourceSynced {
			h.failLocked(errReopening)
		}
		h.late = nil
	})
}

func (h *health) failLocked(err error) {
	state := model.SourceStale
	if apierrors.IsForbidden(err) {
		state = model.SourceForbidden
	}
	switch denied := h.denies(err); {
	case !denied:
		h.denied = time.Time{}
	case h.denied.IsZero():
		h.denied = time.Now()
	}
	h.enterLocked(state, plain(err))
}

func (h *health) enterLocked(state model.SourceState, text string) {
	if state == model.SourceSynced {
		h.denied = time.Time{}
	}
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
