package watch

import (
	"cmp"
	"errors"
	"sync"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/probetop/probetop/model"
)

const (
	// patience is how long a stream may not listen before the stream counts as stale. Most watches that end are
	// open again at once.
	patience = 1500 * time.Millisecond
	// proven is how long a watch has to be open to have gone on where the one before it had ended.
	proven = 5 * time.Second
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
	// pulse knows when the server was heard last, on any stream; nil for a source that is told when it asks.
	pulse *pulse

	mu sync.Mutex
	// guarded by mu
	source, told model.Source
	// denied is since when there has been nothing but denials; zero after anything else.
	denied time.Time
	// complete is set once a list was complete.
	complete bool
	// noWatch is set while the last watch that was tried could not be opened; then a list alone does not
	// make the stream synced.
	noWatch bool
	// telling is set while a watch is open that has not completed the list at its beginning, watching while one
	// is open that has. Since the last one ended, late has been running: unless there is
	// another when it runs out, the stream does not listen.
	telling, watching bool
	late              *time.Timer
	// muted is set while the stream is stale only because the server is not heard.
	muted bool
	// deaf is since when nothing has been heard, until it is certain that the stream goes on where it was: a watch that is
	// opened may end at once, because the server has forgotten what happened. opened is when that was.
	deaf, opened time.Time
	// remark is what there is to say of a stream that is synced.
	remark string
	// gap is from when on changes may be missing that the running list does not tell; zero when there are none.
	gap    time.Time
	closed bool
}

var _ audience = (*health)(nil)

// syncing announces the stream.
func (h *health) syncing() { h.locked(func() { h.enterLocked(model.SourceSyncing, "") }) }

// relists is called when a list begins. What has happened since the watch broke off is not told by it, unless it was wanted
// while the stream was well.
func (h *health) relists(wanted bool) {
	h.locked(func() {
		well := h.source.State == model.SourceSynced
		if !h.complete || !h.gap.IsZero() || wanted && well {
			return
		}
		if well {
			h.deaf = h.deafLocked()
		}
		h.gap = h.deaf.Add(-h.pulse.underWay()) // what was sent after that may have been cut off
	})
}

// listed is called when a list is complete.
func (h *health) listed() {
	h.locked(func() {
		h.complete = true
		h.deaf = time.Time{}
		if !h.gap.IsZero() {
			h.source.Missed, h.gap = model.Span{From: h.gap, To: h.clock.now().Round(0)}, time.Time{}
		}
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
		h.opened = time.Now()
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

// listens implements audience.
func (h *health) listens() (yes bool) {
	h.locked(func() { yes = h.source.State == model.SourceSynced || h.muted })
	return yes
}

// silent implements audience.
func (h *health) silent(since time.Time) {
	h.locked(func() {
		if h.source.State == model.SourceSynced {
			s := h.source
			s.Silent = h.momentLocked(since)
			h.becomeLocked(s)
		}
	})
}

// mute implements audience.
func (h *health) mute(time.Time) {
	h.locked(func() {
		if h.source.State == model.SourceSynced {
			h.failLocked(errSilent)
			h.muted = true
		}
	})
}

// audible implements audience. A watch that is still open has missed nothing: what was on its way has come.
func (h *health) audible(remark string) {
	h.locked(func() {
		h.remark = remark
		if h.source.State == model.SourceSynced || h.muted && h.watching {
			h.enterLocked(model.SourceSynced, "")
		}
	})
}

// resigned reports whether the stream has lacked a permission, or a credential, for long.
func (h *health) resigned() (yes bool) {
	h.locked(func() { yes = !h.denied.IsZero() && time.Since(h.denied) > hope })
	return yes
}

// denies reports whether asking again soon is of no use after err. A credential that is refused is worth another try
// where it may be replaced at any moment, and not where it takes a program to run, which may ask the user to log in.
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

// overdue is called when the stream has not listened for too long.
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
	text := plain(err)
	if h.muted && text == errCutOff.Error() {
		return // by us, because it was of no use any more
	}
	h.enterLocked(state, text)
}

// enterLocked makes the stream be in a state. One that is not synced any more has been deaf since the server was heard last.
func (h *health) enterLocked(state model.SourceState, text string) {
	if state == model.SourceSynced {
		h.denied = time.Time{}
		text = cmp.Or(text, h.remark)
	}
	h.muted = false
	next := h.source
	next.State, next.Error, next.Silent = state, text, time.Time{}
	switch {
	case next.State == h.source.State:
	case h.source.State == model.SourceSynced:
		h.deaf = h.deafLocked()
		next.Since = h.deaf
	default:
		next.Since = h.clock.now().Round(0)
	}
	h.becomeLocked(next)
}

// becomeLocked tells a state that differs from the last.
func (h *health) becomeLocked(next model.Source) {
	if next == h.source && h.told == next {
		return
	}
	h.source, h.told = next, next
	h.emit(model.Change{At: h.clock.now(), Stream: h.stream, Fact: &next})
}

// deafLocked returns since when nothing has been heard, when that is so from now on.
func (h *health) deafLocked() time.Time {
	if !h.deaf.IsZero() && time.Since(h.opened) < proven {
		return h.deaf
	}
	return h.heardLocked()
}

// heardLocked returns when the server was heard last.
func (h *health) heardLocked() time.Time {
	if h.pulse == nil {
		return h.clock.now().Round(0)
	}
	return h.momentLocked(h.pulse.last())
}

// momentLocked returns what the stream's clock showed at a moment of the local one.
func (h *health) momentLocked(local time.Time) time.Time {
	return h.clock.now().Add(-time.Since(local)).Round(0)
}
