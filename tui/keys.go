package tui

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
)

// binding is what a key does: in a word for the bottom line, and in some more for the help.
type binding struct {
	key.Binding
	about string
}

// is reports whether k is the binding's key.
func (b *binding) is(k tea.KeyPressMsg) bool { return key.Matches(k, b.Binding) }

// keyMap is every key there is. What the help and the bottom line say is made from it.
type keyMap struct {
	Down, Up, HalfDown, HalfUp, PageDown, PageUp, First, Last binding

	Open, Back, Filter, Faults, Sort, Reverse, Pause, Help, Quit binding
}

func newKeyMap() *keyMap {
	bind := func(name, word, about string, keys ...string) binding {
		return binding{key.NewBinding(key.WithKeys(keys...), key.WithHelp(name, word)), about}
	}
	return &keyMap{
		Down:     bind("j", "down", "down", "j", "down"),
		Up:       bind("k", "up", "up", "k", "up"),
		HalfDown: bind("ctrl-d", "half page", "half a page", "ctrl+d"),
		HalfUp:   bind("ctrl-u", "half page up", "half a page up", "ctrl+u"),
		PageDown: bind("pgdn", "page", "a page", "pgdown", "ctrl+f"),
		PageUp:   bind("pgup", "page up", "a page up", "pgup", "ctrl+b"),
		First:    bind("g", "first", "first, stay there", "g", "home"),
		Last:     bind("G", "last", "last", "G", "end"),

		Open:    bind("enter", "open", "open the pod", "enter"),
		Back:    bind("esc", "back", "back, drop filter", "esc"),
		Filter:  bind("/", "filter", "filter", "/"),
		Faults:  bind("f", "faults", "faults only", "f"),
		Sort:    bind("o", "order", "next order", "o"),
		Reverse: bind("O", "reverse", "reverse order", "O"),
		Pause:   bind("space", "pause", "pause the display", "space"),
		Help:    bind("?", "help", "help", "?"),
		Quit:    bind("q", "quit", "quit", "q", "ctrl+c"),
	}
}

// groups lists the keys for the help, in columns.
func (m *keyMap) groups() [][]*binding {
	return [][]*binding{
		{&m.Open, &m.Back, &m.Filter, &m.Faults, &m.Sort, &m.Reverse},
		{&m.Down, &m.Up, &m.HalfDown, &m.HalfUp, &m.PageDown, &m.PageUp},
		{&m.First, &m.Last, &m.Pause, &m.Help, &m.Quit},
	}
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
