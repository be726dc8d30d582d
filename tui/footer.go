package tui

// footer draws the most important keys in one line, as many as fit, with a remark at its right end.
func footer(c *canvas, width int, keys []*binding, remark phrase) string {
	remark.text = c.Clip(remark.text, width/2, c.ellipsis)
	l, room := c.line(width), width-c.Cells(remark.text)
	for i, k := range keys {
		h := k.Help()
		need := c.Cells(h.Key) + 1 + c.Cells(h.Desc)
		if i > 0 {
			need += 2
		}
		if room -= need; room < 2 {
			break
		}
		if i > 0 {
			l.text("  ")
		}
		l.put(c.key, h.Key).text(" ").put(c.dim, h.Desc)
	}
	return l.right(remark).String()
}
