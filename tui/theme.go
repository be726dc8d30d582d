package tui

import (
	"strings"

	"charm.land/lipgloss/v2"

	"github.com/probetop/probetop/model"
)

// theme is every visual choice. Colours are the terminal's own sixteen, and none carries a meaning that the
// glyph and the word beside it do not.
type theme struct {
	glyphs
	// Measure is how the terminal counts cells.
	Measure

	severityInk [model.Finished + 1]ink
	stateInk    [model.StatePassing + 1]ink

	plain, strong, dim ink
	title, key         ink
	good, warn, bad    ink
	selected, alarm    ink
}

// ink is a style as the escape sequences before and after a text, so that a cell costs no rendering.
type ink struct{ on, off string }

// inkOf renders the style once.
func inkOf(s lipgloss.Style) ink {
	on, off, _ := strings.Cut(s.Render("x"), "x")
	return ink{on, off}
}

// palette is where the colourful and the colourless theme differ.
type palette struct{ red, yellow, green, cyan, magenta lipgloss.Style }

func colours() palette {
	s := lipgloss.NewStyle()
	return palette{
		red: s.Foreground(lipgloss.Red), yellow: s.Foreground(lipgloss.Yellow), green: s.Foreground(lipgloss.Green),
		cyan: s.Foreground(lipgloss.Cyan), magenta: s.Foreground(lipgloss.Magenta),
	}
}

func newTheme(noColor, ascii bool) *theme {
	var p palette
	if !noColor {
		p = colours()
	}
	plain := lipgloss.NewStyle()
	t := &theme{
		glyphs: unicodeGlyphs(),
		strong: inkOf(plain.Bold(true)), dim: inkOf(plain.Faint(true)),
		title: inkOf(p.cyan.Bold(true)), key: inkOf(plain.Bold(true)),
		good: inkOf(p.green), warn: inkOf(p.yellow), bad: inkOf(p.red.Bold(true)),
		selected: inkOf(plain.Reverse(true)), alarm: inkOf(plain.Bold(true).Reverse(true)),
	}
	if ascii {
		t.glyphs = asciiGlyphs()
	}
	t.severityInk = [...]ink{
		model.RestartDue: t.bad, model.Unready: t.bad, model.BelowThreshold: t.warn,
		model.Unprobeable: inkOf(p.magenta), model.Flapping: t.warn, model.Starting: inkOf(p.cyan),
		model.Terminating: t.dim, model.Healthy: t.good, model.Unprobed: t.plain, model.Finished: t.dim,
	}
	t.stateInk = [...]ink{
		model.StateFailed: t.bad, model.StateFailing: t.warn, model.StateErroring: inkOf(p.magenta),
		model.StateUnknown: t.strong, model.StateStarting: inkOf(p.cyan), model.StateDelayed: inkOf(p.cyan),
		model.StateGated: t.dim, model.StateWaiting: t.dim, model.StateSuspended: t.dim, model.StateHeld: t.good,
		model.StatePassing: t.good,
	}
	return t
}
