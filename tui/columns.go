package tui

import (
	"strconv"
	"strings"

	"github.com/probetop/probetop/model"
)

// columnID names a column of the pods table.
type columnID uint8

// The columns, in the order in which they are drawn.
const (
	colState columnID = iota
	colNamespace
	colName
	colReady
	colStatus
	colProbes
	colRestarts
	colForecast
	colTraffic
	colSince
	colAge
	colNode
	colWhy

	columnCount = int(colWhy) + 1
)

// column says what a column is called and what is in it.
type column struct {
	title string
	// min is the width below which the column is not worth showing.
	min  int
	draw func(c *canvas, l *line, r *model.Row, w int)
}

// Widths at which a column says more.
const (
	probesRuns   = 21
	probesWide   = 51
	restartsWide = 14
)

func columns() [columnCount]column {
	return [columnCount]column{
		colState:     {"STATE", 13, (*canvas).state},
		colNamespace: {"NAMESPACE", 6, text(func(r *model.Row) string { return r.Pod.Namespace })},
		colName:      {"NAME", 12, (*canvas).name},
		colReady:     {"READY", 5, (*canvas).ready},
		colStatus:    {"STATUS", 9, text(func(r *model.Row) string { return r.Summary.Status })},
		colProbes:    {"S R L", 6, (*canvas).probes},
		colRestarts:  {"RESTARTS", 8, (*canvas).restarts},
		colForecast:  {"FORECAST", 18, (*canvas).forecast},
		colTraffic:   {"TRAFFIC", 7, (*canvas).traffic},
		colSince:     {"SINCE", 5, (*canvas).since},
		colAge:       {"AGE", 5, (*canvas).age},
		colNode:      {"NODE", 8, text(func(r *model.Row) string { return r.Pod.Node })},
		colWhy:       {"WHY", 18, (*canvas).why},
	}
}

// text draws a field as it is.
func text(field func(*model.Row) string) func(*canvas, *line, *model.Row, int) {
	return func(_ *canvas, l *line, r *model.Row, w int) { l.cell(ink{}, model.Printable(field(r)), w) }
}

func (c *canvas) state(l *line, r *model.Row, w int) {
	i, glyph, word := c.rowState(r)
	if w > 1 {
		glyph += " " + word
	}
	l.cell(i, glyph, w)
}

func (c *canvas) name(l *line, r *model.Row, w int) {
	l.cell(c.strong, c.clipMiddle(model.Printable(r.Pod.Name), w, c.ellipsis), w)
}

func (c *canvas) ready(l *line, r *model.Row, w int) {
	l.cell(ink{}, strconv.Itoa(r.Summary.Ready)+"/"+strconv.Itoa(r.Summary.Total), w)
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
		l.cell(c.stateInk[p.State], c.lane(p, w, c.opinions.contests(r, typ)), width)
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
