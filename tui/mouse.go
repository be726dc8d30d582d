package tui

import tea "charm.land/bubbletea/v2"

// wheelLines is how far a notch of the wheel goes.
const wheelLines = 3

// clickable is a view whose rows can be clicked.
type clickable interface {
	// Click selects what is on that line of the view, and reports whether it was selected already.
	Click(line int) (again bool)
}

// wheel scrolls what is on top.
func (b *Board) wheel(m tea.MouseWheelMsg) {
	key := &b.keys.Down
	switch m.Button {
	case tea.MouseWheelUp:
		key = &b.keys.Up
	case tea.MouseWheelDown:
	default:
		return
	}
	k, ok := key.press()
	for range wheelLines {
		switch {
		case !ok:
		case b.asks():
			b.questions[0].command.HandleKey(k)
		case b.help != nil:
			b.help.HandleKey(k)
		case b.page != nil:
			b.page.HandleKey(k)
		default:
			b.view().HandleKey(k)
		}
	}
}

// click selects a row, and opens the one that is selected.
func (b *Board) click(m tea.MouseClickMsg) tea.Cmd {
	v, ok := b.view().(clickable)
	if !ok || m.Button != tea.MouseLeft || b.asks() || b.help != nil || b.page != nil || m.Y >= b.height-len(b.foot) {
		return nil
	}
	if again := v.Click(m.Y - len(b.head)); !again || b.prompt.editing {
		return nil
	}
	k, ok := b.keys.Open.press()
	if !ok {
		return nil
	}
	return b.press(k)
}

// press is a press of the binding's first key; it reports false when it has none.
func (b *binding) press() (tea.KeyPressMsg, bool) {
	if keys := b.Keys(); len(keys) > 0 {
		return tea.KeyPressMsg{Text: keys[0]}, true // a press is known by its text
	}
	return tea.KeyPressMsg{}, false
}

// Click selects the row on that line, titles included, and reports whether it was selected already.
func (t *table[R]) Click(line int) (again bool) {
	if t.titled {
		line--
	}
	if line < 0 || line >= len(t.inView()) {
		return false
	}
	by := t.top + line - t.cursor
	t.move(by)
	return by == 0
}

// Click implements clickable.
func (v *podsView) Click(line int) bool { return v.table.Click(line) }

// Click implements clickable.
func (v *listView[R]) Click(line int) bool { return v.table.Click(line) }
