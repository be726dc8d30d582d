package tui

import (
	tea "charm.land/bubbletea/v2"
)

// keyed is a pane with keys of its own, which go before those of a tape.
type keyed interface{ Keys() []*binding }

// asker is a pane that asks for something outside of the snapshots. It asks while it is in sight.
type asker interface {
	pane
	// Ask returns a command that brings what the pane wants next; nil while it waits for one, or wants nothing.
	Ask() tea.Cmd
	// Take takes what a command brought.
	Take(answer any, err error)
	// Close ends what goes on. The pane is not asked any more.
	Close()
}

// answerMsg brings a pane what it asked for.
type answerMsg struct {
	to     asker
	answer any
	err    error
}

// ask lets the pane in sight ask.
func (b *Board) ask() tea.Cmd {
	if b.page == nil {
		return nil
	}
	if a, ok := b.page.pane().(asker); ok {
		return a.Ask()
	}
	return nil
}

// Close ends what the panes of the page have going on.
func (p *podPage) Close() {
	for _, pane := range p.panes {
		if a, ok := pane.(asker); ok {
			a.Close()
		}
	}
}

// ownKeys are the keys of the pane in sight that go before others.
func (p *podPage) ownKeys() []*binding {
	if k, ok := p.pane().(keyed); ok {
		return k.Keys()
	}
	return nil
}

// claims reports whether a key is the pane's own.
func (p *podPage) claims(k tea.KeyPressMsg) bool {
	for _, own := range p.ownKeys() {
		if own.is(k) {
			return true
		}
	}
	return false
}

// pressPane handles the keys that bring up a pane of the pod that is selected, or open, and those that are a pane's own. It
// reports whether the key was one.
func (b *Board) pressPane(k tea.KeyPressMsg) bool {
	if b.help != nil {
		return false
	}
	name := ""
	switch {
	case b.page != nil && b.page.claims(k):
		return b.page.HandleKey(k)
	case b.keys.Logs.is(k), b.keys.PreviousLogs.is(k):
		name = paneLogs
	case b.keys.Manifest.is(k):
		name = paneYAML
	default:
		return false
	}
	if b.page == nil {
		r := b.target().pod
		if r == nil {
			b.said = phrase{b.theme.strong, "no pod is selected"}
			return true
		}
		b.page = newPodPage(b.keys, &b.options, r)
	}
	b.page.turnTo(name)
	if l, ok := b.page.pane().(*logsPane); ok {
		l.Choose(b.page.row, b.keys.PreviousLogs.is(k))
	}
	if y, ok := b.page.pane().(*yamlPane); ok {
		y.Again()
	}
	return true
}

// turnTo brings up the pane of that name.
func (p *podPage) turnTo(name string) {
	for i, pane := range p.panes {
		if pane.Name() == name {
			p.at = i
		}
	}
}
