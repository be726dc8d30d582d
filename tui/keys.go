package tui

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
)

// keyMap is every key there is. What the help says is made from it.
type keyMap struct {
	Down, Up, PageDown, PageUp, HalfDown, HalfUp, First, Last key.Binding

	Open, Back, Filter, Faults, Sort, Reverse, Pause, Help, Quit key.Binding
}

func newKeyMap() *keyMap {
	bind := func(help, says string, keys ...string) key.Binding {
		return key.NewBinding(key.WithKeys(keys...), key.WithHelp(help, says))
	}
	return &keyMap{
		Down:     bind("j", "down", "j", "down"),
		Up:       bind("k", "up", "k", "up"),
		HalfDown: bind("ctrl-d", "half a page down", "ctrl+d"),
		HalfUp:   bind("ctrl-u", "half a page up", "ctrl+u"),
		PageDown: bind("pgdn", "a page down", "pgdown", "ctrl+f"),
		PageUp:   bind("pgup", "a page up", "pgup", "ctrl+b"),
		First:    bind("g", "first, and stay there", "g", "home"),
		Last:     bind("G", "last", "G", "end"),

		Open:    bind("enter", "open the pod", "enter"),
		Back:    bind("esc", "back, or drop the filter", "esc"),
		Filter:  bind("/", "filter", "/"),
		Faults:  bind("f", "faults only", "f"),
		Sort:    bind("o", "next order", "o"),
		Reverse: bind("O", "reverse the order", "O"),
		Pause:   bind("space", "pause the display", "space"),
		Help:    bind("?", "help", "?"),
		Quit:    bind("q", "quit", "q", "ctrl+c"),
	}
}

// groups lists the keys for the help, in groups.
func (m *keyMap) groups() [][]key.Binding {
	return [][]key.Binding{
		{m.Open, m.Back, m.Filter, m.Faults, m.Sort, m.Reverse, m.Pause, m.Help, m.Quit},
		{m.Down, m.Up, m.HalfDown, m.HalfUp, m.PageDown, m.PageUp, m.First, m.Last},
	}
}

// distance reports how far down a key moves among n lines of which page are seen at once.
func (m *keyMap) distance(k tea.KeyPressMsg, page, n int) (int, bool) {
	half := max(page/2, 1)
	switch {
	case key.Matches(k, m.Down):
		return 1, true
	case key.Matches(k, m.Up):
		return -1, true
	case key.Matches(k, m.HalfDown):
		return half, true
	case key.Matches(k, m.HalfUp):
		return -half, true
	case key.Matches(k, m.PageDown):
		return max(page, 1), true
	case key.Matches(k, m.PageUp):
		return -max(page, 1), true
	case key.Matches(k, m.First):
		return -n, true
	case key.Matches(k, m.Last):
		return n, true
	}
	return 0, false
}
