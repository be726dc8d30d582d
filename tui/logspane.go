package tui

import (
	"errors"
	"io"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/probetop/probetop/model"
)

const paneLogs = "logs"

// What the pane holds at most of a container's output: the oldest lines go first.
const (
	maxLogLines = 5000
	maxLogBytes = 2 << 20
	// maxLogRows is how many lines of the screen a line of a log takes.
	maxLogRows = 40
)

// logsPane shows what a container writes, or what the instance before it wrote.
type logsPane struct {
	keys  *keyMap
	logs  Logs
	tape  bool
	pager pager
	// follow is set while the newest line is to be in sight.
	follow bool

	row      *model.Row
	name     string // of the container; empty while none was chosen
	previous bool

	stream LogStream // nil while none is open
	// instance is which the stream is of, by when it started.
	instance time.Time
	busy     bool
	closed   bool
	err      error // why there is no more; nil while there may be

	lines   []LogLine
	bytes   int
	dropped int

	head []string
	// drawn is how many of the lines are in the pager, from which canvas and in which width.
	drawn  int
	themed *theme
	width  int
	marks  []model.Mark
	// body are the lines that are drawn, without what happened after them.
	body []string
}

func newLogsPane(keys *keyMap, o *Options) *logsPane {
	return &logsPane{keys: keys, logs: o.Logs, tape: o.Tape != nil, pager: pager{keys: keys}, follow: true}
}

// Name implements pane.
func (p *logsPane) Name() string { return paneLogs }

// Keys implements keyed.
func (p *logsPane) Keys() []*binding {
	if p.row == nil || len(p.row.Pod.Containers) < 2 {
		return nil
	}
	return []*binding{&p.keys.Other, &p.keys.OtherBack}
}

// Choose turns to the running instance, or to the one before.
func (p *logsPane) Choose(r *model.Row, previous bool) {
	if p.row == nil {
		p.row = r
	}
	if p.name == "" {
		p.name = telling(r)
	}
	if p.previous != previous || p.err != nil {
		p.previous = previous
		p.reset()
	}
}

// telling is the container whose logs tell most: that of the worst probe, or the one that was restarted last.
func telling(r *model.Row) string {
	switch {
	case r.Worst >= 0 && r.Worst < len(r.Probes):
		return r.Probes[r.Worst].Container.Name
	case len(r.Restarts) > 0:
		return r.Restarts[0].Container
	}
	for i := range r.Pod.Containers {
		if c := &r.Pod.Containers[i]; c.Kind == model.Main {
			return c.Name
		}
	}
	return ""
}

// reset forgets what was read.
func (p *logsPane) reset() {
	if p.stream != nil {
		p.stream.Close()
	}
	p.stream, p.err, p.lines, p.bytes, p.dropped, p.drawn, p.follow = nil, nil, nil, 0, 0, 0, true
	p.pager.SetLines(nil)
	p.body = nil
}

// HandleKey implements pane: it scrolls, and goes from container to container.
func (p *logsPane) HandleKey(k tea.KeyPressMsg) bool {
	switch {
	case p.keys.Other.is(k):
		return p.other(1)
	case p.keys.OtherBack.is(k):
		return p.other(-1)
	}
	ok := p.pager.HandleKey(k)
	if ok {
		p.follow = p.pager.below() == 0
	}
	return ok
}

// other turns to another container.
func (p *logsPane) other(by int) bool {
	all := p.row.Pod.Containers
	for i := range all {
		if all[i].Name == p.name {
			p.name = all[(i+by+len(all))%len(all)].Name
			p.reset()
			return true
		}
	}
	return false
}

