package tui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/probetop/probetop/model"
)

// opening is what enter opens: the page of a pod, or the pods that a row stands for.
type opening struct {
	pod *model.Row
	// words name the pods, and keep finds them in every later snapshot; nil for a pod's page.
	words string
	keep  func(*model.Row) bool
}

// nothing reports whether there is nothing to open.
func (o opening) nothing() bool { return o.pod == nil && o.keep == nil }

// same reports whether two openings open the same.
func (o opening) same(other opening) bool {
	if o.pod != nil && other.pod != nil {
		return o.pod.Pod.UID == other.pod.Pod.UID
	}
	return o.pod == nil && other.pod == nil && o.words == other.words
}

// glance is for how long a key means what was selected before the selection changed by itself: no reader is faster.
const glance = 300 * time.Millisecond

// seenMsg says that a selection that changed by itself has been on the screen for a glance.
type seenMsg struct{ turn int }

// aim is what a key acts on: what was on the screen when the user decided to press it.
type aim struct {
	was opening
	set bool
	// turn counts how often it was set; a glance that is over counts only for the newest.
	turn int
}

// keep remembers what was selected before it changed by itself, for a glance.
func (a *aim) keep(was, is opening) tea.Cmd {
	if was.nothing() || was.same(is) {
		return nil
	}
	if !a.set {
		a.was, a.set = was, true
	}
	a.turn++
	turn := a.turn
	return tea.Tick(glance, func(time.Time) tea.Msg { return seenMsg{turn} })
}

// seen ends a glance.
func (a *aim) seen(turn int) {
	if turn == a.turn {
		a.set = false
	}
}

// target is what enter and the other keys act on.
func (b *Board) target() opening {
	if b.aim.set {
		return b.aim.was
	}
	return b.view().Open()
}

// open opens what is selected.
func (b *Board) open() {
	switch o := b.target(); {
	case o.pod != nil:
		b.page = newPodPage(b.keys, &b.options, o.pod)
		b.page.Follow(b.shown)
	case o.keep != nil:
		b.within, b.from = o, b.at
		b.turnTo(0)
	}
}

// leave goes back from the pods of a row to the view they were opened from, and reports whether there was one.
func (b *Board) leave() bool {
	if b.within.keep == nil {
		return false
	}
	b.within = opening{}
	b.turnTo(b.from)
	return true
}

// refilter applies the filter, and what the pods are narrowed to, to the view on the screen.
func (b *Board) refilter() {
	keep := b.prompt.filter()
	switch within := b.within.keep; {
	case within == nil:
	case keep == nil:
		keep = within
	default:
		filter := keep
		keep = func(r *model.Row) bool { return within(r) && filter(r) }
	}
	b.view().Filter(keep)
}
