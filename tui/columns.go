package tui

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/probetop/probetop/model"
)

// Widths at which a column says more.
const (
	probesRuns   = 21
	probesWide   = 51
	restartsWide = 14
	stateWide    = 13
)

// podColumns are the columns of the table of pods. The first is the order in which it begins. Without namespaces that column
// is left out.
func podColumns(namespaces bool) []column[*model.Row] {
	cols := slices.Concat(podNames(), podProbes(), podTimes())
	if !namespaces {
		cols = slices.DeleteFunc(cols, func(c column[*model.Row]) bool { return c.title == "NAMESPACE" })
	}
	return cols
}

// worstAfter orders pods by something, and those that are the same in it worst first.
func worstAfter(first func(a, b *model.Row) int) func(a, b *model.Row) int {
	return func(a, b *model.Row) int { return cmp.Or(first(a, b), model.Compare(a, b)) }
}

// podNames are the columns that say which pod it is, and how it is as a whole.
func podNames() []column[*model.Row] {
	return []column[*model.Row]{
		{
			title: "STATE", claim: claim{rank: 0, min: 1, wide: stateWide}, heading: stateTitle,
			draw: (*canvas).state, order: "worst first", compare: model.Compare,
		},
		{
			title: "NAMESPACE", claim: claim{rank: 5, min: 6, want: 9, most: 32, leaves: 20}, heading: namespaceTitle,
			text: func(r *model.Row) string { return r.Pod.Namespace }, order: "by namespace", compare: model.CompareNames,
		},
		{
			title: "NAME", claim: claim{rank: 1, min: 12, want: 28, most: 48},
			text: func(r *model.Row) string { return r.Pod.Name }, name: true, order: "by name", compare: byName,
		},
		{
			title: "READY", claim: claim{rank: 9, min: 5, leaves: 60}, draw: (*canvas).ready, order: "fewest ready first",
			compare: worstAfter(func(a, b *model.Row) int {
				return cmp.Compare(a.Summary.Ready*b.Summary.Total, b.Summary.Ready*a.Summary.Total)
			}),
		},
		{
			title: "STATUS", claim: claim{rank: 10, min: 9, want: 16, most: 18, leaves: 60},
			text: func(r *model.Row) string { return r.Summary.Status }, order: "by status",
			compare: worstAfter(func(a, b *model.Row) int { return strings.Compare(a.Summary.Status, b.Summary.Status) }),
		},
	}
}

// podProbes are the columns of what its probes say and what comes of it.
func podProbes() []column[*model.Row] {
	return []column[*model.Row]{
		{
			title: "S R L", claim: claim{rank: 3, min: 6, steps: []int{probesRuns, probesWide}, leaves: 20}, heading: probesTitle,
			draw: (*canvas).probes, filled: func(r *model.Row) bool { return len(r.Probes) > 0 }, order: "worst probe first",
			compare: worstAfter(func(a, b *model.Row) int { return cmp.Compare(worstState(a), worstState(b)) }),
		},
		{
			title: "RESTARTS", claim: claim{rank: 8, min: 8, steps: []int{restartsWide}, leaves: 52}, draw: (*canvas).restarts,
			filled: func(r *model.Row) bool { return r.Summary.Restarts > 0 }, order: "most restarts first",
			compare: worstAfter(func(a, b *model.Row) int { return cmp.Compare(b.Summary.Restarts, a.Summary.Restarts) }),
		},
		{
			title: "FORECAST", claim: claim{rank: 7, min: 18, leaves: 56}, draw: (*canvas).forecast, filled: foretold,
			order: "next to happen first", compare: worstAfter(func(a, b *model.Row) int { return cmp.Compare(unforetold(a), unforetold(b)) }),
		},
		{
			title: "TRAFFIC", claim: claim{rank: 6, min: 7, leaves: 36}, draw: (*canvas).traffic,
			filled: func(r *model.Row) bool { return len(r.Traffic) > 0 }, order: "out of traffic first",
			compare: worstAfter(func(a, b *model.Row) int { return cmp.Compare(inTraffic(a), inTraffic(b)) }),
		},
	}
}

