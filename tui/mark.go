package tui

import (
	"slices"
	"strings"
	"time"

	"github.com/probetop/probetop/model"
)

// Widths from which there is always room for the mark, and from which it says more than its words.
const (
	roomForMark    = 36
	roomForDetails = 60
)

// mark is what ends the first line: what is run from here, whether a recording is written, and how far the picture can
// be believed.
func (h *header) mark(c *canvas, width int) []phrase {
	words := h.shadowing(c, width)
	switch detailed := width >= roomForDetails; {
	case h.recorder.Err != nil:
		words = append(words, phrase{c.bad, c.stopped + " REC"})
	case h.recorder.On && detailed:
		words = append(words, phrase{c.bad, c.recording + " REC " + size(h.recorder.Bytes)})
	case h.recorder.On:
		words = append(words, phrase{c.bad, c.recording + " REC"})
	}
	if !h.paused.IsZero() {
		words = append(words, phrase{c.alarm, " PAUSED " + age(h.now, h.paused) + " "})
	}
	if h.tape == nil {
		return append(words, h.health(c))
	}
	replay := " REPLAY "
	if width >= roomForDetails {
		replay += h.tape.At.UTC().Format("2006-01-02 ")
	}
	words = append(words, phrase{c.alarm, replay})
	if h.ended != nil {
		words = append(words, h.health(c))
	}
	return words
}

// shadowing says whether probes are run from here.
func (h *header) shadowing(c *canvas, width int) []phrase {
	var words []string
	if width >= roomForDetails {
		words = append(words, "shadow")
	}
	if h.shadow.Auto {
		words = append(words, "auto")
	}
	if n := len(h.shadow.Running); n > 0 {
		words = append(words, thousands(n)+" running")
	} else if !h.shadow.Auto {
		return nil
	}
	return []phrase{{c.strong, strings.Join(words, " ")}}
}

// health is one word for how far the picture can be believed.
func (h *header) health(c *canvas) phrase {
	if h.ended != nil {
		return phrase{c.bad, c.stopped + " ended"}
	}
	if h.newest == nil || len(h.newest.Sources) == 0 {
		return phrase{c.warn, c.busy + " connecting"}
	}
	worst := 0
	var silent time.Time
	for _, s := range h.newest.Sources {
		worst = max(worst, slices.Index(belief[:], s.State))
		if silent.IsZero() || !s.Silent.IsZero() && s.Silent.Before(silent) {
			silent = s.Silent
		}
	}
	switch state := belief[worst]; state {
	case model.SourceSynced:
		if !silent.IsZero() {
			return phrase{c.warn, c.trouble + " silent " + age(h.now, silent)}
		}
		return phrase{c.good, c.live + " live"}
	case model.SourceForbidden:
		return phrase{c.warn, c.trouble + " partial"}
	case model.SourceSyncing:
		return phrase{c.warn, c.busy + " syncing"}
	default:
		return phrase{c.warn, c.trouble + " " + string(state)}
	}
}

// belief lists what a source can be in, by how much it takes from the picture at this moment.
var belief = [...]model.SourceState{model.SourceSynced, model.SourceForbidden, model.SourceSyncing, model.SourceStale}
