package tui

import (
	tea "charm.land/bubbletea/v2"
)

// pager shows as many of its lines as fit, and keeps its place when they change.
type pager struct {
	keys   *keyMap
	lines  []string
	top    int
	height int
}

// SetLines replaces the lines.
func (p *pager) SetLines(lines []string) {
	p.lines = lines
	p.scroll(0)
}

// SetSize sets how many lines are seen at once.
func (p *pager) SetSize(height int) {
	p.height = height
	p.scroll(0)
}

// HandleKey scrolls, and reports whether the key meant that.
func (p *pager) HandleKey(k tea.KeyPressMsg) bool {
	by, ok := p.keys.distance(k, p.height, len(p.lines))
	p.scroll(by)
	return ok
}

func (p *pager) scroll(by int) {
	p.top = max(min(p.top+by, len(p.lines)-p.height), 0)
}

// Render returns the lines in sight.
func (p *pager) Render() []string {
	return p.lines[p.top:min(p.top+p.height, len(p.lines))]
}

// below is how many lines there are below the ones in sight.
func (p *pager) below() int { return max(len(p.lines)-p.top-p.height, 0) }
