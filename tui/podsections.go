package tui

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/probetop/probetop/model"
)

// Limits of texts, in lines; what a probe said is shown in full.
const (
	noteLines  = 6
	eventLines = 3
	fullLines  = 1000
	eventLimit = 50
)

// pod writes every section about a pod, the most telling first.
func (s *sheet) pod(r *model.Row) {
	s.trouble(r)
	for i := range r.Pod.Containers {
		s.container(r, &r.Pod.Containers[i])
	}
	s.serving(r)
	s.gates(r.Pod)
	s.conditions(r.Pod)
	s.events(r)
}

func (s *sheet) trouble(r *model.Row) {
	begun := ""
	if !r.Since.IsZero() {
		begun = "since " + age(s.now, r.Since)
	}
	s.heading("WHAT IS WRONG", begun)
	if r.Note == "" {
		s.text(2, 1, s.good, "nothing, as far as anybody said")
	}
	s.text(2, noteLines, s.strong, model.PrintableLines(r.Note)...)
}

// container writes what the kubelet says of a container, and its probes.
func (s *sheet) container(r *model.Row, k *model.Container) {
	s.heading("CONTAINER "+model.Printable(k.Name), k.Kind.String())
	s.text(2, 2, ink{}, strings.Join([]string{
		s.stateOf(k), startedWords[k.Started], readyWord(k.Ready),
		fmt.Sprint(k.Restarts) + plural(int(k.Restarts), " restart", " restarts"),
	}, " "+s.dot+" "))
	s.text(2, noteLines, ink{}, model.PrintableLines(k.Message)...)
	if l := k.Last; l != nil {
		words := "before that: " + ended(l.Reason, l.ExitCode, l.Signal) + s.when(", ", l.FinishedAt)
		if !l.StartedAt.IsZero() && !l.FinishedAt.IsZero() {
			words += ", after running " + span(l.FinishedAt.Sub(l.StartedAt))
		}
		s.text(2, 2, ink{}, words)
	}
	for i := range r.Probes {
		if p := &r.Probes[i]; p.Container.Name == k.Name {
			s.probe(p)
		}
	}
	if !k.HasProbes() {
		s.text(2, 1, s.dim, "no probes")
	}
}

// startedWords say what the kubelet wrote about a container's start.
var startedWords = [...]string{model.Unknown: "start unknown", model.False: "not started", model.True: "started"}

func readyWord(ready bool) string {
	if ready {
		return "ready"
	}
	return "not ready"
}

// stateOf words the state of a container.
func (s *sheet) stateOf(k *model.Container) string {
	switch k.State {
	case model.Running:
		return "running for " + age(s.now, k.StartedAt)
	case model.Terminated:
		return "terminated" + s.when(" ", k.FinishedAt) + ": " + ended(k.Reason, k.ExitCode, k.Signal)
	}
	if k.Reason == "" {
		return k.State.String()
	}
	return k.State.String() + ": " + model.Printable(k.Reason)
}

// when says how long ago t was, after a separator; nothing for the zero time.
func (s *sheet) when(separator string, t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return separator + age(s.now, t) + " ago"
}

// ended words how a container instance ended.
func ended(reason string, code, signal int32) string {
	w := fmt.Sprintf("exit code %d", code)
	if reason != "" {
		w = model.Printable(reason) + ", " + w
	}
	if signal != 0 {
		w += fmt.Sprintf(", signal %d", signal)
	}
	return w
}

// probe writes the verdict on a probe, its settings, and what its events say.
func (s *sheet) probe(p *model.Probe) {
	l := s.row(2).put(s.strong, p.Type.String()+" ")
	l.put(s.stateInk[p.State], s.glyphs.state[p.State]+" "+stateWord(p.Verdict))
	l.put(s.dim, "  "+certaintyWords(p.Verdict))
	s.end(l)
	s.text(4, fullLines, s.dim, model.Printable(p.Spec.Summary()))
	for _, outcome := range [...]model.Outcome{model.Failed, model.Errored, model.Warned} {
		s.tally(p, outcome)
	}
}

