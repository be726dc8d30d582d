package tui

import (
	"strings"

	"github.com/probetop/probetop/model"
)

// banner is a line below the totals that says what must not be missed. The one with the highest rank goes first when there
// is no room for all.
type banner struct {
	rank int
	// say words it; an empty text for nothing to say.
	say func(h *header, c *canvas, width int) phrase
}

// The ranks of the lines of the header. How bad it is stays longest, then that it is not one's own cluster and what is wrong
// with the picture.
const (
	rankTotals = iota
	rankNotice
	rankTroubles
	rankIdentity
	rankDamage
	rankView
)

// banners lists them in the order in which they are drawn. A new banner is a function and a line here.
func banners() []banner {
	return []banner{
		{rankTroubles, (*header).troubled},
		{rankDamage, (*header).damaged},
		{rankView, (*header).viewed},
		{rankNotice, (*header).noticed},
	}
}

// troubled says what is wrong with the picture.
func (h *header) troubled(c *canvas, width int) phrase {
	words := h.troubles(c, width)
	if len(words) > 0 && h.tape != nil && h.tape.Damage != "" {
		words = append(words, model.Printable(h.tape.Damage))
	}
	return phrase{c.warn, h.join(c, words)}
}

// damaged says what is wrong with the recording alone: the line of the tape has a word for it, too.
func (h *header) damaged(c *canvas, width int) phrase {
	if h.tape == nil || len(h.troubles(c, width)) > 0 {
		return phrase{}
	}
	return phrase{c.warn, model.Printable(h.tape.Damage)}
}

// viewed says what is hidden and how the rows are ordered.
func (h *header) viewed(c *canvas, _ int) phrase { return phrase{c.strong, h.join(c, h.view)} }

// noticed is what is on every screen.
func (h *header) noticed(c *canvas, _ int) phrase { return phrase{c.strong, model.Printable(h.notice)} }

// join puts a dot between words.
func (h *header) join(c *canvas, words []string) string {
	return strings.Join(words, " "+c.dot+" ")
}
