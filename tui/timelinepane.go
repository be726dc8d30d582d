package tui

import (
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/probetop/probetop/model"
)

// timelinePane draws the past of a pod, a lane for each thing, and reads out what was known at the cursor.
type timelinePane struct {
	keys  *keyMap
	pager pager
	// zoom is how many steps the scale is from the one that shows ten minutes.
	zoom int
	// cursor is the moment read out; zero for now.
	cursor time.Time

	line  model.Timeline
	chart chart
	// written is what the lines were written from.
	written struct {
		manuscript
		zoom   int
		cursor time.Time
	}
}

func newTimelinePane(keys *keyMap) *timelinePane {
	return &timelinePane{keys: keys, pager: pager{keys: keys}}
}

// Name implements pane.
func (p *timelinePane) Name() string { return "timeline" }

// Keys implements keyed.
func (p *timelinePane) Keys() []*binding {
	return []*binding{&p.keys.Earlier, &p.keys.Later, &p.keys.ZoomIn, &p.keys.ZoomOut}
}

// HandleKey implements pane.
func (p *timelinePane) HandleKey(k tea.KeyPressMsg) bool {
	switch {
	case p.keys.ZoomIn.is(k):
		p.zoom = min(p.zoom+1, p.chart.closest())
	case p.keys.ZoomOut.is(k):
		if p.chart.holds(p.line.Begin()) {
			return true
		}
		p.zoom--
	case p.keys.Earlier.is(k):
		p.move(-1)
	case p.keys.Later.is(k):
		p.move(1)
	default:
		return p.pager.HandleKey(k)
	}
	return true
}

// move moves the cursor by so many cells, between the beginning and now.
func (p *timelinePane) move(cells int) {
	at := p.cursor
	if at.IsZero() {
		at = p.chart.now
	}
	at = p.chart.cellOf(at).Add(time.Duration(cells) * p.chart.step)
	switch begin := p.line.Begin(); {
	case !at.Before(p.chart.now):
		p.cursor = time.Time{}
	case at.Before(begin):
	default:
		p.cursor = at
	}
}

// Compose implements pane.
func (p *timelinePane) Compose(c *canvas, r *model.Row, width, height int) {
	m := p.written
	m.manuscript, m.zoom, m.cursor = manuscript{*c, r, width}, p.zoom, p.cursor
	if m != p.written {
		p.written = m
		p.line = r.Timeline()
		p.chart = newChart(c, &p.line, width, p.zoom, p.cursor)
		s := &sheet{canvas: c, width: width}
		s.timeline(&p.line, &p.chart)
		p.pager.SetLines(s.lines)
	}
	p.pager.SetSize(height)
}

// Render implements pane.
func (p *timelinePane) Render() []string { return p.pager.Render() }

// Below implements pane.
func (p *timelinePane) Below() int { return p.pager.below() }

// chart is which time the cells of the lanes stand for.
type chart struct {
	now, cursor time.Time
	// label is the width of the names before the lanes, cells how many cells a lane has.
	label, cells int
	step         time.Duration
	// from is where the first cell begins.
	from time.Time
	// scale is the index of step.
	scale int
}

// scales are what a cell may stand for.
func scales() []time.Duration {
	return []time.Duration{
		time.Second, 2 * time.Second, 5 * time.Second, 10 * time.Second, 15 * time.Second, 30 * time.Second,
		time.Minute, 2 * time.Minute, 5 * time.Minute, 10 * time.Minute, 30 * time.Minute,
		time.Hour, 2 * time.Hour, 6 * time.Hour, 12 * time.Hour, 24 * time.Hour, 7 * 24 * time.Hour,
	}
}

// usual is how long a time the lanes show to begin with.
const usual = 10 * time.Minute

func newChart(c *canvas, line *model.Timeline, width, zoom int, cursor time.Time) chart {
	x := chart{now: c.now, cursor: cursor}
	for i := range line.Lanes {
		x.label = max(x.label, c.Cells(laneName(&line.Lanes[i])))
	}
	x.label = min(x.label, width/3)
	x.cells = max(width-x.label-3, 1)
	all := scales()
	first := slices.IndexFunc(all, func(d time.Duration) bool { return d*time.Duration(x.cells) >= usual })
	x.scale = min(max(first, 0)-zoom, len(all)-1)
	x.scale = max(x.scale, 0)
	x.step = all[x.scale]
	end := x.cellOf(x.now).Add(x.step)
	if !cursor.IsZero() && cursor.Before(end.Add(-time.Duration(x.cells)*x.step)) {
		end = x.cellOf(cursor).Add(time.Duration(x.cells/2) * x.step)
	}
	x.from = end.Add(-time.Duration(x.cells) * x.step)
	return x
}

// closest is how far zooming in may go, from the scale that is there to begin with.
func (x *chart) closest() int {
	return max(slices.IndexFunc(scales(), func(d time.Duration) bool { return d*time.Duration(x.cells) >= usual }), 0)
}

// holds reports whether a moment is in sight, or could not be by a coarser scale.
func (x *chart) holds(t time.Time) bool { return !t.Before(x.from) || x.scale == len(scales())-1 }

