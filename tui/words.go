package tui

import (
	"fmt"
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

// whyText is the row's diagnosis for about w cells. Where it does not fit, the name of the only container is left out, so
// that the cause is read.
func (c *canvas) whyText(r *model.Row, w int) string {
	text := r.Headline(c.now)
	if !c.fits(text, w) && len(r.Pod.Containers) == 1 {
		text = strings.Replace(text, " of "+r.Pod.Containers[0].Name+": ", ": ", 1)
	}
	return c.spell(text)
}

// spell writes a sentence of the model with the glyphs of the theme.
func (g *glyphs) spell(s string) string {
	if g.ellipsis == "…" {
		return s
	}
	return strings.NewReplacer("–", g.to, "…", g.ellipsis, "“", "'", "”", "'", "≥", g.least).Replace(s)
}
