package tui

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/probetop/probetop/model"
)

// worstFirst lists the containers of a pod by the worst of their probes.
func worstFirst(r *model.Row) []*model.Container {
	list := make([]*model.Container, len(r.Pod.Containers))
	for i := range list {
		list[i] = &r.Pod.Containers[i]
	}
	rank := func(k *model.Container) model.State {
		if probes := probesOf(r, k); len(probes) > 0 {
			return probes[0].State
		}
		return model.StatePassing
	}
	slices.SortStableFunc(list, func(a, b *model.Container) int { return cmp.Compare(rank(a), rank(b)) })
	return list
}

// probesOf lists the probes of a container, worst first.
func probesOf(r *model.Row, k *model.Container) []*model.Probe {
	var list []*model.Probe
	for i := range r.Probes {
		if p := &r.Probes[i]; p.Container.Name == k.Name {
			list = append(list, p)
		}
	}
	slices.SortStableFunc(list, byState)
	return list
}

// byState orders probes worst first; of those that fail, the one that can end the container.
func byState(a, b *model.Probe) int {
	if a.State == b.State && a.State <= model.StateFailing {
		return cmp.Compare(b.Type, a.Type)
	}
	return cmp.Compare(a.State, b.State)
}

// inLedger reports whether the ledger tells of the container's restarts.
func inLedger(r *model.Row, k *model.Container) bool {
	return slices.ContainsFunc(r.Restarts, func(x model.Restart) bool { return x.Container == k.Name })
}

// container writes what the kubelet says of a container, and its probes.
func (s *sheet) container(r *model.Row, k *model.Container) {
	s.heading("CONTAINER "+model.Printable(k.Name), k.Kind.String())
	s.text(2, 2, ink{}, strings.Join([]string{
		s.stateOf(k), startedWords[k.Started], readyWord(k.Ready),
		fmt.Sprint(k.Restarts) + plural(int(k.Restarts), " restart", " restarts"),
	}, " "+s.dot+" "))
	if again := r.StartsAgain(k); !again.IsZero() { // which is all that the message says
		s.text(2, 1, s.strong, "starts again "+s.comesInFull(again, s.now))
	} else {
		s.text(2, noteLines, ink{}, model.PrintableLines(k.Message)...)
	}
	if l := k.Last; l != nil && !inLedger(r, k) {
		words := "before that: " + ended(l.Reason, l.ExitCode, l.Signal) + s.when(", ", l.FinishedAt)
		if !l.StartedAt.IsZero() && !l.FinishedAt.IsZero() {
			words += ", after running " + span(l.FinishedAt.Sub(l.StartedAt))
		}
		s.text(2, 2, ink{}, words)
	}
	for _, p := range probesOf(r, k) {
		s.probe(r, p)
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

// probe writes the verdict on a probe, what comes next, what its events say, what it is from here, and its settings.
func (s *sheet) probe(r *model.Row, p *model.Probe) {
	l := s.row(2).put(s.strong, p.Type.String()+" ")
	l.put(s.stateInk[p.State], s.glyphs.state[p.State]+" "+stateWord(p.Verdict))
	if run := s.runWord(p); run != "" {
		l.put(s.stateInk[p.State], " "+s.pips(p)+run)
	}
	l.put(s.dim, "  "+certaintyWords(p.Verdict))
	s.end(l)
	s.upcoming(p, r.Forecast(p, s.now))
	for _, outcome := range [...]model.Outcome{model.Failed, model.Errored, model.Warned} {
		s.tally(p, outcome)
	}
	s.fromHere(r, p)
	s.text(4, fullLines, s.dim, model.Printable(p.Spec.Summary()))
}

// upcoming writes what follows if a probe goes on failing, and when it is run next.
func (s *sheet) upcoming(p *model.Probe, f model.Forecast) {
	l := s.row(4)
	if q := f.Consequence; q.Kind != model.NoConsequence {
		l.put(s.stateInk[p.State], s.consequenceInFull(p, q))
		if !f.Next.IsZero() {
			l.text(" " + s.dot + " ")
		}
	}
	if !f.Next.IsZero() {
		l.text("next probe " + strings.TrimPrefix(s.comes(f.Next, s.now), "due "))
	}
	if f != (model.Forecast{}) {
		s.end(l)
	}
}

// certaintyWords say how sure a verdict is, and what of.
func certaintyWords(v model.Verdict) string {
	w := v.Certainty.String()
	if v.Certainty != model.Certain {
		w += " certainty"
	}
	if by := v.Evidence.Words(); len(by) > 0 {
		w += ": " + strings.Join(by, ", ")
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
