package tui

import (
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

// usual is how long a time the lanes show to begin with.
const usual = 10 * time.Minute

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
