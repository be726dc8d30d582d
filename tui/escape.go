package tui

import (
	"unicode"

	tea "charm.land/bubbletea/v2"
)

// hear handles a key that arrived. Esc and a key in one packet, as over a slow line, arrive as that key with alt; they are
// two keys, unless alt with that key means something.
func (b *Board) hear(k tea.KeyPressMsg) tea.Cmd {
	if !k.Mod.Contains(tea.ModAlt) || b.keys.bound(k) || b.prompt.editing && editsWords(k) {
		return b.press(k)
	}
	return tea.Sequence(b.press(tea.KeyPressMsg{Code: tea.KeyEscape}), b.press(withoutAlt(k)))
}

// withoutAlt is the key that followed the esc.
func withoutAlt(k tea.KeyPressMsg) tea.KeyPressMsg {
	k.Mod &^= tea.ModAlt
	if k.Mod&^tea.ModShift != 0 || !unicode.IsPrint(k.Code) {
		return k
	}
	r := k.Code
	if k.Mod.Contains(tea.ModShift) {
		r = unicode.ToUpper(r)
	}
	if k.ShiftedCode != 0 {
		r = k.ShiftedCode
	}
	k.Text = string(r)
	return k
}

// bound reports whether a key means something anywhere.
func (m *keyMap) bound(k tea.KeyPressMsg) (found bool) {
	m.each(func(_ string, b *binding) { found = found || b.is(k) })
	return found
}
