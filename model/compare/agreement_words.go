package compare

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/probetop/probetop/model/fact"
	"github.com/probetop/probetop/model/infer"
	"github.com/probetop/probetop/model/why"
)

// here says what the newest run came to.
func (c *comparison) here() string {
	switch c.run.Verdict {
	case fact.ShadowSuccess:
		if !c.run.Timed(c.probe.Spec.Handler) {
			return "succeeds"
		}
		return "succeeds in " + took(c.run.Took)
	case fact.ShadowWarning:
		return "succeeds, with a redirect to another host"
	case fact.ShadowErrored:
		return "cannot be carried out: " + excerpt(c.run.Text)
	}
	return "fails: " + phraseOf(c.cause, c.run.Text)
}

// past is here in a word, of what was.
func (c *comparison) past() string {
	return [...]string{
		fact.ShadowNone: "came to nothing", fact.ShadowSuccess: "succeeded", fact.ShadowWarning: "succeeded", fact.ShadowFailure: "failed",
		fact.ShadowErrored: "could not be carried out",
	}[c.run.Verdict]
}

// there says what the kubelet finds.
func (c *comparison) there() string {
	switch c.word.Verdict {
	case fact.ShadowSuccess:
		return "succeeds"
	case fact.ShadowWarning:
		return "succeeds, with a redirect to another host"
	case fact.ShadowErrored:
		return "cannot carry it out: " + excerpt(c.word.Text)
	case fact.ShadowNone:
		return "has no result yet"
	}
	if c.word.Cause == "" {
		return "fails, nobody knows of what"
	}
	return "fails: " + phraseOf(c.word.Cause, c.word.Text)
}

// phraseOf says a cause in a few words; text is what it was read from.
func phraseOf(c fact.Cause, text string) string {
	switch c {
	case fact.CauseNoRoute:
		return "no route to host"
	case fact.CauseTimeout:
		if strings.HasPrefix(text, "timeout: failed to connect service") {
			return "no connection within the timeout (refused or silent)"
		}
		return "no connection within the timeout"
	case fact.CauseHeaders:
		return "no answer within the timeout"
	case fact.CauseUnanswered:
		return "no connection, or no answer, within the timeout"
	case fact.CauseRPC:
		return "no answer to the health RPC within the timeout"
	case fact.CauseExecTimeout:
		return "the command did not end within the timeout"
	case fact.CauseEOF:
		return "connection closed without an answer"
	case fact.CauseRefused, fact.CauseReset, fact.CauseTLSTimeout, fact.CauseBody:
		return c.Words()
	case fact.CauseExit:
		if strings.TrimSpace(text) == "" {
			return "the command failed and printed nothing"
		}
	}
	if status, ok := strings.CutPrefix(string(c), "STATUS("); ok {
		return "status " + strings.TrimSuffix(status, ")")
	}
	return excerpt(text)
}

// excerptLength is how many bytes of a text a sentence quotes at most.
const excerptLength = 160

// excerpt returns the beginning of what plainError leaves of a text.
func excerpt(text string) string {
	text, _, more := strings.Cut(strings.TrimSpace(why.PlainError(text)), "\n")
	text = fact.Printable(text) // a control sequence that is cut would take the ellipsis with it
	if len(text) > excerptLength {
		text, more = strings.ToValidUTF8(text[:excerptLength], ""), true
	}
	if more {
		text += "…"
	}
	return text
}

// onPort names the port that is asked, after a space; nothing for a command.
func (c *comparison) onPort() string {
	if c.probe.Spec.Handler == fact.Exec {
		return ""
	}
	return " on port " + c.port()
}

// port is the number of the probe's port, or its name when it has no number.
func (c *comparison) port() string {
	if n, ok := c.probe.Container.Port(c.probe.Spec.Port); ok {
		return strconv.Itoa(int(n))
	}
	return c.probe.Spec.Port
}

// counted says how far the kubelet has counted, and what follows.
func (c *comparison) counted() string {
	f := c.probe.Failures
	run := fmt.Sprintf("%d of %d failures", f.Run, f.Threshold)
	switch {
	case f.Run == 0 && c.probe.State == infer.StateFailed:
		return "the kubelet has counted enough failures"
	case f.Run == 0:
		run = fmt.Sprintf("%d failures make it fail", f.Threshold)
	case f.Run >= f.Threshold && c.probe.Type == fact.Readiness:
		return map[bool]string{true: "at least "}[f.Bound == fact.AtLeast] + fmt.Sprintf("%d failures in a row, %d were enough", f.Run, f.Threshold)
	case f.Bound == fact.AtLeast:
		run = "at least " + run
	}
	if next := c.row.Forecast(c.probe, c.Now).Consequence; next.Kind != infer.NoConsequence {
		run += ", " + string(next.Kind) + " in " + inWords(next.From(c.Now), c.Now)
	}
	return run
}

// inWords says how far away a window is.
func inWords(w fact.Window, now time.Time) string {
	from, to := w.Earliest.Sub(now).Round(time.Second), w.Latest.Sub(now).Round(time.Second)
	if from == to {
		return brieflyFor(to)
	}
	return brieflyFor(from) + " to " + brieflyFor(to)
}

// brieflyFor says a duration to the second.
func brieflyFor(d time.Duration) string {
	s := max(d, 0).Round(time.Second).String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	return s
}

// took says a duration of a run.
func took(d time.Duration) string {
	switch {
	case d >= 10*time.Second:
		return d.Round(100 * time.Millisecond).String()
	case d >= 10*time.Millisecond:
		return d.Round(time.Millisecond).String()
	}
	return d.Round(100 * time.Microsecond).String()
}
