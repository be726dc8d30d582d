package e2e

import (
	"fmt"
	"slices"
	"strconv"
	"testing"
	"time"
)

// suffering is what probetop said of an outage, and what there was to say.
type suffering struct {
	writer *gateWriter
	// begun and over are when the outage began, and when the API server, or the node, was ready again. lost is when the node was
	// not ready any more; zero where the outage is about the API server.
	begun, over, lost time.Time
	turns             []healthTurn
	marks             []mark
	lines             map[string][]tale // of get -w, by pod
	entries           []entry           // of the recording
}

// outageFigures are a row of the table. Times are negative for never.
type outageFigures struct {
	named, stale, recovered time.Duration
	// during is how many of the transitions were asked for during the outage.
	during int
	// lines and recorded are the transitions that get -w and the recording lack, and untold those of them that may not be missing
	// by what the recording says.
	lines, recorded, untold int
	// lists is how often the pods were listed anew.
	lists int
	// wrong are the claims that were sure and had been false for too long.
	wrong []string
}

// measure reads the figures off.
func (s *suffering) measure(o *outage) outageFigures {
	f := outageFigures{named: -1, stale: -1, recovered: -1}
	for _, m := range s.marks {
		if m.at.Before(s.begun) {
			continue
		}
		if f.named < 0 && !m.live {
			f.named = m.at.Sub(s.begun)
		}
		if f.stale < 0 && m.deaf {
			f.stale = m.at.Sub(s.begun)
		}
	}
	if o.node {
		f.named = s.doubted(s.begun, true)
		f.recovered = s.doubted(s.over, false)
	} else {
		f.recovered = s.recovered()
	}
	told, recorded := s.told(), s.recorded()
	for _, tr := range s.writer.taken {
		if tr.sent.After(s.begun) && tr.sent.Before(s.over) {
			f.during++
		}
		_, line := told[tr.number]
		if !line {
			f.lines++
		}
		if !recorded[tr.number] {
			f.recorded++
		}
		if !(line && recorded[tr.number]) && !s.mayBeMissing(tr) {
			f.untold++
		}
	}
	for _, e := range s.entries {
		if e.Resource == "pods" && e.List == "begin" && e.At.After(s.begun) {
			f.lists++
		}
	}
	f.wrong = s.wrong()
	return f
}

// recovered is how long after the outage the board says that all is well, and something was told that has happened since.
func (s *suffering) recovered() time.Duration {
	var well time.Time
	for i, m := range s.marks {
		if m.live && (i == 0 || !s.marks[i-1].live) {
			well = m.at
		}
	}
	told := s.told()
	for _, tr := range s.writer.taken {
		if at, ok := told[tr.number]; ok && tr.acked.After(s.over) {
			return max(0, well.Sub(s.over), at.Sub(s.over))
		}
	}
	return -1
}

// doubted is how long after a moment the turning pod's probe is, or is no longer, without any certainty.
func (s *suffering) doubted(since time.Time, wanted bool) time.Duration {
	is := func(l *tale) bool {
		p := l.probe("readiness")
		return p != nil && grade(p.Certainty) == 0
	}
	lines := s.lines[turning]
	for i := range lines {
		if !wanted && !is(&lines[i]) && i > 0 && is(&lines[i-1]) {
			return max(0, lines[i].at.Sub(since))
		}
		if wanted && lines[i].at.After(since) && is(&lines[i]) {
			return lines[i].at.Sub(since)
		}
	}
	return -1
}

// told is when each transition was told first.
func (s *suffering) told() map[int]time.Time {
	at := map[int]time.Time{}
	for _, lines := range s.lines {
		for i := range lines {
			if n := lines[i].number(); at[n].IsZero() {
				at[n] = lines[i].at
			}
		}
	}
	return at
}

// recorded are the transitions that the recording has.
func (s *suffering) recorded() map[int]bool {
	has := map[int]bool{}
	for i := range s.entries {
		for _, c := range s.entries[i].Object.Status.Conditions {
			if n, err := strconv.Atoi(c.Message); c.Type == outageGate && err == nil {
				has[n] = true
			}
		}
	}
	return has
}