// Ask implements asker. It opens the stream when there is none, and reads on.
func (p *logsPane) Ask() tea.Cmd {
	if p.logs == nil || p.busy || p.closed || p.row == nil || p.name == "" {
		return nil
	}
	c := p.row.Pod.Container(p.name)
	if c == nil || p.first() {
		return nil
	}
	if p.err != nil { // until another instance writes
		if p.previous || c.StartedAt.Equal(p.instance) || c.State != model.Running {
			return nil
		}
		p.stream.Close()
		p.stream, p.err = nil, nil
	}
	if p.stream == nil {
		p.stream, p.instance = p.logs.Open(p.row, p.name, p.previous), c.StartedAt
	}
	p.busy = true
	s := p.stream
	return func() tea.Msg {
		lines, err := s.Next()
		return answerMsg{p, logAnswer{s, lines}, err}
	}
}

// logAnswer is what a stream brought.
type logAnswer struct {
	of    LogStream
	lines []LogLine
}

// Take implements asker.
func (p *logsPane) Take(answer any, err error) {
	p.busy = false
	a, ok := answer.(logAnswer)
	if !ok || a.of != p.stream {
		return // of a stream that is not wanted any more
	}
	p.err = err
	for _, l := range a.lines {
		l.Text = model.Printable(l.Text)
		p.lines = append(p.lines, l)
		p.bytes += len(l.Text)
	}
	drop := 0
	for drop < len(p.lines) && (len(p.lines)-drop > maxLogLines || p.bytes > maxLogBytes) {
		p.bytes -= len(p.lines[drop].Text)
		drop++
	}
	if drop > 0 {
		p.lines = append([]LogLine(nil), p.lines[drop:]...)
		p.dropped += drop
		p.drawn = 0
	}
}

// Close implements asker.
func (p *logsPane) Close() {
	p.closed = true
	if p.stream != nil {
		p.stream.Close()
	}
}

// Compose implements pane.
func (p *logsPane) Compose(c *canvas, r *model.Row, width, height int) {
	p.row = r
	if p.name == "" {
		p.name = telling(r)
	}
	p.head = p.title(c, width)
	p.draw(c, width)
	p.pager.SetSize(max(height-len(p.head), 0))
	if p.follow {
		p.pager.scroll(len(p.pager.lines))
	}
}

// title says whose lines these are, and why there are no more.
func (p *logsPane) title(c *canvas, width int) []string {
	which := "this instance"
	if p.previous {
		which = "the instance before"
	}
	l := c.line(width).put(c.title, model.Printable(p.name)).text("  " + which)
	if p.logs == nil {
		s := &sheet{canvas: c, width: width, lines: []string{l.String()}}
		s.text(2, 3, c.strong, p.lack())
		s.text(2, 4, ink{}, p.command())
		return s.lines
	}
	if p.first() {
		return []string{l.String(), c.line(width).pad(2).put(c.strong, "It has not been restarted: there is no instance before. l shows this one.").String()}
	}
	l.put(c.dim, "  "+thousands(len(p.lines))+plural(len(p.lines), " line", " lines"))
	if p.dropped > 0 {
		l.put(c.dim, ", the older ones let go")
	}
	switch {
	case p.err == nil && p.follow && !p.previous:
		l.put(c.good, "  following")
	case p.err == nil && !p.follow:
		l.put(c.dim, "  G follows")
	}
	lines := []string{l.String()}
	if p.err == nil || errors.Is(p.err, io.EOF) {
		return lines
	}
	s := &sheet{canvas: c, width: width, lines: lines}
	s.text(2, 3, c.bad, model.Printable(p.err.Error()))
	s.text(2, 4, ink{}, p.command())
	return s.lines
}

// first reports whether the instance before is wanted, and there was none.
func (p *logsPane) first() bool {
	c := p.row.Pod.Container(p.name)
	return p.previous && c != nil && c.Last == nil && c.Restarts == 0
}

// lack says why there are no logs.
func (p *logsPane) lack() string {
	if p.tape {
		return "A recording holds no logs: it was made of what the API server says about the pods. While the pod is there, the cluster has them:"
	}
	return "Logs are not read here. This shows them:"
}

// command is what shows the same.
func (p *logsPane) command() string {
	words := []string{"kubectl", "-n", p.row.Pod.Namespace, "logs", p.row.Pod.Name, "-c", p.name, "--timestamps"}
	if p.previous {
		words = append(words, "--previous")
	} else {
		words = append(words, "--follow")
	}
	return model.ShellLine(words)
}