// cellOf is when the cell begins that a moment is in.
func (x *chart) cellOf(t time.Time) time.Time { return t.Truncate(x.step) }

// cell is the time that cell i stands for: from its begin to before its end, and not beyond now.
func (x *chart) cell(i int) (from, to time.Time) {
	from = x.from.Add(time.Duration(i) * x.step)
	to = from.Add(x.step)
	if to.After(x.now) {
		to = x.now.Add(time.Nanosecond)
	}
	return from, to
}

// chosen is the cell of the cursor.
func (x *chart) chosen() int {
	at := x.cursor
	if at.IsZero() {
		at = x.now
	}
	return int(at.Sub(x.from) / x.step)
}

// laneName names a lane.
func laneName(l *model.Lane) string {
	switch l.Kind {
	case model.LanePod:
		return "pod"
	case model.LaneContainer:
		return model.Printable(l.Container)
	case model.LaneProbe:
		return "  " + l.Probe.String()
	}
	return "svc " + model.Printable(l.Service)
}

// timeline writes the lanes, the axis, what the marks mean, and what was known at the cursor.
func (s *sheet) timeline(line *model.Timeline, x *chart) {
	for i := range line.Lanes {
		s.lane(&line.Lanes[i], x)
	}
	s.axis(x)
	s.legend()
	s.readout(line, x)
}

// lane draws one lane.
func (s *sheet) lane(l *model.Lane, x *chart) {
	out := s.row(1).cell(ink{}, laneName(l), x.label+1)
	var last ink
	var run strings.Builder
	flush := func() {
		out.put(last, run.String())
		run.Reset()
	}
	chosen := x.chosen()
	for i := range x.cells {
		p := s.laneCell(l, x, i)
		if i == chosen {
			flush()
			out.put(s.selected, p.text)
			continue
		}
		if p.ink != last {
			flush()
			last = p.ink
		}
		run.WriteString(p.text)
	}
	flush()
	s.end(out)
}

// laneCell is what a lane was in the time of a cell: the worst of what happened, or else what was known at its end.
func (s *sheet) laneCell(l *model.Lane, x *chart, i int) phrase {
	from, to := x.cell(i)
	if from.After(x.now) {
		return phrase{ink{}, " "}
	}
	var worst *model.Mark
	for k := range l.Marks {
		m := &l.Marks[k]
		if !m.At.Before(from) && m.At.Before(to) && (worst == nil || markRank(m) >= markRank(worst)) {
			worst = m
		}
	}
	if worst != nil {
		return s.markOf(worst)
	}
	known, ok := l.At(to.Add(-time.Nanosecond))
	if !ok {
		return phrase{ink{}, " "}
	}
	return s.knownCell(l.Kind, known)
}

// markRank says which of two marks in one cell is drawn.
func markRank(m *model.Mark) int {
	switch m.Kind {
	case model.MarkEnd:
		return 6
	case model.MarkKill:
		return 5
	case model.MarkStart:
		return 4
	case model.MarkFailed:
		return 3
	case model.MarkErrored:
		return 2
	}
	return 1
}

// markOf draws a mark.
func (s *sheet) markOf(m *model.Mark) phrase {
	g := &s.lanes
	switch m.Kind {
	case model.MarkEnd:
		return phrase{s.bad, g.ended}
	case model.MarkKill:
		return phrase{s.bad, g.kill}
	case model.MarkStart:
		return phrase{s.strong, g.start}
	case model.MarkFailed:
		return phrase{s.bad, s.glyphs.state[model.StateFailed]}
	case model.MarkErrored:
		return phrase{s.stateInk[model.StateErroring], s.glyphs.state[model.StateErroring]}
	case model.MarkWarned:
		return phrase{s.warn, s.glyphs.trouble}
	}
	switch {
	case m.Verdict.Succeeds():
		return phrase{s.good, g.well}
	case m.Verdict == model.ShadowNone:
		return phrase{s.strong, s.glyphs.state[model.StateUnknown]}
	}
	return phrase{s.bad, g.unwell}
}

// knownCell draws what was known.
func (s *sheet) knownCell(kind model.LaneKind, k model.Known) phrase {
	g := &s.lanes
	if kind == model.LaneProbe {
		switch k.State {
		case model.StateFailed:
			return phrase{s.bad, g.bad}
		case model.StateFailing, model.StateErroring:
			return phrase{s.stateInk[k.State], g.doubt}
		case model.StateUnknown:
			return phrase{s.strong, s.glyphs.state[model.StateUnknown]}
		case model.StatePassing, model.StateHeld:
			return phrase{s.good, g.good}
		}
		return phrase{s.stateInk[k.State], g.idle}
	}
	switch k.Stage {
	case model.StageReady:
		return phrase{s.good, g.good}
	case model.StageUnready:
		return phrase{s.bad, g.bad}
	case model.StageUnknown, model.StageAbsent, model.StageWaiting, model.StageEnded:
		return phrase{s.dim, s.dot}
	}
	return phrase{s.dim, g.idle}
}

