package tui

import (
	"slices"
	"strconv"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
)

// binding is what a key does: in a word for the bottom line, and in some more for the help.
type binding struct {
	key.Binding
	about string
	// untold is set for a key that does nothing here but say why.
	untold bool
}

// is reports whether k is the binding's key.
func (b *binding) is(k tea.KeyPressMsg) bool { return key.Matches(k, b.Binding) }

// keyMap is every key there is. What the help and the bottom line say is made from it. A key that has no
// meaning on a board is not enabled there.
type keyMap struct {
	Down, Up, HalfDown, HalfUp, PageDown, PageUp, First, Last binding

	Tab, TabBack, Logs, PreviousLogs, Manifest, Open, Back, Filter, Faults, Sort, Reverse, Pause, Record, Shadow, Auto, Help, Suspend, Quit binding

	// Views bring up the views, in their order.
	Views []binding
	// Column orders the rows by the column of that number; its keys are in the order of the columns.
	Column binding

	// of single panes
	Earlier, Later, ZoomIn, ZoomOut, Other, OtherBack binding

	// on a tape only
	Play, Next, Previous, Ahead, Rewind, FarAhead, FarBack, Step, StepBack, Faster, Slower, Start, End binding
}

// newKeyMap returns the keys of a board, which may have a tape, a recorder and a prober.
func newKeyMap(tape, recorder, shadow bool) *keyMap {
	m := allKeys()
	m.Pause.SetEnabled(!tape)
	m.Record.SetEnabled(recorder)
	m.Shadow.untold, m.Auto.untold = !shadow, !shadow
	for _, k := range m.tape() {
		k.SetEnabled(tape)
	}
	return m
}

// bind makes a binding: its name and word for the bottom line, what the help says, and the keys.
func bind(name, word, about string, keys ...string) binding {
	return binding{Binding: key.NewBinding(key.WithKeys(keys...), key.WithHelp(name, word)), about: about}
}

// number gives the views their keys: 1 for the first.
func (m *keyMap) number(views []view) {
	m.Views = nil
	for i, v := range views {
		k := strconv.Itoa(i + 1)
		m.Views = append(m.Views, bind(k, v.Name(), v.Name(), k))
	}
}

// columnKeys are the keys of the columns, nine of each kind.
func columnKeys() []string {
	keys := strings.Split("!@#$%^&*(", "")
	for n := range columns {
		keys = append(keys, "alt+"+strconv.Itoa(n+1))
	}
	return keys
}

func allKeys() *keyMap {
	return &keyMap{
		Down:     bind("j", "down", "down", "j", "down"),
		Up:       bind("k", "up", "up", "k", "up"),
		HalfDown: bind("ctrl-d", "half page", "half a page", "ctrl+d"),
		HalfUp:   bind("ctrl-u", "half page up", "half a page up", "ctrl+u"),
		PageDown: bind("pgdn", "page", "a page", "pgdown", "ctrl+f"),
		PageUp:   bind("pgup", "page up", "a page up", "pgup", "ctrl+b"),
		First:    bind("g", "first", "first, stay there", "g", "home"),
		Last:     bind("G", "last", "last", "G", "end"),

		Tab:     bind("tab", "next", "next pane, or grouping of workloads", "tab"),
		TabBack: bind("shift-tab", "previous", "previous pane", "shift+tab"),
		Logs:    bind("l", "logs", "logs", "l"),

		PreviousLogs: bind("p", "previous logs", "previous logs", "p"),

		Manifest: bind("y", "yaml", "yaml", "y"),
		Column:   bind("shift-1", "by column", "order by the 1st column, shift-2 by the 2nd", columnKeys()...),
		Open:     bind("enter", "open", "open the pod", "enter"),
		Back:     bind("esc", "back", "back, drop filter", "esc"),
		Filter:   bind("/", "filter", "filter", "/"),
		Faults:   bind("f", "faults", "faults only", "f"),
		Sort:     bind("o", "order", "next order", "o"),
		Reverse:  bind("O", "reverse", "reverse order", "O"),
		Pause:    bind("space", "pause", "pause the display", "space"),
		Record:   bind("r", "record", "record on, off", "r"),
		Shadow:   bind("P", "shadow", "run from here", "P"),
		Auto:     bind("a", "auto", "auto on, off", "a"),
		Help:     bind("?", "help", "help", "?"),
		Suspend:  bind("ctrl-z", "suspend", "suspend, fg back", "ctrl+z"),
		Quit:     bind("q", "quit", "quit", "q", "ctrl+c"),

		Earlier:   bind("left", "earlier", "cursor back", "left"),
		Later:     bind("right", "later", "cursor on", "right"),
		ZoomIn:    bind("+", "zoom in", "zoom in", "+", "="),
		ZoomOut:   bind("-", "zoom out", "zoom out", "-"),
		Other:     bind("right", "container", "next container", "right"),
		OtherBack: bind("left", "back", "container before", "left"),

		Play:     bind("space", "play/stop", "play, stop", "space"),
		Next:     bind("n", "next change", "next change", "n"),
		Previous: bind("N", "previous", "previous change", "N"),
		Ahead:    bind("right", "+5s", "5 seconds on", "right"),
		Rewind:   bind("left", "-5s", "5 seconds back", "left"),
		FarAhead: bind("]", "+1m", "a minute on", "]", "shift+right"),
		FarBack:  bind("[", "-1m", "a minute back", "[", "shift+left"),
		Step:     bind(".", "step", "a moment on", "."),
		StepBack: bind(",", "step back", "a moment back", ","),
		Faster:   bind("+", "faster", "faster", "+", "="),
		Slower:   bind("-", "slower", "slower", "-"),
		Start:    bind("<", "start", "to the start", "<"),
		End:      bind(">", "end", "to the end", ">"),
	}
}

