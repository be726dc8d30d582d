package tui

import (
	"image/color"
	"strings"

	"charm.land/lipgloss/v2"

	"github.com/probetop/probetop/model"
)

// theme is every visual choice. No colour carries a meaning that the glyph and the word beside it do not.
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

// inkIn is an ink of one colour, which may be nil.
func inkIn(c color.Color, s lipgloss.Style) ink {
	if c != nil {
		s = s.Foreground(c)
	}
	return inkOf(s)
}

// newTheme makes the theme of a look.
func (l *look) newTheme() *theme {
	p, plain := l.palette(), lipgloss.NewStyle()
	bold := plain.Bold(true)
	t := &theme{
		glyphs: unicodeGlyphs(), Measure: l.measure,
		strong: inkOf(bold), dim: inkOf(plain.Faint(!p.loud)),
		title: inkIn(p.cyan, bold), key: inkOf(bold),
		good: inkIn(p.green, plain), warn: inkIn(p.yellow, plain), bad: inkIn(p.red, bold),
		selected: inkOf(plain.Reverse(true)), alarm: inkOf(bold.Reverse(true)),
	}
	if l.ascii {
		t.glyphs = asciiGlyphs()
	}
	busy, odd := inkIn(p.cyan, plain), inkIn(p.magenta, plain)
	t.severityInk = [...]ink{
		model.RestartDue: t.bad, model.Unready: t.bad, model.BelowThreshold: t.warn,
		model.Unprobeable: odd, model.Flapping: t.warn, model.Starting: busy,
		model.Terminating: t.dim, model.Healthy: t.good, model.Unprobed: t.plain, model.Finished: t.dim,
	}
	t.stateInk = [...]ink{
		model.StateFailed: t.bad, model.StateFailing: t.warn, model.StateErroring: odd,
		model.StateUnknown: t.strong, model.StateStarting: busy, model.StateDelayed: busy,
		model.StateGated: t.dim, model.StateWaiting: t.dim, model.StateSuspended: t.dim, model.StateHeld: t.good,
		model.StatePassing: t.good,
	}
	return t
}
