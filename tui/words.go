package tui

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/probetop/probetop/model"
)

// certaintyMark follows a word that is little more than a guess.
const certaintyMark = "?"

// stateWord is the word for a probe's state: the report's, except that a startup probe that is held has
// started its container.
func stateWord(v model.Verdict) string {
	word := v.State.String()
	if v.State == model.StateHeld {
		word = "started"
	}
	if doubtful(v) {
		word += certaintyMark
	}
	return word
}

// doubtful reports whether a verdict needs the mark. Unknown says so itself.
func doubtful(v model.Verdict) bool {
	return v.Certainty <= model.CertaintyLow && v.State != model.StateUnknown
}

// rowState is what the first column says about a pod.
func (t *theme) rowState(r *model.Row) (ink ink, glyph, word string) {
	s := r.Severity
	ink, glyph, word = t.severityInk[s], t.severity[s], s.String()
	switch {
	case r.Worst >= 0 && s != model.Terminating:
		if doubtful(r.Probes[r.Worst].Verdict) {
			word += certaintyMark
		}
	case s == model.Healthy:
		for i := range r.Probes {
			switch v := r.Probes[i].Verdict; {
			case v.State == model.StateUnknown:
				return t.stateInk[v.State], t.state[v.State], v.State.String()
			case doubtful(v):
				word = s.String() + certaintyMark
			}
		}
	}
	return ink, glyph, word
}

// worst returns the pod's worst probe of a type over its containers; nil when it has none.
func worst(r *model.Row, typ model.ProbeType) *model.Probe {
	var w *model.Probe
	for i := range r.Probes {
		if p := &r.Probes[i]; p.Type == typ && (w == nil || p.State < w.State) {
			w = p
		}
	}
	return w
}

// trafficWord says whether Services send traffic to a pod.
func (t *theme) trafficWord(r *model.Row) string {
	in, draining := 0, 0
	for _, s := range r.Traffic {
		switch {
		case s.Ready:
			in++
		case s.Serving && s.Terminating:
			draining++
		}
	}
	switch n := len(r.Traffic); {
	case n == 0:
		return t.none
	case in == n:
		return "in"
	case in > 0:
		return fmt.Sprintf("%d/%d svc", in, n)
	case draining > 0:
		return "draining"
	}
	return "out"
}

// serviceWord says what one Service does with a pod.
func serviceWord(s model.Traffic) string {
	switch {
	case s.Ready && s.PublishNotReady:
		return "in, ready or not"
	case s.Ready:
		return "in"
	case s.Serving && s.Terminating:
		return "draining"
	}
	return "out"
}

// since is when a pod's state began: what its note says, or its readiness; zero when nobody said.
func since(r *model.Row) time.Time {
	if !r.Since.IsZero() {
		return r.Since
	}
	if c := r.Pod.Condition("Ready"); c != nil {
		return c.Since
	}
	return time.Time{}
}

// telling holds the beginnings of the causes that say in a few cells what their text says in many.
var telling = [...]string{"REFUSED", "NOROUTE", "TIMEOUT", "EOF", "RESET", "TLS", "REDIRECT", "DNS", "STATUS", "GRPC"}

// roomy is how many cells it takes for a note to be shown as it is.
const roomy = 60

// why is the row's note for about w cells: where there is little room, without what other columns say, and
// with the cause in place of the text.
func why(r *model.Row, w int) string {
	note := r.Note
	if w < roomy {
		note = brief(r, w)
	}
	// What cannot be shown need not be made printable.
	if most := 16 * w; len(note) > most {
		note = strings.ToValidUTF8(note[:most], "")
	}
	return model.Printable(note)
}

// brief leaves out of a note what the probe columns say, and the container when it is the only one.
func brief(r *model.Row, w int) string {
	note, name := r.Note, ""
	if len(r.Pod.Containers) > 0 {
		name = r.Pod.Containers[0].Name
	}
	if r.Worst >= 0 {
		p := &r.Probes[r.Worst]
		note, name = strings.TrimPrefix(note, p.Type.String()+" of "), p.Container.Name
	}
	if len(r.Pod.Containers) == 1 {
		note = strings.TrimLeft(strings.TrimPrefix(note, name), ": ")
	}
	if r.Worst >= 0 && len(note) > w {
		note = caused(note, &r.Probes[r.Worst])
	}
	return note
}

// caused puts the cause of a probe's failure in place of its text, where that says the same.
func caused(note string, p *model.Probe) string {
	cause := string(p.Cause())
	if !slices.ContainsFunc(telling[:], func(c string) bool { return strings.HasPrefix(cause, c) }) {
		return note
	}
	if head, ok := strings.CutSuffix(note, p.LastFailure().Text()); ok {
		return head + cause
	}
	return note
}
