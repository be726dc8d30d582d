package tui

import (
	"strings"
	"time"

	"github.com/probetop/probetop/model"
	"github.com/probetop/probetop/model/compare"
)

// verdictWords are the words for what a run from here came to.
var verdictWords = [...]string{
	model.ShadowNone: "no verdict", model.ShadowSuccess: "success", model.ShadowWarning: "warning",
	model.ShadowFailure: "failure", model.ShadowErrored: "errored",
}

// verdict is what a run from here came to: the glyph of a probe in such a state, and a word.
func (t *theme) verdict(v model.ShadowVerdict) phrase {
	state := [...]model.State{
		model.ShadowNone: model.StateUnknown, model.ShadowSuccess: model.StatePassing, model.ShadowWarning: model.StatePassing,
		model.ShadowFailure: model.StateFailed, model.ShadowErrored: model.StateErroring,
	}[v]
	i := t.stateInk[state]
	if v == model.ShadowWarning {
		i = t.warn
	}
	return phrase{i, t.state[state] + " " + verdictWords[v]}
}

// running is the mark of a probe that is being run.
func (t *theme) running() phrase {
	return phrase{t.stateInk[model.StateStarting], t.busy + " running"}
}

// agreement is the mark of an opinion: a glyph and the ink of what is said beside it.
func (t *theme) agreement(o *opinion) phrase {
	switch o.weight() {
	case unexplained:
		return phrase{t.bad, t.differ}
	case differing, passing:
		return phrase{t.warn, t.differ}
	case remarked:
		return phrase{t.warn, t.trouble}
	case undecided:
		return phrase{t.strong, t.state[model.StateUnknown]}
	}
	return phrase{t.good, t.agree}
}

// latency words how long a run took.
func latency(d time.Duration) string {
	switch {
	case d >= 10*time.Second:
		return d.Round(100 * time.Millisecond).String()
	case d >= time.Second:
		return d.Round(10 * time.Millisecond).String()
	case d >= 10*time.Millisecond:
		return d.Round(time.Millisecond).String()
	}
	return d.Round(100 * time.Microsecond).String()
}

// vantages words the probes of a row as they are from here, the most telling first: what is shown below the table. It
// is empty when none was run.
func (c *canvas) vantages(r *model.Row) []phrase {
	var words []phrase
	say := func(p *model.Probe, then ...phrase) {
		separator := "  "
		if len(words) == 0 {
			separator = "from here "
		}
		name := p.Type.String() + " "
		if len(r.Pod.Containers) > 1 {
			name += "of " + model.Printable(p.Container.Name) + " "
		}
		words = append(append(words, phrase{ink{}, separator + name}), then...)
	}
	for _, o := range c.opinions.of(r) {
		if c.opinions.isRunning(r, o.probe) {
			say(o.probe, c.running())
			continue
		}
		say(o.probe, c.verdict(o.run().Verdict), c.named(&o))
	}
	for i := range r.Probes {
		if p := &r.Probes[i]; p.Shadow == nil && c.opinions.isRunning(r, p) {
			say(p, c.running())
		}
	}
	return words
}

// named names what is behind a verdict, or the lack of one; nothing where both sides are well.
func (c *canvas) named(o *opinion) phrase {
	mark := c.agreement(o)
	switch {
	case o.Class == "", o.Class == compare.AgreePass:
		return phrase{}
	case o.run().Verdict == model.ShadowNone:
		return phrase{mark.ink, ": " + o.name()}
	}
	return phrase{mark.ink, " " + mark.text + " " + o.name()}
}

// fromHere writes what a probe came to when it was run from here, and how that compares with the kubelet's word.
func (s *sheet) fromHere(r *model.Row, p *model.Probe) {
	o, known := s.opinions.about(r, p)
	if !known {
		if s.opinions.isRunning(r, p) {
			mark := s.running()
			s.end(s.row(4).text("from here ").put(mark.ink, mark.text))
		}
		return
	}
	run := o.run()
	mark := s.verdict(run.Verdict)
	if run.Verdict == model.ShadowNone {
		mark.text += s.named(&o).text
	}
	l := s.row(4).text("from here ").put(mark.ink, mark.text).text(course(run, p.Spec.Handler)).put(s.dim, "  "+age(s.now, run.At)+" ago")
	if s.opinions.isRunning(r, p) {
		mark := s.running()
		l.text("  ").put(mark.ink, mark.text)
	}
	s.end(l)
	if run.Verdict != model.ShadowNone && run.Text != o.Kubelet.Text {
		s.text(6, fullLines, ink{}, model.PrintableLines(run.Text)...)
	}
	s.podIP(&o)
	s.agreed(&o)
	s.durations(p)
}

