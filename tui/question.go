package tui

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"

	"github.com/probetop/probetop/model"
)

// question asks whether a command may be run in somebody's container. It shows the whole command: on one line with the
// question, or above it, on as many lines as it takes. Where these are more than there is room for, they scroll, and there
// is no yes before the last of them has been in sight.
type question struct {
	row *model.Row
	// probes are run on a yes. They are of one container and have the same command.
	probes []*model.Probe

	// derived by Compose
	theme *theme
	width int
	// command holds the lines above the question; none where it is in the question.
	command pager
	ruled   bool
	read    bool
}

// questionsAbout returns what to ask before these exec probes are run.
func questionsAbout(r *model.Row, probes []*model.Probe) []question {
	var list []question
	for _, p := range probes {
		at := slices.IndexFunc(list, func(q question) bool {
			first := q.probes[0]
			return first.Container.Name == p.Container.Name && slices.Equal(first.Spec.Command, p.Spec.Command)
		})
		if at < 0 {
			list = append(list, question{row: r, probes: []*model.Probe{p}})
			continue
		}
		list[at].probes = append(list[at].probes, p)
	}
	return list
}

// pressQuestion answers the first question: only y is a yes. It reports whether the key was an answer, or scrolled the
// command; any other is a no to every question, and means what it always does.
func (b *Board) pressQuestion(k tea.KeyPressMsg) bool {
	q := &b.questions[0]
	switch {
	case q.scrolls() && q.command.HandleKey(k):
		return true
	case k.Keystroke() == "y" && !q.read:
		b.said = phrase{b.theme.warn, "the command goes on: read it to its end first"}
		return true
	case k.Keystroke() == "y":
		for _, p := range q.probes {
			b.options.Shadow.Run(q.row, p, true)
		}
		b.questions = b.questions[1:]
		b.sayRunning(q.row, len(q.probes))
		return true
	case k.Keystroke() == "n":
		b.questions = b.questions[1:]
	default:
		b.questions = nil
	}
	b.said = phrase{b.theme.strong, "not run"}
	return k.Keystroke() == "n" || b.keys.Back.is(k)
}

// The least room that a question is asked in. It is not asked where it would not be seen.
const (
	roomForAnswers = 12
	roomForCommand = roomForWords
)

// asks reports whether there is a question, and room to ask it.
func (b *Board) asks() bool {
	return len(b.questions) > 0 && b.height >= roomForCommand && b.width >= roomForAnswers
}

// The answers, and what is said before the end of the command has been in sight.
const (
	answers   = " y/n "
	unread    = " %s more lines: %s, no: n "
	unreadToo = " %s/n "
	leastWord = "run this? "
)

// Compose lays the question out in at most height lines.
func (q *question) Compose(c *canvas, keys *keyMap, width, height int) {
	if q.theme != c.theme || q.width != width {
		q.theme, q.width, q.command = c.theme, width, pager{keys: keys}
		q.lay(c)
	}
	n := len(q.command.lines)
	q.command.SetSize(max(min(n, height-1), 0))
	q.ruled = n > 0 && height > n+1
	q.read = q.read || q.command.below() == 0
}

// lay breaks the command into lines, unless it fits into the question.
func (q *question) lay(c *canvas) {
	text := commandLine(q.probes[0].Spec.Command)
	if _, ok := q.sentence(c, text); ok {
		return
	}
	indent := min(2, q.width/8)
	var lines []string
	for part := range strings.SplitSeq(text, "\n") {
		for _, s := range c.fold(printableWhole(part), q.width-indent, c.ellipsis) {
			lines = append(lines, c.line(q.width).pad(indent).put(c.key, s).String())
		}
	}
	q.command.SetLines(lines)
}

// sentence puts a command into the question, with as much of where it would run as there is room for; it reports false
// when the command is too long for that.
func (q *question) sentence(c *canvas, command string) (parts [3]string, ok bool) {
	const begin = `run "`
	if strings.Contains(command, "\n") {
		return parts, false
	}
	command = printableWhole(command)
	room := q.width - c.Cells(begin) - c.Cells(answers)
	if !c.fits(command, room) {
		return parts, false
	}
	for _, end := range q.endings(c, `"`) {
		if c.fits(end, room-c.Cells(command)) {
			return [...]string{begin, command, end}, true
		}
	}
	return parts, false
}

// height is how many lines the question takes.
func (q *question) height() int {
	n := q.command.height + 1
	if q.ruled {
		n++
	}
	return n
}

// scrolls reports whether the command has more lines than are in sight.
func (q *question) scrolls() bool { return len(q.command.lines) > q.command.height }

// Render draws the question. What to press is always in it.
func (q *question) Render(c *canvas) []string {
	if len(q.command.lines) == 0 {
		parts, _ := q.sentence(c, commandLine(q.probes[0].Spec.Command))
		l := c.line(q.width).put(c.strong, parts[0]).put(c.key, parts[1]).put(c.strong, parts[2])
		return []string{l.put(c.alarm, answers).String()}
	}
	var lines []string
	if q.ruled {
		lines = append(lines, c.line(q.width).put(c.dim, strings.Repeat(c.rule, q.width)).String())
	}
	lines = append(lines, q.command.Render()...)
	answer := q.answer(c)
	room, end := q.width-c.Cells(answer), ""
	for _, end = range q.endings(c, "run this") {
		if c.fits(end, room) {
			break
		}
	}
	l := c.line(q.width)
	if c.fits(end, room) {
		l.put(c.strong, end)
	}
	l.put(c.alarm, answer)
	if n := q.command.below(); n > 0 && q.read {
		l.right(phrase{c.dim, thousands(n) + " more " + c.down})
	}
	return append(lines, l.String())
}

// answer says what may be pressed.
func (q *question) answer(c *canvas) string {
	if q.read {
		return answers
	}
	down := q.command.keys.Down.Help().Key
	if full := fmt.Sprintf(unread, thousands(q.command.below()), down); c.fits(full, q.width-c.Cells(leastWord)) {
		return full
	}
	return fmt.Sprintf(unreadToo, down)
}

// endings says, after some words, where the command would run, and how often, in ever fewer words.
func (q *question) endings(c *canvas, words string) []string {
	times := "? "
	if n := len(q.probes); n > 1 {
		times = ", " + thousands(n) + " times? "
	}
	container := words + " in " + c.Clip(printableWhole(q.probes[0].Container.Name), q.width/4, c.ellipsis)
	name := printableWhole(q.row.Pod.Namespace + "/" + q.row.Pod.Name)
	return []string{
		container + " of " + name + times, container + " of " + c.clipMiddle(name, q.width/4, c.ellipsis) + times,
		container + times, words + times, words + "? ",
	}
}

// commandLine writes a command as a shell would take it. It is not printable yet.
func commandLine(command []string) string {
	words := make([]string, len(command))
	for i, word := range command {
		if word == "" || strings.ContainsFunc(word, quoted) {
			word = "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
		}
		words[i] = word
	}
	return strings.Join(words, " ")
}

// quoted reports whether a word with r in it is quoted in a shell.
func quoted(r rune) bool {
	return r < utf8.RuneSelf && !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("%+,-./:=@_", r)
}

// printableWhole makes a line of a command printable, and leaves nothing of it out: what looks like a control sequence, or
// cannot be seen, is run, too.
func printableWhole(command string) string {
	return model.Printable(strings.Map(func(r rune) rune {
		if r != '\t' && (unicode.IsControl(r) || model.Invisible(r)) {
			return utf8.RuneError
		}
		return r
	}, command))
}
