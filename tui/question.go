package tui

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"

	"github.com/probetop/probetop/model"
)

// question asks whether a command may be run in somebody's container.
type question struct {
	row *model.Row
	// probes are run on a yes. They are of one container and have the same command.
	probes []*model.Probe
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
			list = append(list, question{r, []*model.Probe{p}})
			continue
		}
		list[at].probes = append(list[at].probes, p)
	}
	return list
}

// pressQuestion answers the first question: only y is a yes. It reports whether the key was an answer; any other is a
// no to every question, and means what it always does.
func (b *Board) pressQuestion(k tea.KeyPressMsg) bool {
	q := b.questions[0]
	switch k.Keystroke() {
	case "y":
		for _, p := range q.probes {
			b.options.Shadow.Run(q.row, p, true)
		}
		b.questions = b.questions[1:]
		b.sayRunning(q.row, len(q.probes))
		return true
	case "n":
		b.questions = b.questions[1:]
	default:
		b.questions = nil
	}
	b.said = phrase{b.theme.strong, "not run"}
	return k.Keystroke() == "n" || b.keys.Back.is(k)
}

// asks reports whether there is a question, and room to ask it. It is not asked where it would not be seen.
func (b *Board) asks() bool { return len(b.questions) > 0 && b.height >= roomForWords }

// Render draws the question in a line. What to press is always in it, and of the command as much as there is room for.
func (q *question) Render(c *canvas, width int) string {
	const begin, answers = `run "`, " y/n "
	room := width - c.Cells(begin) - c.Cells(answers)
	command := commandLine(q.probes[0].Spec.Command)
	enough := min(c.Cells(command), width/3)
	end := ""
	for _, end = range q.endings(c, width) {
		if room-c.Cells(end) >= enough {
			break
		}
	}
	l := c.line(max(width-c.Cells(answers), 0))
	l.put(c.strong, begin).put(c.key, c.clipCentre(command, room-c.Cells(end), c.ellipsis)).put(c.strong, end)
	l.room = min(width, l.room+c.Cells(answers))
	return l.put(c.alarm, answers).String()
}

// endings says where the command would run, and how often, in ever fewer words.
func (q *question) endings(c *canvas, width int) []string {
	times := "? "
	if n := len(q.probes); n > 1 {
		times = ", " + thousands(n) + " times? "
	}
	container := `" in ` + c.Clip(printableWhole(q.probes[0].Container.Name), width/4, c.ellipsis)
	name := printableWhole(q.row.Pod.Namespace + "/" + q.row.Pod.Name)
	return []string{container + " of " + name + times, container + " of " + c.clipMiddle(name, width/4, c.ellipsis) + times, container + times, `"` + times, `"? `}
}

// commandLine writes a command on one line, as a shell would take it.
func commandLine(command []string) string {
	words := make([]string, len(command))
	for i, word := range command {
		word = printableWhole(word)
		if word == "" || strings.ContainsAny(word, " '\"") {
			word = "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
		}
		words[i] = word
	}
	return strings.Join(words, " ")
}

// printableWhole makes a command printable, and leaves nothing of it out: what looks like a control sequence is run, too.
func printableWhole(command string) string {
	return model.Printable(strings.Map(func(r rune) rune {
		if r != '\n' && r != '\t' && unicode.IsControl(r) {
			return utf8.RuneError
		}
		return r
	}, command))
}