// podTimes are the columns of when and where, and why.
func podTimes() []column[*model.Row] {
	return []column[*model.Row]{
		{
			title: "SINCE", claim: claim{rank: 4, min: 5, leaves: 20}, draw: (*canvas).since, order: "latest change first",
			compare: worstAfter(func(a, b *model.Row) int { return since(b).Compare(since(a)) }),
		},
		{
			title: "AGE", claim: claim{rank: 12, min: 5, leaves: 64}, draw: (*canvas).age, order: "youngest first",
			compare: worstAfter(func(a, b *model.Row) int { return b.Pod.Created.Compare(a.Pod.Created) }),
		},
		{
			title: "NODE", claim: claim{rank: 11, min: 8, want: 13, most: 24, leaves: 64},
			text: func(r *model.Row) string { return r.Pod.Node }, order: "by node",
			compare: worstAfter(func(a, b *model.Row) int { return strings.Compare(a.Pod.Node, b.Pod.Node) }),
		},
		{
			title: "WHY", claim: claim{rank: 2, min: 14, want: 30, most: 56}, draw: (*canvas).why, order: "by what is wrong",
			compare: worstAfter(func(a, b *model.Row) int { return strings.Compare(wrong(a), wrong(b)) }),
		},
	}
}

// byName orders pods by their own name first.
func byName(a, b *model.Row) int {
	return cmp.Or(strings.Compare(a.Pod.Name, b.Pod.Name), model.CompareNames(a, b))
}

// worstState is the state of the pod's worst probe; of one without probes, the best there is.
func worstState(r *model.Row) model.State {
	w := model.StatePassing + 1
	for i := range r.Probes {
		w = min(w, r.Probes[i].State)
	}
	return w
}

// foretold reports whether something may follow by time alone: a restart, the loss of traffic, another start, a kill.
func foretold(r *model.Row) bool {
	if r.Pod.Deleting() {
		return true
	}
	for i := range r.Probes {
		switch p := &r.Probes[i]; p.State {
		case model.StateStarting, model.StateFailing:
			return true
		case model.StateFailed:
			if p.Type != model.Readiness {
				return true
			}
		}
	}
	return slices.ContainsFunc(r.Pod.Containers, func(c model.Container) bool { return c.Reason == "CrashLoopBackOff" })
}

// unforetold is 0 for a pod of which something is foretold.
func unforetold(r *model.Row) int {
	if foretold(r) {
		return 0
	}
	return 1
}

// inTraffic is how far a pod is in traffic: out of all its Services first, then out of some, and one without any last.
func inTraffic(r *model.Row) int {
	in := 0
	for i := range r.Traffic {
		if r.Traffic[i].Ready {
			in++
		}
	}
	switch {
	case len(r.Traffic) == 0:
		return 3
	case in == 0:
		return 0
	case in < len(r.Traffic):
		return 1
	}
	return 2
}

// wrong is what a pod is ordered by that is ordered by what is wrong: pods that fail alike are together.
func wrong(r *model.Row) string {
	if r.Severity >= model.Healthy {
		return "~" // last
	}
	if r.Worst < 0 {
		return r.Summary.Status
	}
	p := &r.Probes[r.Worst]
	return p.State.String() + " " + p.Type.String() + " " + p.Container.Name
}

// stateTitle is left out above a glyph.
func stateTitle(_ *canvas, w int) string {
	if w < len("STATE") {
		return ""
	}
	return "STATE"
}

// namespaceTitle is shortened where there is little room.
func namespaceTitle(_ *canvas, w int) string {
	if w < len("NAMESPACE") {
		return "NS"
	}
	return "NAMESPACE"
}

func probesTitle(_ *canvas, w int) string {
	switch {
	case w >= probesWide:
		return "PROBES"
	case w >= probesRuns:
		return lanes(w)
	}
	return "S R L"
}

func (c *canvas) state(l *line, r *model.Row, w int) {
	i, glyph, word := c.rowState(r)
	if w > 1 {
		glyph += " " + word
	}
	l.cell(i, glyph, w)
}

func (c *canvas) ready(l *line, r *model.Row, w int) {
	l.cell(ink{}, strconv.Itoa(r.Summary.Ready)+"/"+strconv.Itoa(r.Summary.Total), w)
}

// calm reports whether a pod needs no attention.
func calm(r *model.Row) bool { return r.Severity >= model.Healthy && !unsure(r) }

