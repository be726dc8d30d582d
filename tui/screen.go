package tui

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/probetop/probetop/model"
)

// Heights from which there is room for more.
const (
	roomForWords  = 3
	roomForNotice = 4
	roomForFooter = 6
	roomForTitles = 7
	roomForScrub  = 8
	roomForStrip  = 18
	roomForView   = 24
	roomForNote   = 22
	roomForFacts  = 30
)

// compose derives everything that View draws, and gives the children their room.
func (b *Board) compose() {
	if b.scrub != nil {
		head := b.options.Tape.Playhead()
		b.playhead = &head
	}
	now := b.now()
	c := canvas{theme: b.theme, now: now, screen: b.height}
	if !b.paused.IsZero() {
		c.now = b.paused
	}
	b.canvas = &c
	b.state = b.shadow()
	h := header{
		context: b.options.Context, scope: b.options.Scope, notice: b.noticeLine(),
		shown: b.shown, newest: b.newest, now: now, paused: b.paused, ended: b.ended, view: b.words(), at: b.name(),
		tape: b.playhead, recorder: b.recorder(), shadow: b.state,
	}
	if b.options.Remark != nil {
		h.remark = b.options.Remark()
	}
	b.head = h.Render(b.canvas, b.width, b.headRoom())
	if b.asks() {
		b.questions[0].Compose(b.canvas, b.keys, b.width, b.height-len(b.head)-b.sayHeight())
	}
	body := b.height - len(b.head) - b.footHeight()
	b.view().Compose(b.canvas, b.width, body)
	b.look()
	if b.page != nil {
		b.page.Compose(b.canvas, b.width, body)
	}
	if b.help != nil {
		b.help.SetSize(body)
		b.help.SetLines(helpLines(b.canvas, b.keys, b.pointed(), b.width))
	}
	b.foot = b.footLines()
}

// pointed is the pod that is open, or under the cursor; nil for none.
func (b *Board) pointed() *model.Row {
	if b.page != nil {
		return b.page.row
	}
	return b.target().pod
}

// noticeLine is what is on every screen, with what is new about it.
func (b *Board) noticeLine() string {
	notice := b.options.Notice
	if b.options.News != nil {
		notice += " " + b.theme.dot + " " + b.options.News()
	}
	return notice
}

// name is that of the view on the screen, where it is not the first.
func (b *Board) name() string {
	if b.at == 0 {
		return ""
	}
	return b.view().Name()
}

// headRoom is how many lines the header may have.
func (b *Board) headRoom() int {
	room := max(b.height/6, 1)
	if b.options.Notice != "" && b.height >= roomForNotice {
		room++
	}
	return min(room, b.height)
}

// words say what is hidden and how the rows are ordered, when that is not as it begins.
func (b *Board) words() []string {
	if b.page != nil || b.help != nil {
		return nil
	}
	words := b.prompt.words()
	if b.within.keep != nil {
		words = append([]string{"pods of " + b.within.words + ", esc goes back"}, words...)
	}
	if len(words) > 0 {
		shown, all := b.view().Counts()
		words = append(words, thousands(shown)+" of "+thousands(all)+" shown")
	}
	if order := b.view().Order(); order != "" {
		words = append(words, order)
	}
	return words
}

// footHeight is how many lines there are at the bottom.
func (b *Board) footHeight() int {
	switch n := b.sayHeight(); {
	case b.asks():
		return n + b.questions[0].height()
	case b.height >= roomForFooter:
		return n + 1
	default:
		return n
	}
}

// sayHeight is how many of them are above the keys, or a question.
func (b *Board) sayHeight() int {
	n := 0
	for _, there := range [...]bool{b.scrubs(), b.speaks()} {
		if there {
			n++
		}
	}
	return n
}

func (b *Board) scrubs() bool { return b.scrub != nil && b.height >= roomForScrub }

// speaks reports whether there is a line for what there is to say. Where there is no footer, a question takes its place.
func (b *Board) speaks() bool {
	return b.height >= roomForWords && b.said.text != "" && (!b.asks() || b.height >= roomForFooter)
}

// footLines draws them: where the tape stands, what there is to say, and a question or the keys.
func (b *Board) footLines() []string {
	var lines []string
	if b.scrubs() {
		lines = append(lines, b.scrub.Render(b.canvas, b.playhead, b.width))
	}
	if b.speaks() {
		text := b.theme.clipCentre(b.said.text, b.width, b.theme.ellipsis)
		lines = append(lines, b.canvas.line(b.width).put(b.said.ink, text).String())
	}
	switch {
	case b.asks():
		return append(lines, b.questions[0].Render(b.canvas)...)
	case b.height >= roomForFooter:
		return append(lines, b.footer())
	default:
		return lines
	}
}

func (b *Board) footer() string {
	if b.prompt.editing {
		shown, _ := b.view().Counts()
		return b.prompt.Render(b.canvas, b.width, shown)
	}
	remark := b.happened()
	if b.help != nil || b.page != nil {
		var own []*binding
		if b.help == nil {
			own = b.page.ownKeys()
		}
		if n := b.below(); n > 0 {
			remark = phrase{b.theme.dim, thousands(n) + " more " + b.theme.down}
		}
		return footer(b.canvas, b.width, b.keys.pagerKeys(b.help == nil, own), &b.keys.Help, remark)
	}
	if remark.text == "" && b.height < roomForView {
		remark = phrase{b.theme.dim, strings.Join(b.words(), ", ")}
	}
	keys := b.keys.tableKeys()
	if word := b.view().Tab(); word != "" {
		tab := b.keys.Tab
		tab.SetHelp(tab.Help().Key, word)
		keys = slices.Insert(keys, 1, &tab)
	}
	return footer(b.canvas, b.width, keys, &b.keys.Help, remark)
}

// below is how many lines there are below the ones of the page or the help in sight.
func (b *Board) below() int {
	if b.help != nil {
		return b.help.below()
	}
	return b.page.pane().Below()
}

// happened words what has just changed where a tape stands still.
func (b *Board) happened() phrase {
	if b.scrub == nil || b.playhead.Playing {
		return phrase{}
	}
	return b.scrub.happened(b.canvas, b.playhead.At, b.width/2)
}

// View draws the screen: as many lines as the terminal has, none wider.
func (b *Board) View() tea.View {
	v := tea.NewView(b.screen())
	v.AltScreen = true
	v.WindowTitle = "probetop"
	if b.options.Mouse {
		v.MouseMode = tea.MouseModeCellMotion
	}
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
	write(b.body(), end)
	for n < end {
		write([]string{""}, end)
	}
	write(b.foot, b.height)
	return s.String()
}

// body draws what is on top.
func (b *Board) body() []string {
	switch {
	case b.help != nil:
		return b.help.Render()
	case b.page != nil:
		return b.page.Render()
	}
	if lines := b.view().Render(b.canvas); len(lines) > 0 {
		return lines
	}
	return b.nothing()
}

// nothing says why there is no row.
func (b *Board) nothing() []string {
	lines := []string{""}
	for _, text := range b.emptiness() {
		for _, s := range b.theme.wrap(text, b.width-4, 3, b.theme.ellipsis) {
			lines = append(lines, b.canvas.line(b.width).pad(2).text(s).String())
		}
		if text == "" {
			lines = append(lines, "")
		}
	}
	return lines
}