// course words how long a run took, and what else there is to say of how it went.
func course(run *model.Shadow, handler model.HandlerKind) string {
	if run.Verdict == model.ShadowNone {
		return ""
	}
	var more []string
	if run.RoundTrip > 0 {
		more = append(more, "tunnel "+latency(run.RoundTrip))
	}
	if run.Attempts > 1 {
		more = append(more, thousands(run.Attempts)+" attempts")
	}
	if run.Protocol != "" && run.Protocol != "HTTP/1.1" {
		more = append(more, model.Printable(run.Protocol))
	}
	words := ""
	if run.Timed(handler) {
		words = " in " + latency(run.Took)
	}
	if len(more) > 0 {
		words += " (" + strings.Join(more, ", ") + ")"
	}
	return words
}

// podIP writes what the API server came to, asking the pod IP.
func (s *sheet) podIP(o *opinion) {
	v := o.run().PodIP
	if v == nil {
		return
	}
	mark := s.verdict(v.Verdict)
	s.end(s.row(4).text("from the API server, on the pod IP ").put(mark.ink, mark.text))
	if v.Text != o.run().Text && v.Text != o.Kubelet.Text {
		s.text(6, noteLines, ink{}, model.PrintableLines(v.Text)...)
	}
}

// agreed writes how the two compare. What cannot be explained is as loud as it can be; where both are well, there is
// nothing to do.
func (s *sheet) agreed(o *opinion) {
	mark, sentence := s.agreement(o), ink{}
	switch o.weight() {
	case unexplained:
		mark.ink, sentence = s.alarm, s.bad
	case differing, passing, remarked:
		sentence = s.strong
	}
	if o.run().Verdict != model.ShadowNone {
		s.end(s.row(4).put(mark.ink, mark.text+" "+o.name()+classCode(o.Class)).put(s.dim, "  "+certaintyOf(o)))
	}
	if o.Class == compare.AgreePass && o.run().Verdict == model.ShadowSuccess && o.Kubelet.Verdict == model.ShadowSuccess {
		return
	}
	s.text(6, noteLines, sentence, model.PrintableLines(strings.TrimPrefix(o.Text, "no verdict: "))...)
	s.text(6, 3, ink{}, "next: "+model.Printable(o.Check))
}

// certaintyOf says how sure a comparison is.
func certaintyOf(o *opinion) string {
	words := o.Certainty.String()
	if o.Certainty != model.Certain {
		words += " certainty"
	}
	return words
}

// scant is the share of the timeout below which there is little headroom.
const scant = 5

// durations writes how long the runs took, when there were several, and how much of the timeout that leaves.
func (s *sheet) durations(p *model.Probe) {
	runs, d := p.Shadow, &p.Shadow.Durations
	if runs.Count < 2 {
		return
	}
	words := thousands(runs.Count) + " runs"
	if runs.Failures > 0 {
		words += ", " + thousands(runs.Failures) + " failed"
	}
	if runs.Lacking > 0 {
		words += ", " + thousands(runs.Lacking) + " without a verdict"
	}
	l := s.row(4).put(s.dim, words)
	if headroom, ok := d.Headroom(p.Spec.Timeout); ok && d.Count > 1 {
		l.put(s.dim, ": p50 "+latency(d.Quantile(0.5))+"  p95 "+latency(d.Quantile(0.95))+"  max "+latency(d.Max)+"  ")
		i, word := s.dim, "headroom "+latency(headroom)+" of "
		switch {
		case headroom <= 0:
			i, word = s.bad, "no headroom in "
		case headroom < p.Spec.Timeout/scant:
			i = s.warn
		}
		l.put(i, word).put(i, latency(p.Spec.Timeout))
	}
	s.end(l)
}
