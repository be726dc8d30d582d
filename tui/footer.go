package tui

// footer draws the most important keys in one line, as many as fit, with a remark at its right end. Room is kept for the last of
// them: what is not shown is found by the key for help.
func footer(c *canvas, width int, keys []*binding, last *binding, remark phrase) string {
	remark.text = c.Clip(remark.text, width/2, c.ellipsis)
	l, room := c.line(width), width-c.Cells(remark.text)-2-keyCells(c, last)
	for _, k := range keys {
		if room -= keyCells(c, k) + 2; room < 0 {
			break
		}
		putKey(c, l, k)
		l.text("  ")
	}
	putKey(c, l, last)
	return l.right(remark).String()
}

// keyCells is how many cells a key takes in the footer.
func keyCells(c *canvas, k *binding) int { return c.Cells(k.Help().Key) + 1 + c.Cells(k.Help().Desc) }

func putKey(c *canvas, l *line, k *binding) {
	l.put(c.key, k.Help().Key).text(" ").put(c.dim, k.Help().Desc)
}
