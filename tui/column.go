package tui

import "github.com/probetop/probetop/model"

// column is a column of a table: what is in it, how much room it asks for, and how rows are ordered by it.
type column[R any] struct {
	title string
	// claim is the room it asks for.
	claim
	// text is what is in it when that is shown as it is; its widest is what the column grows to.
	text func(R) string
	// name is set when the middle of the text is what is cut out, and what tells rows apart stays.
	name bool
	// draw draws a row in w cells, where that is more than a text.
	draw func(c *canvas, l *line, r R, w int)
	// heading is the title for a width; nil for the title itself.
	heading func(c *canvas, w int) string
	// filled reports whether a row has anything to show here; nil for always. A column that no row fills gives way.
	filled func(R) bool
	// order words the order by the column, and compare is that order, a total one. Without one rows are not ordered by it.
	order   string
	compare func(a, b R) int
}

// cell draws what a row has in the column.
func (col *column[R]) cell(c *canvas, l *line, r R, w int, tails map[string]int) {
	switch {
	case col.draw != nil:
		col.draw(c, l, r, w)
	case col.name:
		text := model.Printable(col.text(r))
		l.cell(c.strong, c.cutName(text, w, tails[text], c.ellipsis), w)
	default:
		l.cell(ink{}, model.Printable(col.text(r)), w)
	}
}