// axis writes the times below the lanes.
func (s *sheet) axis(x *chart) {
	const every = 12
	l := s.row(1).pad(x.label + 1)
	for i := 0; i+8 <= x.cells; i += every {
		from, _ := x.cell(i)
		l.cell(s.dim, clock(from.In(x.now.Location()), x.step), every)
	}
	s.end(l)
}

// clock is the time of day, or the day where a cell is that long.
func clock(t time.Time, step time.Duration) string {
	if step >= time.Hour {
		return t.Format("01-02 15h")
	}
	return t.Format(time.TimeOnly)
}

// legend says what the marks mean.
func (s *sheet) legend() {
	g := &s.lanes
	words := []phrase{
		{s.good, g.good},
		{s.dim, " ready, passing  "},
		{s.bad, g.bad},
		{s.dim, " not ready, failed  "},
		{s.warn, g.doubt},
		{s.dim, " failing  "},
		{s.dim, g.idle},
		{s.dim, " starting, not run  "},
		{s.bad, s.glyphs.state[model.StateFailed]},
		{s.dim, " failed run  "},
		{s.bad, g.kill},
		{s.dim, " kill  "},
		{s.bad, g.ended},
		{s.dim, " ended  "},
		{s.strong, g.start},
		{s.dim, " started again  "},
		{s.good, g.well + g.unwell},
		{s.dim, " from here: well, not"},
	}
	l := s.row(1)
	for i := 0; i < len(words); i += 2 {
		if s.room(words[i:min(i+2, len(words))], 0) > l.room {
			s.end(l)
			l = s.row(1)
		}
		l.list(words[i:min(i+2, len(words))], 0)
	}
	s.end(l)
}

// readout writes what was known at the cursor, and what happened in the time of its cell.
func (s *sheet) readout(line *model.Timeline, x *chart) {
	from, to := x.cell(x.chosen())
	at, title := to.Add(-time.Nanosecond), "NOW"
	if !x.cursor.IsZero() {
		title = "KNOWN AT " + from.Add(x.step).In(x.now.Location()).Format(time.TimeOnly)
		title += ", " + age(x.now, to) + " AGO"
	}
	s.heading(title, "a cell is "+span(x.step)+"; watched since "+line.Watched.In(x.now.Location()).Format(time.TimeOnly))
	for i := range line.Lanes {
		lane := &line.Lanes[i]
		l := s.row(1).cell(ink{}, laneName(lane), x.label+1)
		known, ok := lane.At(at)
		if !ok {
			s.end(l.put(s.dim, "nothing was known: it was not watched"))
		} else {
			s.knownWords(l, lane.Kind, known, at)
			s.end(l)
		}
		for k := range lane.Marks {
			if m := &lane.Marks[k]; !m.At.Before(from) && m.At.Before(to) {
				s.markWords(m, x)
			}
		}
	}
}

// knownWords words what was known, how sure that was, and how long it had been so.
func (s *sheet) knownWords(l *line, kind model.LaneKind, k model.Known, at time.Time) {
	if kind == model.LaneProbe {
		v := model.Verdict{State: k.State, Certainty: k.Certainty}
		word := stateWord(v)
		if k.Failures.Run > 0 {
			word += " " + s.runOf(k.Failures)
		}
		l.put(s.stateInk[k.State], s.glyphs.state[k.State]+" "+word)
		sure := k.Certainty.String()
		if k.Certainty != model.Certain {
			sure += " certainty"
		}
		l.put(s.dim, "  "+sure+", for "+age(at, k.From))
		return
	}
	cell := s.knownCell(kind, k)
	l.put(cell.ink, cell.text+" "+k.Stage.String()).put(s.dim, "  for "+age(at, k.From))
	if k.Later {
		l.put(s.dim, ", as the pod's status told later")
	}
}

// runOf words how often a probe had failed in a row, of how many times it takes.
func (s *sheet) runOf(f model.Failures) string {
	word := thousands(int(f.Run)) + "/" + thousands(int(f.Threshold))
	if f.Bound == model.AtLeast {
		word = s.least + word
	}
	return word
}

// markWords words something that happened.
func (s *sheet) markWords(m *model.Mark, x *chart) {
	mark := s.markOf(m)
	l := s.row(3).put(mark.ink, mark.text).text(" " + m.At.In(x.now.Location()).Format(time.TimeOnly) + " ")
	word := m.Kind.String()
	switch m.Kind {
	case model.MarkShadow:
		word += ": " + verdictWords[m.Verdict]
	case model.MarkKill:
		word = "the kubelet began to kill it"
		if m.Cause != "" {
			word += ": " + string(m.Cause)
		}
	case model.MarkEnd:
		word += ": " + string(m.Cause)
		if m.Certainty != model.Certain {
			word += " (certainty " + m.Certainty.String() + ")"
		}
	}
	if m.Count > 1 {
		word += " " + s.times + thousands(int(m.Count)) + " up to then"
	}
	l.text(word)
	if m.Text == "" {
		s.end(l)
		return
	}
	s.hang(l.text("  "), 14, 3, s.dim, model.Printable(m.Text))
}
