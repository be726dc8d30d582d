package e2e

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// beat is what one line of probetop has to say of a pod. What is empty does not matter.
type beat struct {
	// probes are words about probes, between commas: the container, if that is not main, type, state and certainty, and,
	// where it matters, the run and its threshold: "proxy/liveness failing high 2/3". More certainty will do, and after a
	// plus more failures: "12+/30". A busy node is late, so a run that is only bounded by as much will do as well.
	probes string
	// cause, outcome and text are of the newest failure of the first of the probes; text is a part of it.
	cause, outcome, text string
	// combined is set when the newest event of the first of the probes is one that merges others.
	combined bool
	// restarts are the causes in the ledger, newest first, each of high certainty or more, or of any when it has a
	// question mark behind it. Dots stand for any that are older.
	restarts string
	// broken is the first broken link of the why-chain, and how its text begins; "none" when every link holds.
	broken string
	// ready are the containers that are ready.
	ready string
	// status is the pod's, as kubectl has it.
	status string
	// traffic is what the only Service says of the pod.
	traffic string
	// within is how soon after the beat before it has to come; no bound but the test's own when zero.
	within time.Duration
	// then is done when the line has come.
	then act
}

// noService is said of a pod that no Service selects: it has nothing to serve, and no link is broken.
const noService = "none"

// grades are the certainties, from the least.
var grades = [...]string{"none", "low", "medium", "high", "certain"}

func grade(certainty string) int { return slices.Index(grades[:], certainty) }

// sure reports whether a claim of that certainty must not be wrong.
func sure(certainty string) bool { return grade(certainty) >= grade("high") }

// claims are the words about probes, one by one.
func (b *beat) claims() []string {
	if b.probes == "" {
		return nil
	}
	return strings.Split(b.probes, ", ")
}

// met says what a line lacks; nothing when it says all that the beat wants.
func (b *beat) met(line *tale) string {
	for i, words := range b.claims() {
		p := line.probe(strings.Fields(words)[0])
		if p == nil {
			return "no probe like " + words
		}
		if !says(p, strings.Fields(words)[1:]) {
			return fmt.Sprintf("%s, want %s", p, words)
		}
		if n := len(p.Events); i == 0 && b.combined && (n == 0 || !p.Events[n-1].Combined) {
			return "no event is combined"
		}
		if i == 0 && !b.failed(p) {
			return fmt.Sprintf("the last failure is %+v, want %s %s %q", p.LastFailure, b.outcome, b.cause, b.text)
		}
	}
	for _, pair := range [...]struct{ what, want, got string }{
		{"ready", b.ready, line.ready()}, {"status", b.status, line.Status}, {"traffic", b.traffic, line.traffic()},
	} {
		if pair.want != "" && pair.got != pair.want {
			return fmt.Sprintf("%s is %q, want %q", pair.what, pair.got, pair.want)
		}
	}
	if b.restarts != "" && !by(line.Restarts, strings.Fields(b.restarts)) {
		return fmt.Sprintf("restarts are by %q, want %q", line.causes(), b.restarts)
	}
	if broken := line.broken(); !strings.HasPrefix(broken, b.broken) {
		return fmt.Sprintf("broken is %q, want %q", broken, b.broken)
	}
	return ""
}

// by compares a ledger with causes.
func by(restarts []reportedRestart, causes []string) bool {
	for i, cause := range causes {
		if cause == "..." {
			return true
		}
		cause, doubted := strings.CutSuffix(cause, "?")
		if i >= len(restarts) || restarts[i].Cause != cause || !doubted && !sure(restarts[i].Certainty) {
			return false
		}
	}
	return len(restarts) == len(causes)
}

// failed compares the newest failure of a probe, or the newest event when the outcome is a warning.
func (b *beat) failed(p *reportedProbe) bool {
	if b.cause == "" && b.outcome == "" && b.text == "" {
		return true
	}
	if n := len(p.Events); b.outcome == "warning" {
		return n > 0 && p.Events[n-1].Outcome == "warning" && strings.Contains(p.Events[n-1].Text, b.text)
	}
	f := p.LastFailure
	return f != nil && (b.cause == "" || f.Cause == b.cause) && f.Outcome == cmp.Or(b.outcome, "failed") && strings.Contains(f.Text, b.text)
}

// says compares a probe with words: state, certainty, and run.
func says(p *reportedProbe, words []string) bool {
	if p.State != words[0] || grade(p.Certainty) < grade(words[1]) {
		return false
	}
	if len(words) == 2 {
		return true
	}
	count, threshold, _ := strings.Cut(words[2], "/")
	count, more := strings.CutSuffix(count, "+")
	run, err := strconv.Atoi(count)
	if err != nil {
		panic(err)
	}
	f := p.Failures
	if strconv.Itoa(f.Threshold) != threshold {
		return false
	}
	return f.Run == run || more && f.Run > run || f.Bound == "atLeast" && f.Run < run && f.Run > 0 && !more
}

// String is a probe in the words of a beat.
func (p *reportedProbe) String() string {
	f := p.Failures
	return fmt.Sprintf("%s %s %s %d/%d %s", p.Type, p.State, p.Certainty, f.Run, f.Threshold, f.Bound)
}

// probe finds the probe that a word names; nil for none.
func (l *tale) probe(name string) *reportedProbe {
	container, kind, other := strings.Cut(name, "/")
	if !other {
		container, kind = "main", name
	}
	for i := range l.Containers {
		for k := range l.Containers[i].Probes {
			if c := &l.Containers[i]; c.Name == container && c.Probes[k].Type == kind {
				return &c.Probes[k]
			}
		}
	}
	return nil
}

// causes are the causes in the ledger, with a question mark behind those of which the line is not sure.
func (l *tale) causes() string {
	var causes []string
	for _, r := range l.Restarts {
		if !sure(r.Certainty) {
			r.Cause += "?"
		}
		causes = append(causes, r.Cause)
	}
	return strings.Join(causes, " ")
}

func (l *tale) ready() string {
	var names []string
	for i := range l.Containers {
		if l.Containers[i].Ready {
			names = append(names, l.Containers[i].Name)
		}
	}
	return strings.Join(names, " ")
}

func (l *tale) broken() string {
	for _, step := range l.Why {
		if !step.OK {
			return step.Step + ": " + step.Text
		}
	}
	return "none"
}

func (l *tale) traffic() string {
	if len(l.Traffic) != 1 {
		return ""
	}
	t := l.Traffic[0]
	return fmt.Sprintf("ready %t, serving %t, terminating %t", t.Ready, t.Serving, t.Terminating)
}

// String is a line in the words of a beat.
func (l *tale) String() string {
	s := l.Status
	for i := range l.Containers {
		for k := range l.Containers[i].Probes {
			p := &l.Containers[i].Probes[k]
			s += fmt.Sprintf(", %s/%s", l.Containers[i].Name, p)
			if f := p.LastFailure; f != nil {
				s += fmt.Sprintf(" (%s %s %.120q)", f.Outcome, f.Cause, f.Text)
			}
		}
	}
	for _, r := range l.Restarts {
		s += fmt.Sprintf("; restart of %s by %s, %s, exit code %d", r.Container, r.Cause, r.Certainty, r.ExitCode)
	}
	return s + fmt.Sprintf("; ready [%s]; traffic [%s]; broken %s", l.ready(), l.traffic(), l.broken())
}
