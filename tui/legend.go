package tui

import (
	"strings"

	"github.com/probetop/probetop/model"
	"github.com/probetop/probetop/model/compare"
)

// severityMeans explains the word of the first column.
var severityMeans = [...]string{
	model.RestartDue: "a liveness or startup probe has reached its threshold", model.Unready: "should be ready and is not",
	model.BelowThreshold: "ready; a probe fails, not yet as often as its threshold", model.Unprobeable: "looks healthy; a probe cannot be carried out",
	model.Flapping: "well now; restarted again and again a short time ago", model.Starting: "not ready, because it has just begun",
	model.Terminating: "deleted, and still there", model.Healthy: "ready; no probe says otherwise", model.Unprobed: "ready; it has no probes",
	model.Finished: "has run to its end",
}

// trafficMeans explains the words of TRAFFIC.
var trafficMeans = [...]struct{ word, means string }{
	{"in", "every Service that selects the pod sends traffic to it"},
	{"out", "no Service that selects it does"},
	{"drains", "terminating; connections that are open go on"},
}

// underCursor explains what is written about a pod, each mark with what it stands for.
func (s *sheet) underCursor(r *model.Row) {
	i, glyph, word := s.rowState(r)
	s.heading("UNDER THE CURSOR", model.Printable(r.Pod.Namespace+"/"+r.Pod.Name))
	s.explain(phrase{i, glyph + " " + word}, severityMeans[r.Severity])
	for _, p := range sortedProbes(r) {
		s.explainProbe(r, p)
	}
	switch word := s.trafficWord(r); {
	case len(r.Traffic) > 0 || r.TrafficKnown():
		s.explain(phrase{s.strong, word}, s.trafficMeaning(word))
	default:
		s.explain(phrase{s.strong, model.StateUnknown.String()}, "nothing says whether Services send traffic to it")
	}
	if o, ok := s.opinions.difference(r); ok {
		mark := s.agreement(&o)
		s.explain(phrase{mark.ink, mark.text + " from here"}, o.name()+classCode(o.Class)+": "+o.Text)
	}
}

// explainWidth is how many cells a mark has in an explanation.
const explainWidth = 16

// explain writes a mark, and what it means.
func (s *sheet) explain(mark phrase, means string) {
	l := s.row(2).cell(mark.ink, mark.text, explainWidth)
	s.hang(l, 2+explainWidth, 2, ink{}, model.Printable(means))
}

// explainProbe explains the mark of a probe: its letter, its glyph, how sure that is and how often it failed.
func (s *sheet) explainProbe(r *model.Row, p *model.Probe) {
	mark := letters[p.Type] + " " + s.glyphs.state[p.State]
	if doubtful(p.Verdict) {
		mark += certaintyMark
	}
	if s.opinions.contests(r, p.Type) {
		mark += s.differ
	}
	if run := s.runWord(p); run != "" {
		mark += " " + run
	}
	means := p.Type.String()
	if len(r.Pod.Containers) > 1 {
		means += " of " + p.Container.Name
	}
	means += " " + stateWord(p.Verdict) + ": " + stateMeans[p.State]
	if doubtful(p.Verdict) {
		means += "; ? because it is of " + certaintyWords(p.Verdict)
	}
	s.explain(phrase{s.stateInk[p.State], mark}, means)
}

// trafficMeaning explains the word of TRAFFIC.
func (t *theme) trafficMeaning(word string) string {
	for _, m := range trafficMeans {
		if m.word == word {
			return m.means
		}
	}
	if word == t.none {
		return "no Service selects it"
	}
	return "so many of the Services that select it send traffic to it"
}

// classCode is the code of a comparison behind its words, as the documentation and the JSON have it.
func classCode(c compare.AgreementClass) string {
	if c == "" {
		return ""
	}
	return " (" + string(c) + ")"
}

// marks writes what every mark on the screen stands for.
func (s *sheet) marks() {
	s.heading("MARKS", "each stands beside a word")
	var severities, others []entry
	for v := model.RestartDue; v <= model.Finished; v++ {
		severities = append(severities, entry{s.severity[v] + " " + v.String(), severityMeans[v], s.severityInk[v]})
	}
	for _, m := range trafficMeans {
		others = append(others, entry{m.word, m.means, s.strong})
	}
	others = append(others, []entry{
		{s.none, "nothing to say, such as no Service; between times: from, to", s.strong},
		{certaintyMark, "behind a word: little more than a guess; alone: unknown", s.strong},
		{s.least + "2 " + s.most + "26s", "at least twice, at most 26 seconds: no more is known", s.strong},
		{"2/3", "failures in a row, and how many it takes", s.strong},
		{s.differ, "the same probe, run from here, finds something else", s.warn},
		{"(D1)", "behind such words: their code in the JSON and in docs/kubelet.md, section 6.5", s.strong},
		{s.times + "3", "so many times", s.strong},
		{s.ellipsis, "something is left out; " + strings.TrimSpace(s.cursor) + " is the cursor", s.strong},
	}...)
	s.columns(explainWidth, 78, severities, others)
}