// certaintyWords say how sure a verdict is, and what of.
func certaintyWords(v model.Verdict) string {
	w := v.Certainty.String()
	if v.Certainty != model.Certain {
		w += " certainty"
	}
	if by := v.Evidence.Words(); len(by) > 0 {
		w += ", by " + strings.Join(by, ", ")
	}
	return strings.ReplaceAll(w, "noEvent", "no event")
}

// tally sums up the events of one outcome, with the newest text in full.
func (s *sheet) tally(p *model.Probe, outcome model.Outcome) {
	var sum model.Event
	for _, e := range p.Events {
		if e.Outcome != outcome {
			continue
		}
		if sum.Count == 0 || e.First.Before(sum.First) {
			sum.First = e.First
		}
		sum.Count, sum.Last, sum.Message, sum.Outcome = sum.Count+max(e.Count, 1), e.Last, e.Message, e.Outcome
	}
	if sum.Count == 0 {
		return
	}
	when := age(s.now, sum.Last) + " ago"
	if sum.Count > 1 {
		when = "last " + when + ", first " + age(s.now, sum.First) + " ago"
	}
	s.end(s.row(4).text(fmt.Sprintf("%s %s%d  %s", outcome, s.times, sum.Count, when)))
	s.text(6, fullLines, ink{}, model.PrintableLines(sum.Text())...)
}

// serving writes which Services send traffic.
func (s *sheet) serving(r *model.Row) {
	s.heading("TRAFFIC", "")
	switch {
	case len(r.Traffic) > 0:
	case s.trafficKnown:
		s.text(2, 1, s.dim, "no Service has an endpoint for this pod")
	default:
		s.text(2, 2, s.dim, "unknown: the endpointslices have not been read")
	}
	for _, t := range r.Traffic {
		words := []string{model.Printable(t.Service), readyWord(t.Ready), "serving"}
		if !t.Serving {
			words[2] = "not serving"
		}
		if t.Terminating {
			words = append(words, "terminating")
		}
		if !t.Since.IsZero() {
			words = append(words, "since "+age(s.now, t.Since))
		}
		l := s.row(2).cell(s.strong, serviceWord(t), 9).text(" " + strings.Join(words, " "+s.dot+" "))
		if t.PublishNotReady {
			l.put(s.dim, " (the Service takes pods that are not ready)")
		}
		s.end(l)
	}
}

func (s *sheet) gates(p *model.Pod) {
	gates := p.GateStatuses()
	if len(gates) == 0 {
		return
	}
	s.heading("READINESS GATES", "")
	for _, g := range gates {
		i := s.good
		if g.Status != model.True {
			i = s.bad
		}
		s.end(s.row(2).cell(i, g.Word(), 8).cell(ink{}, age(s.now, g.Since), 7).text(model.Printable(g.Type)))
	}
}

func (s *sheet) conditions(p *model.Pod) {
	s.heading("CONDITIONS", "")
	for _, c := range p.Conditions {
		l := s.row(2).cell(ink{}, c.Status.String(), 8).cell(ink{}, age(s.now, c.Since), 7)
		l.text(model.Printable(c.Type))
		if c.Reason != "" || c.Message != "" {
			l.put(s.dim, "  "+model.Printable(strings.TrimPrefix(c.Reason+": "+c.Message, ": ")))
		}
		s.end(l)
	}
}

// events writes the events, newest first.
func (s *sheet) events(r *model.Row) {
	s.heading("EVENTS", "newest first")
	if len(r.Events) == 0 {
		s.text(2, 1, s.dim, "none")
	}
	for n, e := range slices.Backward(r.Events) {
		if len(r.Events)-n > eventLimit {
			s.text(2, 1, s.dim, fmt.Sprintf("and %d older", n+1))
			break
		}
		l := s.row(2).cell(ink{}, age(s.now, e.Last), 7).cell(ink{}, fmt.Sprintf("%s%d", s.times, e.Count), 6)
		l.put(s.strong, model.Printable(e.Reason))
		if e.Container != "" {
			l.put(s.dim, "  "+model.Printable(e.Container))
		}
		s.end(l)
		s.text(15, eventLines, ink{}, model.Printable(e.Message))
	}
}
