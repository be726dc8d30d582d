package tui

import (
	"fmt"
	"slices"
	"strings"

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
	s.chain(r)
	if r.Worst < 0 {
		s.ledger(r)
	}
	for _, k := range worstFirst(r) {
		s.container(r, k)
	}
	if r.Worst >= 0 {
		s.ledger(r)
	}
	s.oddities(r)
	s.serving(r)
	s.gates(r.Pod)
	s.conditions(r.Pod)
	s.events(r)
}

func (s *sheet) trouble(r *model.Row) {
	d := r.Diagnosis(s.now)
	since := r.Since
	if d != nil && !d.Since.IsZero() {
		since = d.Since
	}
	begun := ""
	if !since.IsZero() {
		begun = "since " + age(s.now, since)
	}
	s.heading("WHAT IS WRONG", begun)
	if d == nil {
		s.text(2, 1, s.good, "nothing is known to be wrong")
	} else {
		s.diagnosis(d)
	}
	for i := range r.Probes {
		p := &r.Probes[i]
		if q := r.Forecast(p, s.now).Consequence; q.Kind != model.NoConsequence {
			name := p.Type.String() + " of " + model.Printable(p.Container.Name)
			s.end(s.row(2).put(s.stateInk[p.State], s.consequenceInFull(p, q)).put(s.dim, " "+s.dot+" "+name+" "+s.runWord(p)))
		}
	}
	s.grace(r)
}

// diagnosis writes the root cause, how sure it is, and what to do.
func (s *sheet) diagnosis(d *model.Diagnosis) {
	sentence := d.Headline
	if d.Certainty < model.CertaintyHigh {
		sentence += " (certainty " + d.Certainty.String() + ")"
	}
	s.text(2, noteLines, s.strong, s.spell(sentence))
	for _, a := range d.Actions {
		s.text(2, 2, ink{}, "try: "+model.Printable(a.Text))
		if a.Command != "" {
			s.text(4, 3, s.dim, a.Command)
		}
	}
}

// grace writes when what still runs of a deleted pod is killed.
func (s *sheet) grace(r *model.Row) {
	if end := r.GraceEnds(); !end.IsZero() {
		s.text(2, 1, s.strong, "what still runs is killed "+s.comesInFull(end, s.now))
	}
}

// oddities writes what the pod shows that kubelets do and nobody expects.
func (s *sheet) oddities(r *model.Row) {
	quirks := r.Quirks()
	if len(quirks) == 0 {
		return
	}
	s.heading("GOOD TO KNOW", "")
	for _, q := range quirks {
		s.text(2, noteLines, ink{}, model.Printable(q.Text))
		s.text(4, 1, s.dim, q.Reference)
	}
}

// serving writes which Services send traffic.
func (s *sheet) serving(r *model.Row) {
	s.heading("TRAFFIC", "")
	switch {
	case len(r.Traffic) > 0:
	case r.TrafficKnown():
		s.text(2, 1, s.dim, "no Service has an endpoint for this pod")
	default:
		s.text(2, 2, s.dim, "unknown: Services or EndpointSlices are not read")
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
