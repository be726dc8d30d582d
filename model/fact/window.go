package fact

import "time"

// Window is a stretch of time in which something will happen, as far as is known. The zero Window is that
// nothing is expected, or nothing can be said.
type Window struct{ Earliest, Latest time.Time }

// IsZero reports whether the window says nothing.
func (w Window) IsZero() bool { return w.Earliest.IsZero() && w.Latest.IsZero() }

// Earliest returns the earlier of two moments.
func Earliest(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// Latest returns the later of two moments.
func Latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// Shift moves both ends.
func (w Window) Shift(earliest, latest time.Duration) Window {
	return Window{w.Earliest.Add(earliest), w.Latest.Add(latest)}
}

// From is the part of a window that is not over.
func (w Window) From(now time.Time) Window {
	if w.Earliest.Before(now) {
		w.Earliest = now
	}
	if w.Latest.Before(now) {
		w.Latest = now
	}
	return w
}
