package tui

import (
	"time"

	"github.com/probetop/probetop/model"
)

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
