package cmd

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/util/duration"

	"github.com/probetop/probetop/model"
	"github.com/probetop/probetop/tui"
)

// bodyShown is how many lines of a body are printed, and bodyLine how many cells of each.
const (
	bodyShown = 5
	bodyLine  = 200
)

// script is a transcript in the making: lines of a word and what it is about.
type script struct{ bytes.Buffer }

// line writes a line. Whatever others wrote is made printable.
func (s *script) line(word, format string, args ...any) {
	fmt.Fprintf(s, "  %-10s %s\n", word, model.Printable(fmt.Sprintf(format, args...)))
}

// print writes the newest run for a person, as one of so many, and what is known now beside it.
func (r *TranscriptReport) print(out io.Writer, n, of int, now time.Time) error {
	var s script
	nth := ""
	if of > 1 {
		nth = fmt.Sprintf("  run %d of %d", n, of)
	}
	fmt.Fprintf(&s, "%s%s\n", model.Printable(fmt.Sprintf("%s/%s  %s  %s", r.Namespace, r.Name, r.Container, r.Type)), nth)
	s.line("probe", "%s", r.Summary)
	if r.Target != "" {
		s.line("asks", "%s  (timeout %s)", r.Target, lasting(r.TimeoutMs))
	}
	run := &r.Runs[len(r.Runs)-1]
	for i := range run.Attempts {
		run.Attempts[i].print(&s, i+1)
	}
	run.print(&s, model.HandlerKind(r.Handler))
	r.printKubelet(&s, now)
	if r.Reproduce != "" {
		s.line("by hand", "%s", r.Reproduce)
		if r.Handler != string(model.Exec) {
			s.line("", "(on the node %s)", r.Node)
		}
		for _, v := range r.Variables {
			s.line("", "(set %s first: %s, which is not shown without --show-secrets)", v.Name, v.Of)
		}
	}
	if r.Irreproducible != "" {
		s.line("by hand", "%s", r.Irreproducible)
	}
	_, err := out.Write(s.Bytes())
	return err
}

// print writes an attempt: its requests with what the time went into, and the beginning of what came back.
func (a *AttemptReport) print(s *script, n int) {
	word := fmt.Sprintf("attempt %d", n)
	for i := range a.Hops {
		h := &a.Hops[i]
		var parts []string
		if i > 0 {
			parts = append(parts, h.Target)
		}
		if h.Status != 0 {
			parts = append(parts, fmt.Sprintf("status %d", h.Status))
		}
		for _, spoken := range []string{h.Protocol, h.TLS} {
			if spoken != "" {
				parts = append(parts, spoken)
			}
		}
		for _, p := range h.Phases {
			parts = append(parts, p.Name+" "+lasting(p.TookMs))
		}
		if len(parts) == 0 {
			parts = []string{a.Outcome}
		}
		s.line(word, "%s", strings.Join(parts, ", "))
		if h.Location != "" {
			s.line("", "redirects to %s", h.Location)
		}
		word = ""
	}
	if a.Outcome == model.ShadowErrored.String() {
		s.line(word, "%s", said(a.Outcome, a.Text))
	}
	lines := model.PrintableLines(a.Body)
	for i, line := range lines[:min(len(lines), bodyShown)] {
		word := ""
		if i == 0 {
			word = "body"
		}
		s.line(word, "| %s", tui.PerRune.Clip(line, bodyLine, "…"))
	}
	if rest := len(lines) - bodyShown; rest > 0 {
		s.line("", "| … %d more lines", rest)
	}
}

// print writes what the run came to, and how long it took without the way to the container.
func (r *RunReport) print(s *script, handler model.HandlerKind) {
	s.line("from here", "%s", said(r.Outcome, r.Text))
	if len(r.Attempts) > 0 {
		last := &r.Attempts[len(r.Attempts)-1]
		took := "in " + lasting(last.DurationMs)
		if handler == model.TCP && r.Outcome == model.ShadowSuccess.String() {
			took = "duration not known: the tunnel says that it is open only when it closes"
		} else if r.RoundTripMs > 0 {
			took += fmt.Sprintf(": %s, less %d × %s for the way", lasting(last.TookMs), last.RoundTrips, lasting(r.RoundTripMs))
		}
		s.line("", "%s", took)
	}
	if r.PodIP != nil {
		s.line("pod IP", "%s", said(r.PodIP.Outcome, r.PodIP.Text))
	}
}

// printKubelet writes what the kubelet finds, and what follows from the comparison.
func (r *TranscriptReport) printKubelet(s *script, now time.Time) {
	if r.Gone || r.Shadow == nil {
		s.line("kubelet", "the pod does not exist any more")
		return
	}
	kubelet := r.Shadow.Kubelet
	state := r.State
	if r.Failures.Run > 0 {
		state += fmt.Sprintf(" %s%d/%d", map[bool]string{true: "≥"}[r.Failures.Bound == model.AtLeast], r.Failures.Run, r.Failures.Threshold)
	}
	s.line("kubelet", "%s, certainty %s", state, kubelet.Certainty)
	if kubelet.Text != "" || !kubelet.At.IsZero() {
		s.line("", "%s", strings.TrimSpace(kubelet.Text+" "+ago(now, kubelet.At)))
	}
	s.line("verdict", "%s", classed(r.Shadow)+", certainty "+r.Shadow.Certainty)
	if r.Shadow.Explain != "" {
		s.line("", "%s", r.Shadow.Explain)
	}
	if r.Shadow.Check != "" {
		s.line("check", "%s", r.Shadow.Check)
	}
}

// ago says how long ago something was said; empty when that is not known. The node's clock may be ahead of ours.
func ago(now, at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return "(" + duration.HumanDuration(max(0, now.Sub(at))) + " ago)"
}

// said joins an outcome and its text. That of a success is the body, or what the command wrote, which is seen above.
func said(outcome, text string) string {
	words := outcome
	switch outcome {
	case model.ShadowNone.String():
		words = "no verdict"
	case model.ShadowSuccess.String():
		text = ""
	}
	first, more, _ := strings.Cut(strings.TrimSpace(text), "\n")
	if strings.TrimSpace(more) != "" {
		first += " …"
	}
	if first == "" {
		return words
	}
	return words + ": " + first
}

// lasting writes milliseconds for a person, to three digits or so.
func lasting(ms float64) string {
	d := time.Duration(ms * float64(time.Millisecond))
	switch {
	case d < time.Millisecond:
		return d.Round(time.Microsecond).String()
	case d < 100*time.Millisecond:
		return d.Round(100 * time.Microsecond).String()
	}
	return d.Round(time.Millisecond).String()
}

// classed is the name of what is behind a run, with its code.
func classed(s *ShadowReport) string {
	if s.Class == "" {
		return s.Name
	}
	return s.Name + " (" + string(s.Class) + ")"
}
