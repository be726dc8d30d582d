package tui

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/probetop/probetop/model"
)

// testimony is a fact: when it was, who said it, and what.
type testimony struct {
	at     time.Time
	source string
	ink    ink
	what   string
}

// Where the columns of the evidence begin.
const (
	evidenceSource = 18
	evidenceWhat   = 29
)

// evidence writes every fact about a pod with its time and source, newest first.
func (s *sheet) evidence(r *model.Row) {
	facts := s.testimonies(r)
	s.heading("WHAT WAS SAID", "facts only, newest first; what follows from them is under why")
	l := s.row(2).cell(s.dim, "AT", 9).cell(s.dim, "AGO", evidenceSource-11)
	s.end(l.cell(s.dim, "SOURCE", evidenceWhat-evidenceSource).put(s.dim, "WHAT"))
	for _, f := range facts {
		l := s.row(2).cell(ink{}, s.moment(f.at), 9).cell(ink{}, age(s.now, f.at), evidenceSource-11)
		l.cell(s.dim, f.source, evidenceWhat-evidenceSource)
		s.hang(l, evidenceWhat, fullLines, f.ink, model.PrintableLines(f.what)...)
	}
}

// moment is the time of day; a mark for a time that is not known, and the day for one that is long ago.
func (s *sheet) moment(t time.Time) string {
	switch {
	case t.IsZero():
		return s.none
	case s.now.Sub(t) >= 24*time.Hour:
		return t.In(s.now.Location()).Format("Jan 02")
	}
	return t.In(s.now.Location()).Format(time.TimeOnly)
}

// testimonies lists them, newest first; those without a time are last.
func (s *sheet) testimonies(r *model.Row) []testimony {
	var all []testimony
	add := func(at time.Time, source string, i ink, what string) {
		all = append(all, testimony{at, source, i, what})
	}
	for _, e := range r.Events {
		what := fmt.Sprintf("%s %s%d", e.Reason, s.times, max(e.Count, 1))
		if e.Container != "" {
			what += " " + e.Container
		}
		if e.Count > 1 {
			what += ", first " + age(s.now, e.First) + " ago"
		}
		add(e.Last, "event", ink{}, what+": "+e.Message)
	}
	for _, c := range r.Pod.Conditions {
		what := "condition " + c.Type + "=" + c.Status.String()
		if c.Reason != "" || c.Message != "" {
			what += "  " + strings.TrimPrefix(c.Reason+": "+c.Message, ": ")
		}
		add(c.Since, "pod status", ink{}, what)
	}
	for i := range r.Pod.Containers {
		s.containerTestimony(&r.Pod.Containers[i], add)
	}
	for i := range r.Probes {
		p := &r.Probes[i]
		if p.Shadow == nil {
			continue
		}
		for _, run := range p.Shadow.Runs {
			what := p.Type.String() + " of " + p.Container.Name + ": " + verdictWords[run.Verdict]
			if run.Text != "" {
				what += "  " + run.Text
			}
			add(run.At, "from here", ink{}, what)
		}
	}
	for _, t := range r.Traffic {
		what := fmt.Sprintf("Service %s: ready=%t serving=%t terminating=%t", t.Service, t.Ready, t.Serving, t.Terminating)
		add(t.Since, "endpoints", ink{}, what)
	}
	if n := r.Node; n != nil {
		what := "node " + n.Name + " Ready=" + n.Ready.String() + "  kubelet " + n.KubeletVersion
		if n.Reason != "" {
			what += "  " + n.Reason
		}
		add(n.Since, "node", ink{}, what)
	}
	add(r.Pod.Created, "pod", ink{}, "created")
	if r.Pod.Deleting() {
		add(r.Pod.Deleted.Add(-r.Pod.GracePeriod), "pod", ink{}, "deleted, with a grace period of "+span(r.Pod.GracePeriod))
	}
	slices.SortStableFunc(all, func(a, b testimony) int { return b.at.Compare(a.at) })
	return all
}

// containerTestimony adds what the status says of a container and its last instance.
func (s *sheet) containerTestimony(k *model.Container, add func(time.Time, string, ink, string)) {
	name := k.Kind.String() + " container " + k.Name + " "
	switch k.State {
	case model.Running:
		add(k.StartedAt, "pod status", ink{}, fmt.Sprintf("%sruns: started=%s ready=%t restarts=%d", name, k.Started, k.Ready, k.Restarts))
	case model.Terminated:
		add(k.FinishedAt, "pod status", ink{}, name+"terminated: "+ended(k.Reason, k.ExitCode, k.Signal))
	default:
		add(time.Time{}, "pod status", ink{}, strings.TrimSuffix(name+"waits: "+k.Reason+" "+k.Message, " "))
	}
	if t := k.Last; t != nil {
		add(t.FinishedAt, "pod status", ink{}, name+"ended before: "+ended(t.Reason, t.ExitCode, t.Signal)+" "+t.Message)
	}
}