// draw writes the lines that are not drawn yet, with what happened to the container between them.
func (p *logsPane) draw(c *canvas, width int) {
	marks := p.moments()
	if p.themed != c.theme || p.width != width || !slices.Equal(marks, p.marks) {
		p.drawn = 0
	}
	if p.drawn == 0 {
		p.body = nil
	} else if p.drawn == len(p.lines) {
		return
	}
	p.themed, p.width, p.marks = c.theme, width, marks
	s := &sheet{canvas: c, width: width, lines: p.body}
	for ; p.drawn < len(p.lines); p.drawn++ {
		var before time.Time
		if p.drawn > 0 {
			before = p.lines[p.drawn-1].At
		}
		at := p.lines[p.drawn].At
		for _, m := range marks {
			if m.At.After(before) && !m.At.After(at) {
				s.incision(m)
			}
		}
		s.logLine(&p.lines[p.drawn])
	}
	p.body = s.lines
	s.lines = slices.Clip(s.lines)
	for _, m := range marks {
		if n := len(p.lines); n == 0 || m.At.After(p.lines[n-1].At) {
			s.incision(m)
		}
	}
	p.pager.SetLines(s.lines)
}

// moments lists what happened to the instance whose lines these are.
func (p *logsPane) moments() []model.Mark {
	c := p.row.Pod.Container(p.name)
	if p.logs == nil || c == nil {
		return nil
	}
	from, to := c.StartedAt, time.Time{}
	if p.previous {
		if c.Last == nil {
			return nil
		}
		from, to = c.Last.StartedAt, c.Last.FinishedAt
	}
	var list []model.Mark
	for _, m := range p.row.Happened(p.name) {
		begins := m.Kind == model.MarkStart && !p.previous && !m.At.Before(from)
		within := m.Kind != model.MarkStart && !m.At.Before(from) && (to.IsZero() || !m.At.After(to))
		if begins || within {
			list = append(list, m)
		}
	}
	return list
}

// incision writes what happened to the container in the middle of what it wrote.
func (s *sheet) incision(m model.Mark) {
	word := map[model.MarkKind]string{
		model.MarkKill: "the kubelet began to kill it", model.MarkEnd: "ended", model.MarkStart: "this instance started",
	}[m.Kind]
	if m.Cause != "" {
		word += ": " + string(m.Cause)
	}
	if m.Kind == model.MarkEnd && m.Certainty != model.Certain {
		word += " (certainty " + m.Certainty.String() + ")"
	}
	mark := s.markOf(&m)
	l := s.line(s.width).put(s.dim, s.rule+s.rule+" ").put(mark.ink, mark.text+" "+m.At.In(s.now.Location()).Format(time.TimeOnly)+" "+word+" ")
	s.end(l.put(s.dim, strings.Repeat(s.rule, max(l.room, 0))))
}

// logLine writes a line with its time, wrapped.
func (s *sheet) logLine(l *LogLine) {
	indent := 0
	out := s.line(s.width)
	if !l.At.IsZero() {
		indent = len(time.TimeOnly) + 1
		out.put(s.dim, l.At.In(s.now.Location()).Format(time.TimeOnly)).text(" ")
	}
	s.hang(out, indent, maxLogRows, ink{}, l.Text)
}

// Render implements pane.
func (p *logsPane) Render() []string {
	body := p.pager.Render()
	if p.logs != nil && !p.first() && len(p.lines) == 0 && len(body) == 0 {
		word := "  reading"
		if errors.Is(p.err, io.EOF) {
			word = "  it has written nothing"
		}
		if p.err == nil || errors.Is(p.err, io.EOF) {
			body = []string{word}
		}
	}
	return append(p.head[:len(p.head):len(p.head)], body...)
}

// Below implements pane.
func (p *logsPane) Below() int { return p.pager.below() }
