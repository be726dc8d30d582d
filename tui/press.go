package tui

import (
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"
)

// press handles a key: a question and the prompt take everything, then come the keys that mean the same everywhere, then
// what is on top.
func (b *Board) press(k tea.KeyPressMsg) tea.Cmd {
	b.said = phrase{}
	defer func() { b.aim.set = false }()
	switch {
	case k.Keystroke() == alwaysQuits:
		return tea.Interrupt
	case !b.prompt.editing && b.keys.Quit.is(k):
		return tea.Quit
	case b.keys.Suspend.is(k):
		return b.suspend()
	case b.asks() && b.pressQuestion(k):
	case b.prompt.editing:
		b.pressPrompt(k)
	case b.keys.Pause.is(k):
		return b.pause()
	case b.keys.Record.is(k):
		return b.record()
	case b.pressPane(k):
	case b.pressTape(k):
	case b.help != nil:
		b.pressHelp(k)
	case b.keys.Help.is(k):
		b.help = &pager{keys: b.keys}
	case b.pressShadow(k):
	case b.pressViews(k):
	case b.page != nil:
		b.pressPage(k)
	default:
		b.pressView(k)
	}
	return nil
}

// suspend goes back to the shell until that brings the board back.
func (b *Board) suspend() tea.Cmd {
	if b.options.Suspend {
		return tea.Suspend
	}
	b.said = phrase{b.theme.strong, "there is no shell to go back to"}
	return nil
}

// pause stops the display, or lets it go on with the newest there is.
func (b *Board) pause() tea.Cmd {
	if b.paused.IsZero() {
		b.paused = b.now()
		return nil
	}
	b.paused = time.Time{}
	return b.show(b.newest)
}

func (b *Board) pressHelp(k tea.KeyPressMsg) {
	if b.keys.Help.is(k) || b.keys.Back.is(k) {
		b.help = nil
		return
	}
	b.help.HandleKey(k)
}

func (b *Board) pressPage(k tea.KeyPressMsg) {
	if b.keys.Back.is(k) {
		b.page = nil
		return
	}
	if next := b.page.successor; next != nil && b.keys.Open.is(k) {
		b.page = newPodPage(b.keys, &b.options, next)
		return
	}
	b.page.HandleKey(k)
}

// pressViews turns to another view, and reports whether the key meant that.
func (b *Board) pressViews(k tea.KeyPressMsg) bool {
	n := slices.IndexFunc(b.keys.Views, func(v binding) bool { return v.is(k) })
	if n >= 0 {
		b.within = opening{}
		b.turnTo(n)
	}
	return n >= 0
}

func (b *Board) pressView(k tea.KeyPressMsg) {
	switch {
	case b.keys.Open.is(k):
		b.open()
	case b.keys.Back.is(k):
		if b.prompt.text == "" && !b.prompt.faults && b.leave() {
			return
		}
		b.prompt.clear()
		b.refilter()
	case b.keys.Filter.is(k):
		b.prompt.open()
	case b.keys.Faults.is(k):
		b.prompt.faults = !b.prompt.faults
		b.refilter()
	default:
		b.view().HandleKey(k)
	}
}

// pressPrompt types the filter. The arrows still move in the view.
func (b *Board) pressPrompt(k tea.KeyPressMsg) {
	switch k.Keystroke() {
	case "enter":
		b.prompt.close()
	case "esc":
		b.prompt.clear()
		b.refilter()
	case "up", "down", "pgup", "pgdown":
		b.view().HandleKey(k)
	default:
		b.edit(k)
	}
}

// edit changes the filter, and the rows with it.
func (b *Board) edit(msg tea.Msg) {
	if b.prompt.editing && b.prompt.edit(msg, b.now()) {
		b.refilter()
	}
}
