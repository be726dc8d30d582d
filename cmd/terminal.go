package cmd

import (
	"bytes"
	"regexp"

	"github.com/charmbracelet/x/ansi"

	"github.com/probetop/probetop/tui"
)

// attributes is the answer of a terminal that is asked for its attributes.
var attributes = regexp.MustCompile(`\x1b\[\?[0-9;]*c`)

// answered reports whether an answer of the terminal is whole.
func answered(answer []byte) bool { return attributes.Match(answer) }

// measureOf returns how a terminal counts that answers so. For tables nothing is switched on: what counts is that the mode is.
func measureOf(answer []byte) tui.Measure {
	for _, on := range []ansi.ModeSetting{ansi.ModeSet, ansi.ModePermanentlySet} {
		if bytes.Contains(answer, []byte(ansi.ReportMode(ansi.ModeUnicodeCore, on))) {
			return tui.PerGrapheme
		}
	}
	return tui.PerRune
}
