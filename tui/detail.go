package tui

import "strings"

// Widths of the pane that stands beside a table, and from which there is room for it.
const (
	roomForDetail           = 160
	leastDetail, mostDetail = 58, 100
)

// detail is what is said of the selected row, beside the table or below it.
type detail[R comparable] struct {
	write func(*sheet, R)
	// written is what the lines were last written from; they are not written again for the same.
	written draft[R]
	lines   []string
}

// draft is everything a detail is written from.
type draft[R comparable] struct {
	canvas canvas
	row    R
	width  int
}

// beside is how many cells of a width are the detail's; none where it has no room.
func beside(width int) int {
	if width < roomForDetail {
		return 0
	}
	return min(max(width/3, leastDetail), mostDetail)
}

// of returns what is said of a row in a width.
func (d *detail[R]) of(c *canvas, r R, width int) []string {
	if now := (draft[R]{*c, r, width}); now != d.written {
		s := &sheet{canvas: c, width: width}
		d.write(s, r)
		d.written, d.lines = now, s.lines
	}
	return d.lines
}

// join puts the detail of a row to the right of the lines of a table that is so wide, in height lines.
func (d *detail[R]) join(c *canvas, lines []string, r R, table, width, height int) []string {
	right := d.of(c, r, width-3)
	blank := strings.Repeat(" ", table)
	joined := make([]string, 0, height)
	for i := range height {
		left := blank
		if i < len(lines) {
			left = lines[i]
		}
		text := ""
		if i < len(right) {
			text = right[i]
		}
		if i == height-1 && len(right) > height {
			text = c.line(width-3).put(c.dim, thousands(len(right)-height+1)+" more lines: enter").String()
		}
		joined = append(joined, left+" "+c.dim.on+c.bar+c.dim.off+" "+text)
	}
	return joined
}
