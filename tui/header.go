package tui

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/probetop/probetop/model"
)

// header says what is looked at, how bad it is, and how far it can be believed.
type header struct {
	context, scope, notice string
	// shown is the snapshot on the screen, newest the last that came; nil before the first.
	shown, newest *model.Snapshot
	// now is the time of the clock, also while the display is paused.
	now time.Time
	// paused is when the display was stopped; zero while it is live.
	paused time.Time
	// ended is why no more snapshots come; nil while they do.
	ended error
	// view says what is hidden and how the rows are ordered, when that is not as it begins.
	view []string
}

// Render draws at most limit lines. How bad it is stays longest, then what is wrong with the picture.
func (h *header) Render(c *canvas, width, limit int) []string {
	type part struct {
		rank int
		draw func(*line)
	}
	parts := []part{{3, func(l *line) { h.identity(c, l) }}}
	if h.shown != nil {
		parts = append(parts, part{1, func(l *line) { h.totals(c, l) }})
	}
	if t := h.troubles(c); len(t) > 0 {
		parts = append(parts, part{2, func(l *line) { l.put(c.warn, strings.Join(t, " "+c.dot+" ")) }})
	}
	if len(h.view) > 0 {
		parts = append(parts, part{4, func(l *line) { l.put(c.strong, strings.Join(h.view, " "+c.dot+" ")) }})
	}
	if h.notice != "" {
		parts = append(parts, part{5, func(l *line) { l.text(model.Printable(h.notice)) }})
	}
	for len(parts) > max(limit, 0) {
		last := slices.MaxFunc(parts, func(a, b part) int { return a.rank - b.rank })
		parts = slices.DeleteFunc(parts, func(p part) bool { return p.rank == last.rank })
	}
	lines := make([]string, len(parts))
	for i, p := range parts {
		l, kept := c.line(width), 0
		if i == 0 && width >= roomForMark {
			kept = h.markWidth(c) + 2
		}
		l.room -= kept
		p.draw(l)
		if l.room += kept; i == 0 {
			h.mark(c, l)
		}
		lines[i] = l.String()
	}
	return lines
}

// identity says which cluster and which pods.
func (h *header) identity(c *canvas, l *line) {
	l.put(c.title, "probetop").text("  ")
	if h.context != "" {
		l.put(c.strong, model.Printable(h.context)).put(c.dim, " "+c.bar+" ")
	}
	l.text(model.Printable(h.scope))
}

// mark ends a line with one word for the health of the picture.
func (h *header) mark(c *canvas, l *line) {
	i, word := h.health(c)
	text := i.of(word)
	if !h.paused.IsZero() {
		text = c.alarm.of(h.pausedWords()) + " " + text
	}
	l.right(text, h.markWidth(c))
}

func (h *header) markWidth(c *canvas) int {
	_, word := h.health(c)
	if h.paused.IsZero() {
		return cells(word)
	}
	return cells(word) + len(h.pausedWords()) + 1
}

func (h *header) pausedWords() string { return " PAUSED " + age(h.now, h.paused) + " " }

// health is one word for how far the picture can be believed.
func (h *header) health(c *canvas) (ink, string) {
	if h.ended != nil {
		return c.bad, c.stopped + " ended"
	}
	if h.newest == nil || len(h.newest.Sources) == 0 {
		return c.warn, c.busy + " connecting"
	}
	worst := 0
	for _, s := range h.newest.Sources {
		worst = max(worst, slices.Index(belief[:], s.State))
	}
	switch state := belief[worst]; state {
	case model.SourceSynced:
		return c.good, c.live + " live"
	case model.SourceForbidden:
		return c.warn, c.trouble + " partial"
	case model.SourceSyncing:
		return c.warn, c.busy + " syncing"
	default:
		return c.warn, c.trouble + " " + string(state)
	}
}

// belief lists what a source can be in, by how much it takes from the picture at this moment.
var belief = [...]model.SourceState{model.SourceSynced, model.SourceForbidden, model.SourceSyncing, model.SourceStale}