// mayBeMissing reports whether the recording says of a transition that it may be missing. It has the API server's clock.
func (s *suffering) mayBeMissing(tr transition) bool {
	const clocks = time.Second // how exactly that is known
	return slices.ContainsFunc(s.entries, func(e entry) bool {
		src := e.Source
		return src != nil && src.Kind == "pods" && !tr.acked.Before(src.MissedFrom.Add(-clocks)) && !tr.sent.After(src.MissedTo.Add(clocks))
	})
}

// wrong lists the claims of the turning probe that were sure, and had been false for longer than a silence may go unnoticed.
func (s *suffering) wrong() []string {
	var wrong []string
	lines := s.lines[turning]
	for i, turn := range s.turns {
		until := s.over.Add(recoveredWithin)
		if i+1 < len(s.turns) {
			until = s.turns[i+1].at
		}
		for k := range lines {
			p, end := lines[k].probe("readiness"), until
			if k+1 < len(lines) && lines[k+1].at.Before(until) {
				end = lines[k+1].at
			}
			start := turn.at.Add(namedWithin)
			if start.Before(lines[k].at) {
				start = lines[k].at
			}
			if p != nil && sure(p.Certainty) && (p.State == "passing") != turn.well && p.State != "unknown" && start.Before(end) {
				wrong = append(wrong, fmt.Sprintf("%.1f s after the beginning it is %s, %s; well is %t since %.1f s", start.Sub(s.begun).Seconds(),
					p.State, p.Certainty, turn.well, turn.at.Sub(s.begun).Seconds()))
			}
		}
	}
	return wrong
}

// judge holds the figures against the goals.
func (s *suffering) judge(t *testing.T, o *outage) {
	t.Helper()
	f := s.measure(o)
	t.Logf("%+v", f)
	if o.node {
		if late := f.named - s.lost.Sub(s.begun); f.named < 0 || late > namedWithin {
			t.Errorf("named %v after the node was not ready any more", late)
		}
	} else if o.lasts > staleWithin && (f.named < 0 || f.named > namedWithin || f.stale < 0 || f.stale > staleWithin) {
		t.Errorf("named after %v, want %v; stale after %v, want %v", f.named, namedWithin, f.stale, staleWithin)
	}
	if f.recovered < 0 || f.recovered > recoveredWithin {
		t.Errorf("recovered after %v, want %v", f.recovered, recoveredWithin)
	}
	if f.untold > 0 {
		t.Errorf("%d transitions are missing without a word", f.untold)
	}
	for _, claim := range f.wrong {
		t.Error("a claim is sure and false: " + claim)
	}
	if n := s.writer.done(); n < transitions {
		t.Errorf("only %d transitions", n)
	}
	if t.Failed() {
		s.tell(t)
	}
}

// tell logs what the board and the recording said.
func (s *suffering) tell(t *testing.T) {
	t.Helper()
	var last mark
	for _, m := range s.marks {
		if m.live != last.live || m.deaf != last.deaf {
			t.Logf("%6.1f s: %s", m.at.Sub(s.begun).Seconds(), m.header)
		}
		last = m
	}
	for _, e := range s.entries {
		if e.Source != nil || e.List != "" {
			t.Logf("%6.1f s: %s %s %+v", e.At.Sub(s.begun).Seconds(), e.Resource, e.List, e.Source)
		}
	}
	lines := s.lines[turning]
	for i := range lines {
		t.Logf("%6.1f s: %s", lines[i].at.Sub(s.begun).Seconds(), &lines[i])
	}
}

// outageHead is the head of the table.
const outageHead = `| outage | lasts | named | stale | recovered | meanwhile | lists | lost: lines | lost: recording | without a word | false |
|---|---|---|---|---|---|---|---|---|---|---|
`

// row is a line of the table.
func (s *suffering) row(o *outage) string {
	f := s.measure(o)
	named := secondsOf(f.named)
	if o.node && f.named >= 0 {
		named += fmt.Sprintf(" (not ready after %s)", secondsOf(s.lost.Sub(s.begun)))
	}
	n := len(s.writer.taken)
	return fmt.Sprintf("| %s | %.0f s | %s | %s | %s | %d | %d | %d of %d | %d of %d | %d | %d |\n", o.name, o.lasts.Seconds(),
		named, secondsOf(f.stale), secondsOf(f.recovered), f.during, f.lists, f.lines, n, f.recorded, n, f.untold, len(f.wrong))
}

func secondsOf(d time.Duration) string {
	if d < 0 {
		return "–"
	}
	return fmt.Sprintf("%.1f s", d.Seconds())
}