// unsure reports whether nothing is known of a probe of the pod.
func unsure(r *model.Row) bool {
	for i := range r.Probes {
		if r.Probes[i].State == model.StateUnknown {
			return true
		}
	}
	return false
}

// probes draws a lane for each type of probe, as wide as there is room for.
func (c *canvas) probes(l *line, r *model.Row, w int) {
	width := w / len(model.ProbeTypes)
	for _, typ := range model.ProbeTypes {
		p := worst(r, typ)
		if p == nil {
			l.pad(width)
			continue
		}
		room := w
		if calm(r) {
			room = 0 // the glyph says it
		}
		l.cell(c.stateInk[p.State], c.lane(p, room, c.opinions.contests(r, typ)), width)
	}
	l.pad(w - width*len(model.ProbeTypes))
}

// lane is a glyph under the letter of its type, then with the run, then letter, glyph, word and run. Behind the glyph is
// a mark for a state that is a guess, and for one that is contested from here.
func (c *canvas) lane(p *model.Probe, w int, contested bool) string {
	s, mark, run := c.glyphs.state[p.State], "", c.runWord(p)
	if doubtful(p.Verdict) {
		mark = certaintyMark
	}
	word := s + " " + stateWord(p.Verdict)
	if contested {
		mark = c.differ
		word = s + mark + " " + stateWord(p.Verdict)
	}
	room := w/len(model.ProbeTypes) - 1
	switch {
	case w >= probesWide && run == "":
		return letters[p.Type] + word
	case w >= probesWide:
		if full := letters[p.Type] + word + " " + run; c.fits(full, room) {
			return full
		}
		return letters[p.Type] + s + mark + " " + run
	case w >= probesRuns && run != "" && c.fits(s+mark+" "+run, room):
		return s + mark + " " + run
	case w >= probesRuns && c.fits(s+mark+run, room):
		return s + mark + run
	}
	return s + mark
}

// letters stand for the probe types.
var letters = [...]string{model.Startup: "S", model.Readiness: "R", model.Liveness: "L"}

// lanes is the title of the lanes.
func lanes(w int) string {
	blank := strings.Repeat(" ", w/len(model.ProbeTypes)-1)
	return "S" + blank + "R" + blank + "L"
}

func (c *canvas) restarts(l *line, r *model.Row, w int) {
	if r.Summary.Restarts == 0 {
		l.pad(w)
		return
	}
	s := strconv.Itoa(int(r.Summary.Restarts))
	if w >= restartsWide && !r.Summary.LastRestart.IsZero() {
		s += " (" + age(c.now, r.Summary.LastRestart) + " ago)"
	}
	l.cell(ink{}, s, w)
}

func (c *canvas) traffic(l *line, r *model.Row, w int) {
	word := c.trafficWord(r)
	if len(r.Traffic) == 0 && !r.TrafficKnown() {
		word = model.StateUnknown.String()
	}
	i := ink{}
	if word == "out" {
		i = c.strong
	}
	l.cell(i, word, w)
}

func (c *canvas) since(l *line, r *model.Row, w int) { l.cell(ink{}, age(c.now, since(r)), w) }
func (c *canvas) age(l *line, r *model.Row, w int)   { l.cell(ink{}, age(c.now, r.Pod.Created), w) }

// why draws the diagnosis, and before it the name of a difference between the kubelet's verdict and the one from here.
func (c *canvas) why(l *line, r *model.Row, w int) {
	o, ok := c.opinions.difference(r)
	if !ok {
		l.cell(ink{}, c.whyText(r, w), w)
		return
	}
	mark, name := c.agreement(&o), o.name()
	if len(r.Pod.Containers) > 1 {
		name = model.Printable(o.probe.Container.Name) + ": " + name
	}
	name, guess := strings.CutSuffix(name, certaintyMark)
	name = mark.text + " " + name
	if guess { // that it is one is not cut off
		name = c.Clip(name, w-1, c.ellipsis) + certaintyMark
	}
	name = c.Clip(name, w, c.ellipsis)
	l.put(mark.ink, name)
	if w -= c.Cells(name); w > worthSaying {
		if text := c.whyText(r, w); text != "" {
			l.text("; ").cell(ink{}, text, w-2)
			return
		}
	}
	l.pad(w)
}

// worthSaying is how many cells of a diagnosis are worth showing.
const worthSaying = 8
