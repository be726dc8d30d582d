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
	context, scope, notice, remark string
	// shown is the snapshot on the screen, newest the last that came; nil before the first.
	shown, newest *model.Snapshot
	// now is the time of the clock, also while the display is paused.
	now time.Time
	// tape is where the recording stands; nil when the board is live.
	tape     *model.Playhead
	recorder RecorderStatus
	shadow   ShadowState
	// paused is when the display was stopped; zero while it is live.
	paused time.Time
	// ended is why no more snapshots come; nil while they do.
	ended error
	// view says what is hidden and how the rows are ordered, when that is not as it begins.
	view []string
	// at names the view; empty for the first.
	at string
}

// headerLine is a line that may have to go: the one with the highest rank goes first.
type headerLine struct {
	rank int
	draw func(*line)
}

// Render draws at most limit lines. The first one ends in the mark.
func (h *header) Render(c *canvas, width, limit int) []string {
	var lines []string
	mark := h.mark(c, width)
	for width >= roomForMark && len(mark) > 1 && c.room(mark, 1) > width {
		mark = mark[1:] // how far the picture can be believed is what stays
	}
	for i, hl := range h.choose(c, width, limit) {
		l, kept := c.line(width), 0
		if i == 0 && width >= roomForMark {
			kept = c.room(mark, 1) + 2
		}
		l.room -= kept
		hl.draw(l)
		if l.room += kept; i == 0 {
			l.right(mark...)
		}
		lines = append(lines, l.String())
	}
	return lines
}

// choose returns the lines there are room and reason for.
func (h *header) choose(c *canvas, width, limit int) []headerLine {
	lines := []headerLine{{rankIdentity, func(l *line) { h.identity(c, l) }}}
	if h.shown != nil {
		lines = append(lines, headerLine{rankTotals, func(l *line) { h.totals(c, l) }})
	}
	for _, b := range banners() {
		if p := b.say(h, c, width); p.text != "" {
			lines = append(lines, headerLine{b.rank, func(l *line) { l.put(p.ink, p.text) }})
		}
	}
	for len(lines) > max(limit, 0) {
		last := slices.MaxFunc(lines, func(a, b headerLine) int { return a.rank - b.rank })
		lines = slices.DeleteFunc(lines, func(l headerLine) bool { return l.rank == last.rank })
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
	if h.at != "" {
		l.put(c.dim, " "+c.bar+" ").put(c.strong, h.at)
	}
}

// troubles says what is wrong with the picture, and with the recording of it.
func (h *header) troubles(c *canvas, width int) []string {
	var words []string
	if h.recorder.Err != nil {
		words = append(words, h.recorder.failure(width))
	}
	if h.shadow.Lack != "" {
		words = append(words, "shadow: "+model.Printable(h.shadow.Lack))
	}
	if h.ended != nil {
		words = append(words, "no more news: "+model.Printable(h.ended.Error()))
	}
	if h.newest != nil {
		words = append(words, h.silent(c)...)
		if late := h.late(); late != "" {
			words = append(words, late)
		}
		if u := h.newest.Unread; u.Count > 0 {
			words = append(words, fmt.Sprintf("%s not understood: %s", plural(u.Count, "1 kubelet event", thousands(u.Count)+" kubelet events"),
				c.Clip(model.Printable(u.Sample), 60, c.ellipsis)))
		}
	}
	if h.remark != "" {
		words = append(words, model.Printable(h.remark))
	}
	return words
}

// lately is for how long it is said that changes may have been missed.
const lately = 10 * time.Minute

// silent names the sources that do not say everything, those together of which the same is to be said.
func (h *header) silent(c *canvas) []string {
	var said []string
	kinds := map[string][]string{}
	note := func(kind model.SourceKind, what string) {
		if kinds[what] == nil {
			said = append(said, what)
		}
		kinds[what] = append(kinds[what], string(kind))
	}
	for _, s := range h.newest.Sources {
		if what := h.lack(c, s); what != "" {
			note(s.Kind, what)
		}
		if m := s.Missed; !m.IsZero() && h.now.Sub(m.To) < lately {
			note(s.Kind, fmt.Sprintf(": changes between %s and %s may be missing", clockTime(m.From), clockTime(m.To)))
		}
	}
	for i, what := range said {
		said[i] = allOf(kinds[what]) + what
	}
	return said
}

// late names the node whose events come latest, and says how many others there are; empty for none.
func (h *header) late() string {
	others := -1
	var worst model.LateNode
	for _, n := range h.newest.Late {
		if h.now.Before(n.Until) {
			if others++; others == 0 {
				worst = n
			}
		}
	}
	if others < 0 {
		return ""
	}
	words := fmt.Sprintf("%s: events %s late", model.Printable(worst.Name), age(h.now, h.now.Add(-worst.By)))
	if others > 0 {
		words += plural(others, ", and of 1 more node", ", and of "+thousands(others)+" more nodes")
	}
	return words
}

// clockTime is a moment of today.
func clockTime(t time.Time) string { return t.Local().Format(time.TimeOnly) }

// allOf lists kinds of sources; all that the API server speaks for have a word of their own.
func allOf(kinds []string) string {
	if len(kinds) >= len(model.SourceKinds)-1 {
		return "all sources"
	}
	return strings.Join(kinds, ", ")
}

// lack is what a source does not say, behind its name; empty when it says everything.
func (h *header) lack(c *canvas, s model.Source) string {
	switch s.State {
	case model.SourceOff:
		return ""
	case model.SourceSynced:
		if !s.Silent.IsZero() {
			return " silent for " + age(h.now, s.Silent)
		}
		return h.reason(c, s)
	case model.SourceForbidden:
		return " forbidden" + unseen[s.Kind]
	case model.SourceSyncing:
		return " syncing" + h.soFar(c, s.Kind) + h.reason(c, s)
	}
	return " " + string(s.State) + " since " + age(h.now, s.Since) + h.reason(c, s)
}

// unseen is what cannot be known without a source.
var unseen = map[model.SourceKind]string{
	model.Events:         ": liveness is unknown",
	model.EndpointSlices: ": traffic is unknown",
	model.Nodes:          ": lost nodes are not seen",
	model.KubeletMetrics: ": runs are from events",
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
	return " (" + c.Clip(model.Printable(s.Error), 60, c.ellipsis) + ")"
}

// roomForKinds is the width from which the totals say more than how many faults there are.
const roomForKinds = 24

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
	case c.room(full, 2) <= l.room:
		l.list(full, 2)
	case c.room(bare, 2) <= l.room:
		l.list(bare, 2)
	default:
		l.put(c.bad, fmt.Sprintf("%s faults", thousands(t.Faults())))
	}
	for s := model.Starting; s <= model.Finished; s++ {
		word := "  " + thousands(t.By[s]) + " " + s.String()
		if t.By[s] > 0 && s != model.Healthy && c.Cells(word) <= l.room {
			l.put(c.dim, word)
		}
	}
}

// faults counts the pods of each kind of fault, in words.
func faults(c *canvas, t *model.Totals, glyphs bool) []phrase {
	var counts []phrase
	for s := model.RestartDue; s.Fault(); s++ {
		if t.By[s] == 0 {
			continue
		}
		text := thousands(t.By[s]) + " " + s.String()
		if glyphs {
			text = c.severity[s] + " " + text
		}
		counts = append(counts, phrase{c.severityInk[s], text})
	}
	return counts
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}
