package tui

import (
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
)

// Heights from which there is room for more.
const (
	roomForFooter = 6
	roomForTitles = 7
	roomForStrip  = 18
	roomForView   = 24
	roomForNote   = 22
	roomForFacts  = 30
)

// compose derives everything that View draws, and gives the children their room.
func (b *Board) compose() {
	now := b.options.Now().Truncate(time.Second) // ages grow together, once a second
	c := canvas{theme: b.theme, now: now}
	if !b.paused.IsZero() {
		c.now = b.paused
	}
	if b.canvas = &c; b.shown != nil {
		b.canvas = c.see(b.shown)
	}
	h := header{
		context: b.options.Context, scope: b.options.Scope, notice: b.options.Notice,
		shown: b.shown, newest: b.newest, now: now, paused: b.paused, ended: b.ended, view: b.view(),
	}
	b.head = h.Render(b.canvas, b.width, min(max(b.height/6, 1), b.height))
	body := b.height - len(b.head)
	if b.height >= roomForFooter {
		body--
	}
	b.table.SetSize(b.width, body-b.stripHeight(), b.height >= roomForTitles)
	if b.page != nil {
		b.page.Compose(b.canvas, b.width, body)
	}
	if b.help != nil {
		b.help.SetSize(body)
		b.help.SetLines(helpLines(b.canvas, b.keys, b.width))
	}
	if b.foot = nil; b.height >= roomForFooter {
		b.foot = []string{b.footer()}
	}
}

// view says what is hidden and how the rows are ordered, when that is not as it begins.
func (b *Board) view() []string {
	if b.page != nil || b.help != nil {
		return nil
	}
	words := b.prompt.words()
	if len(words) > 0 {
		words = append(words, thousands(len(b.table.order.shown))+" of "+thousands(len(b.table.order.sorted))+" shown")
	}
	if order := b.table.orderWords(); order != "" {
		words = append(words, order)
	}
	return words
}

// stripHeight is how many lines are kept for the selected pod.
func (b *Board) stripHeight() int {
	switch {
	case b.height < roomForStrip:
		return 0
	case b.height < roomForNote:
		return 3
	case b.height < roomForFacts:
		return 4
	}
	return 5
}

func (b *Board) footer() string {
	if b.prompt.editing {
		return b.prompt.Render(b.canvas, b.width, len(b.table.order.shown))
	}
	top := b.help
	if top == nil && b.page != nil {
		top = &b.page.pager
	}
	if top == nil {
		m := b.keys
		keys := []*binding{&m.Open, &m.Filter, &m.Faults, &m.Sort, &m.Reverse, &m.Pause, &m.Help, &m.Quit}
		remark := ""
		if b.height < roomForView {
			remark = strings.Join(b.view(), ", ")
		}
		return footer(b.canvas, b.width, keys, remark)
	}
	remark := ""
	if n := top.below(); n > 0 {
		remark = thousands(n) + " more " + b.theme.down
	}
	return footer(b.canvas, b.width, top.shortHelp(), remark)
}

// View draws the screen: as many lines as the terminal has, none wider.
func (b *Board) View() tea.View {
	v := tea.NewView(b.screen())
	v.AltScreen = true
	v.WindowTitle = "probetop"
	return v
}

func (b *Board) screen() string {
	if b.width <= 0 || b.height <= 0 {
		return ""
	}
	var s strings.Builder
	s.Grow(3 * b.width * b.height)
	n := 0
	write := func(lines []string, limit int) {
		for _, l := range lines[:max(min(len(lines), limit-n), 0)] {
			if n > 0 {
				s.WriteByte('\n')
			}
			s.WriteString(l)
			n++
		}
	}
	write(b.head, b.height)
	end := b.height - len(b.foot)
	body, strip := b.body()
	write(body, end-len(strip))
	for n < end-len(strip) {
		write([]string{""}, end)
	}
	write(strip, end)
	write(b.foot, b.height)
	return s.String()
}

// body draws what is on top, and the strip below the table.
func (b *Board) body() (body, strip []string) {
	switch {
	case b.help != nil:
		return b.help.Render(), nil
	case b.page != nil:
		return b.page.Render(), nil
	}
	return b.pods()
}

// pods draws the table with its strip, or why there is none.
func (b *Board) pods() (table, strip []string) {
	r := b.table.Selected()
	if r == nil {
		lines := []string{""}
		for _, text := range b.emptiness() {
			for _, s := range wrap(text, b.width-4, 3, b.theme.ellipsis) {
				lines = append(lines, b.canvas.line(b.width).pad(2).text(s).String())
			}
			if text == "" {
				lines = append(lines, "")
			}
		}
		return lines, nil
	}
	if n := b.stripHeight(); n > 0 {
		strip = stripLines(b.canvas, r, b.table.count(), b.width, n)
	}
	return b.table.Render(b.canvas), strip
}
