package tui

import (
	"fmt"
	"strings"

	"github.com/probetop/probetop/model"
)

// stripLines says of the selected pod, in height lines, what the table had no room for: the diagnosis, every
// probe in words, what they are from here, and what kubectl would say.
func stripLines(c *canvas, r *model.Row, place string, width, height int) []string {
	lines := []string{stripTitle(c, r, place, width)}
	here := c.vantages(r)
	below, noteRoom := 2, 2
	if len(here) > 0 {
		below, noteRoom = 3, 1
	}
	d := r.Diagnosis(c.now)
	note := []string{"nothing is known to be wrong"}
	if d != nil {
		note = c.wrap(c.spell(d.Headline), width-2, noteRoom, c.ellipsis)
	}
	for _, s := range note {
		lines = append(lines, c.line(width).pad(2).text(s).String())
	}
	if d != nil && len(d.Actions) > 0 && len(lines)+below < height {
		lines = append(lines, c.line(width).pad(2).put(c.dim, advice(&d.Actions[0])).String())
	}
	lines = append(lines, stripProbes(c, r, width))
	if len(here) > 0 {
		lines = append(lines, c.line(width).pad(2).list(here, 0).String())
	}
	lines = append(lines, c.line(width).pad(2).put(c.dim, facts(c, r)).String())
	for len(lines) < height {
		lines = append(lines, "")
	}
	return lines[:height]
}

// advice is an action on one line: the command line where there is one.
func advice(a *model.Action) string {
	if a.Command == "" {
		return "try: " + model.Printable(a.Text)
	}
	return "try: " + a.Command
}

func stripTitle(c *canvas, r *model.Row, place string, width int) string {
	l := c.line(width).put(c.dim, c.rule+c.rule+" ")
	in, glyph, word := c.rowState(r)
	state := glyph + " " + word
	name := model.Printable(r.Pod.Namespace + "/" + r.Pod.Name)
	l.put(c.strong, c.clipMiddle(name, l.room-c.Cells(place)-c.Cells(state)-8, c.ellipsis)).text(" ").put(in, state).text(" ")
	if n := l.room - c.Cells(place) - 4; n > 0 {
		l.put(c.dim, strings.Repeat(c.rule, n)+" "+place+" "+c.rule+c.rule)
	}
	return l.String()
}

// stripProbes words every probe, worst first, with its run and what follows. Containers are named where there
// are several.
func stripProbes(c *canvas, r *model.Row, width int) string {
	l := c.line(width).pad(2)
	if len(r.Probes) == 0 {
		return l.put(c.dim, "no probes").String()
	}
	var last *model.Container
	for _, p := range sortedProbes(r) {
		if p.Container != last && len(r.Pod.Containers) > 1 {
			if last != nil {
				l.put(c.dim, c.bar+" ")
			}
			l.text(model.Printable(p.Container.Name) + ": ")
		}
		last = p.Container
		c.stripProbe(l, r, p)
		l.text("  ")
	}
	return l.String()
}

// stripProbe words one probe.
func (c *canvas) stripProbe(l *line, r *model.Row, p *model.Probe) {
	words := c.glyphs.state[p.State] + " " + stateWord(p.Verdict)
	if run := c.runWord(p); run != "" {
		words += " " + run
	}
	if q := r.Forecast(p, c.now).Consequence; q.Kind != model.NoConsequence {
		words += ", " + c.consequence(p, q, l.room)
	}
	l.text(p.Type.String()+" ").put(c.stateInk[p.State], words)
}

// facts is the pod's line in kubectl get pods -o wide, in words.
func facts(c *canvas, r *model.Row) string {
	words := []string{
		model.Printable(r.Summary.Status),
		fmt.Sprintf("%d/%d ready", r.Summary.Ready, r.Summary.Total),
		restartWords(c, r),
	}
	if r.Pod.Node != "" {
		words = append(words, "on "+model.Printable(r.Pod.Node))
	}
	if o := r.Pod.Owner.String(); o != "" {
		words = append(words, model.Printable(o))
	}
	words = append(words, "age "+age(c.now, r.Pod.Created))
	return strings.Join(words, " "+c.dot+" ")
}

func restartWords(c *canvas, r *model.Row) string {
	n := int(r.Summary.Restarts)
	s := thousands(n) + plural(n, " restart", " restarts")
	if !r.Summary.LastRestart.IsZero() {
		s += " (" + age(c.now, r.Summary.LastRestart) + " ago)"
	}
	return s
}