// troubles names every source that does not say everything.
func (h *header) troubles(c *canvas) []string {
	var words []string
	if h.ended != nil {
		words = append(words, "no more news: "+model.Printable(h.ended.Error()))
	}
	if h.newest == nil {
		return words
	}
	for _, s := range h.newest.Sources {
		switch s.State {
		case model.SourceSynced, model.SourceOff:
		case model.SourceForbidden:
			words = append(words, string(s.Kind)+" forbidden"+unseen[s.Kind])
		case model.SourceSyncing:
			words = append(words, "syncing "+string(s.Kind)+h.soFar(c, s.Kind)+h.reason(c, s))
		default:
			words = append(words, string(s.Kind)+" "+string(s.State)+" since "+age(h.now, s.Since)+h.reason(c, s))
		}
	}
	return words
}

// unseen is what cannot be known without a source.
var unseen = map[model.SourceKind]string{
	model.Events:         ": liveness is unknown",
	model.EndpointSlices: ": traffic is unknown",
	model.Nodes:          ": lost nodes are not seen",
}

// soFar is how many pods a list has brought.
func (h *header) soFar(c *canvas, kind model.SourceKind) string {
	n := len(h.newest.Rows)
	if kind != model.Pods || n == 0 {
		return ""
	}
	return " " + thousands(n) + c.ellipsis
}

// reason is what the server says about a source, cut to a size that leaves room for the others.
func (h *header) reason(c *canvas, s model.Source) string {
	if s.Error == "" {
		return ""
	}
	return " (" + clip(model.Printable(head(s.Error, 60)), 60, c.ellipsis) + ")"
}

// Widths from which there is always room for the mark, and from which the totals say more than how many faults
// there are.
const (
	roomForMark  = 36
	roomForKinds = 24
)

// totals counts the pods: how many, how many are ready, and the faults by kind in words.
func (h *header) totals(c *canvas, l *line) {
	t := &h.shown.Totals
	if l.room < roomForKinds {
		l.put(c.strong, thousands(t.Faults())+" faults of "+thousands(t.Pods)+plural(t.Pods, " pod", " pods"))
		return
	}
	l.put(c.strong, thousands(t.Pods))
	if t.Pods == 0 {
		l.text(" pods")
		return
	}
	l.text(plural(t.Pods, " pod, ", " pods, "))
	l.put(c.strong, thousands(t.Ready)).text(" ready").put(c.dim, " "+c.bar+" ")
	switch full, bare := faults(c, t, true), faults(c, t, false); {
	case len(full) == 0:
		l.put(c.good, "no faults")
	case measure(full) <= l.room:
		h.list(l, full)
	case measure(bare) <= l.room:
		h.list(l, bare)
	default:
		l.put(c.bad, fmt.Sprintf("%s faults", thousands(t.Faults())))
	}
	for s := model.Starting; s <= model.Finished; s++ {
		word := "  " + thousands(t.By[s]) + " " + s.String()
		if t.By[s] > 0 && s != model.Healthy && cells(word) <= l.room {
			l.put(c.dim, word)
		}
	}
}

// count is a number of pods of one kind, in words.
type count struct {
	ink  ink
	text string
}

func faults(c *canvas, t *model.Totals, glyphs bool) []count {
	var counts []count
	for s := model.RestartDue; s.Fault(); s++ {
		if t.By[s] == 0 {
			continue
		}
		text := thousands(t.By[s]) + " " + s.String()
		if glyphs {
			text = c.severity[s] + " " + text
		}
		counts = append(counts, count{c.severityInk[s], text})
	}
	return counts
}

// measure returns how many cells list takes.
func measure(counts []count) int {
	n := 2 * max(len(counts)-1, 0)
	for _, k := range counts {
		n += cells(k.text)
	}
	return n
}

func (h *header) list(l *line, counts []count) {
	for i, k := range counts {
		if i > 0 {
			l.text("  ")
		}
		l.put(k.ink, k.text)
	}
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}
