package card

import (
	"strings"
	"unicode/utf8"

	"github.com/probetop/probetop/model"
)

// code returns a text of the cluster as a code span, in which nothing is Markdown.
func code(text string) string {
	text = strings.TrimSpace(clip(model.Printable(text), 253))
	if text == "" {
		return "–"
	}
	marks := strings.Repeat("`", ticks(text)+1)
	if text[0] == '`' || text[len(text)-1] == '`' {
		text = " " + text + " "
	}
	return marks + text + marks
}

// fence returns lines of the cluster in a fence that none of them can end.
func fence(language string, lines []string) string {
	longest := 2
	for i := range lines {
		longest = max(longest, ticks(lines[i]))
	}
	marks := strings.Repeat("`", longest+1)
	return marks + language + "\n" + strings.Join(lines, "\n") + "\n" + marks + "\n"
}

// ticks returns the length of the longest run of backticks.
func ticks(text string) int {
	longest, n := 0, 0
	for i := range len(text) {
		if n++; text[i] != '`' {
			n = 0
		}
		longest = max(longest, n)
	}
	return longest
}

// said returns a text of the cluster as one line of at most so many bytes.
func said(text string) string { return clip(model.Printable(text), maxText) }

// clip cuts a text that is longer than n bytes.
func clip(text string, n int) string {
	if len(text) <= n {
		return text
	}
	for n -= len("…"); n > 0 && !utf8.RuneStart(text[n]); n-- {
	}
	return text[:n] + "…"
}

// columns aligns the cells of rows, the last of which is as long as it is.
func columns(rows [][]string) []string {
	var widths []int
	for _, row := range rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	lines := make([]string, len(rows))
	for k, row := range rows {
		var b strings.Builder
		for i, cell := range row {
			b.WriteString(cell)
			if i < len(row)-1 {
				b.WriteString(strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell)+2))
			}
		}
		lines[k] = strings.TrimRight(b.String(), " ")
	}
	return lines
}