// groups lists the keys for the help, in columns.
func (m *keyMap) groups() [][]*binding {
	return [][]*binding{
		enabled(&m.Open, &m.Back, &m.Filter, &m.Faults, &m.Sort, &m.Reverse),
		enabled(&m.Down, &m.Up, &m.HalfDown, &m.HalfUp, &m.PageDown, &m.PageUp),
		enabled(&m.First, &m.Last, &m.Pause, &m.Record, &m.Help, &m.Suspend, &m.Quit),
	}
}

// pageGroups lists the keys of the page of a pod for the help, in columns.
func (m *keyMap) pageGroups() [][]*binding {
	return [][]*binding{
		enabled(&m.Tab, &m.TabBack, &m.Logs, &m.PreviousLogs, &m.Manifest),
		enabled(&m.Earlier, &m.Later, &m.ZoomIn, &m.ZoomOut),
		enabled(&m.Other, &m.OtherBack),
	}
}

// tape lists the keys that move a tape.
func (m *keyMap) tape() []*binding {
	return []*binding{
		&m.Play, &m.Next, &m.Previous, &m.Faster, &m.Slower, &m.Ahead, &m.Rewind, &m.FarAhead, &m.FarBack,
		&m.Start, &m.Step, &m.StepBack, &m.End,
	}
}

// tapeGroups lists them for the help, in columns; none without a tape.
func (m *keyMap) tapeGroups() [][]*binding {
	return [][]*binding{
		enabled(&m.Play, &m.Next, &m.Previous, &m.Faster, &m.Slower),
		enabled(&m.Ahead, &m.Rewind, &m.FarAhead, &m.FarBack),
		enabled(&m.Step, &m.StepBack, &m.Start, &m.End),
	}
}

// tableKeys lists the keys of the bottom line below the table, the most important first.
func (m *keyMap) tableKeys() []*binding {
	if m.Play.Enabled() {
		return enabled(&m.Play, &m.Next, &m.Previous, &m.Open, m.span(), &m.Filter, &m.Ahead, &m.Rewind, &m.Faster, &m.Slower,
			&m.Faults, &m.Sort, &m.Record, &m.Quit)
	}
	return enabled(&m.Open, m.span(), &m.Filter, &m.Faults, &m.Sort, &m.Pause, &m.Shadow, &m.Quit, &m.Record, &m.Auto, &m.Reverse)
}

// pagerKeys lists those of the bottom line below a page, which may be a pod's, on a pane with keys of its own.
func (m *keyMap) pagerKeys(pod bool, own []*binding) []*binding {
	if pod {
		keys := append([]*binding{&m.Back, &m.Tab}, own...)
		if len(own) == 0 {
			keys = append(keys, &m.Down, &m.Up, &m.Shadow, &m.Logs, &m.PreviousLogs, &m.Manifest)
		}
		return enabled(append(keys, &m.Play, &m.Next, &m.Previous, &m.Pause, &m.Quit, &m.Auto, &m.First, &m.Last, &m.Record)...)
	}
	return enabled(&m.Back, &m.Play, &m.Next, &m.Previous, &m.Down, &m.Up, &m.First, &m.Last, &m.Pause, &m.Record, &m.Quit)
}

// span stands for the keys of all views in the bottom line.
func (m *keyMap) span() *binding {
	b := bind("", "views", "views", "1")
	if n := len(m.Views); n > 0 {
		b.SetHelp(m.Views[0].Help().Key+"-"+m.Views[n-1].Help().Key, "views")
	}
	return &b
}

// columns is how many columns have a key.
const columns = 9

// column returns the number of the column that a key asks to order by, from 0. A terminal sends shift and a digit, or what
// is on that key in the layout of most keyboards; with alt it is the same on all of them.
func (m *keyMap) column(k tea.KeyPressMsg) (int, bool) {
	if !m.Column.is(k) {
		return 0, false
	}
	at := slices.Index(m.Column.Keys(), k.String())
	return at % columns, at >= 0
}

func enabled(keys ...*binding) []*binding {
	return slices.DeleteFunc(keys, func(k *binding) bool { return !k.Enabled() || k.untold })
}

// distance reports how far down a key moves among n lines of which page are seen at once.
func (m *keyMap) distance(k tea.KeyPressMsg, page, n int) (int, bool) {
	half := max(page/2, 1)
	switch {
	case m.Down.is(k):
		return 1, true
	case m.Up.is(k):
		return -1, true
	case m.HalfDown.is(k):
		return half, true
	case m.HalfUp.is(k):
		return -half, true
	case m.PageDown.is(k):
		return max(page, 1), true
	case m.PageUp.is(k):
		return -max(page, 1), true
	case m.First.is(k):
		return -n, true
	case m.Last.is(k):
		return n, true
	}
	return 0, false
}
