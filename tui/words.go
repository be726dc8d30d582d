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
		return "drains"
	}
	return "out"
}

// serviceWord says what one Service does with a pod.
func serviceWord(s model.Traffic) string {
	switch {
	case s.Ready:
		return "in"
	case s.Serving && s.Terminating:
		return "drains"
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

// why is the row's note for about w cells. Where it does not fit, what other columns say is left out, and the
// cause of a failure comes before its text, whose end often is what matters.
func why(r *model.Row, w int) string {
	note := r.Note
	if len(note) > w {
		note = brief(r, w)
	}
	return model.Printable(head(note, w))
}

// head cuts a text off that is much longer than what w cells can show of it, so that the rest need not be
// made printable.
func head(s string, w int) string {
	if most := 16 * max(w, 1); len(s) > most {
		return strings.ToValidUTF8(s[:most], "")
	}
	return s
}

// brief leaves out of a note what the probe columns say, and the container when it is the only one.
func brief(r *model.Row, w int) string {
	name := ""
	switch n := len(r.Pod.Containers); {
	case r.Worst < 0:
		return foremost(r)
	case n > 1:
		name = r.Probes[r.Worst].Container.Name + ": "
	}
	p := &r.Probes[r.Worst]
	rest, ok := strings.CutPrefix(r.Note, p.Type.String()+" of "+p.Container.Name)
	if !ok {
		return r.Note
	}
	text, said := strings.CutPrefix(rest, ": ")
	if !said || len(name)+len(text) <= w {
		return name + strings.TrimPrefix(text, " ")
	}
	return name + caused(text, p, w-len(name))
}

// foremost words a note that is not about a probe so that what is wrong comes before where: a gate, a node
// or the only container has a long name, and is named elsewhere.
func foremost(r *model.Row) string {
	note := r.Note
	if len(r.Pod.Containers) == 1 {
		name := r.Pod.Containers[0].Name
		note = strings.TrimPrefix(strings.TrimPrefix(note, name+": "), name+" was ")
	}
	if rest, ok := strings.CutPrefix(note, "gate "); ok {
		if name, ok := strings.CutSuffix(rest, ": nobody has set it"); ok {
			return "nobody set gate " + name
		}
		if name, status, ok := strings.Cut(rest, " is "); ok {
			return "gate " + status + ": " + name
		}
	}
	if rest, ok := strings.CutPrefix(note, "node "); ok {
		if name, reason, ok := strings.Cut(rest, " is not ready: "); ok {
			return "node not ready: " + name + ": " + reason
		}
	}
	return note
}

// telling holds the beginnings of the causes that say in a few cells what their text says in many.
var telling = [...]string{"REFUSED", "NOROUTE", "TIMEOUT", "EOF", "RESET", "TLS", "REDIRECT", "DNS", "STATUS", "GRPC"}

// textRoom is how many cells a text needs to be worth showing after its cause.
const textRoom = 24

// caused puts the cause of a probe's failure before its text, or in its place where it says all (it names a
// code) or there is little room.
func caused(text string, p *model.Probe, w int) string {
	cause := string(p.Cause())
	switch {
	case !slices.ContainsFunc(telling[:], func(c string) bool { return strings.HasPrefix(cause, c) }):
		return text
	case strings.HasSuffix(cause, ")"), w < len(cause)+textRoom:
		return cause
	}
	return cause + ": " + text
}
