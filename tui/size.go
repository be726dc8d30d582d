package tui

import "strconv"

// size words a number of bytes in at most seven cells.
func size(n int64) string {
	if n < 1000 {
		return strconv.FormatInt(max(n, 0), 10) + " B"
	}
	x, unit := float64(n), 0
	for x >= 999.5 && unit < len(sizeUnits)-1 {
		x, unit = x/1000, unit+1
	}
	digits := 0
	if x < 9.95 {
		digits = 1
	}
	return strconv.FormatFloat(x, 'f', digits, 64) + sizeUnits[unit]
}

var sizeUnits = [...]string{" B", " kB", " MB", " GB", " TB", " PB", " EB"}
