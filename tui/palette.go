package tui

import (
	"image/color"
	"slices"

	"charm.land/lipgloss/v2"
)

// Theme names a way to colour the board.
type Theme string

// The themes. All but mono have a variant for a dark and for a light background; all but dark and light follow the
// background that the terminal tells, and are for a dark one until it has.
const (
	ThemeAuto         Theme = "auto"
	ThemeDark         Theme = "dark"
	ThemeLight        Theme = "light"
	ThemeColorBlind   Theme = "color-blind"
	ThemeHighContrast Theme = "high-contrast"
	ThemeMono         Theme = "mono"
)

// Themes lists them in the order in which they are told.
func Themes() []Theme {
	return []Theme{ThemeAuto, ThemeDark, ThemeLight, ThemeColorBlind, ThemeHighContrast, ThemeMono}
}

// Known reports whether there is a theme of that name.
func (t Theme) Known() bool { return slices.Contains(Themes(), t) }

// look is what a theme is made from.
type look struct {
	theme Theme
	// light is set when the background is light, as far as the terminal has told.
	light bool
	// rich is set when the terminal has more than its own sixteen colours.
	rich    bool
	noColor bool
	ascii   bool
	measure Measure
}

// follows reports whether the background makes a difference.
func (l *look) follows() bool {
	switch l.theme {
	case ThemeDark, ThemeLight, ThemeMono:
		return false
	}
	return !l.noColor
}

// palette is where the themes differ. A colour that is nil is the terminal's own for text.
type palette struct {
	red, yellow, green, cyan, magenta color.Color
	// loud draws nothing faint.
	loud bool
}

// palette chooses the colours.
func (l *look) palette() palette {
	light := l.light
	switch l.theme {
	case ThemeDark:
		light = false
	case ThemeLight:
		light = true
	}
	switch {
	case l.noColor, l.theme == ThemeMono:
		return palette{}
	case l.theme == ThemeColorBlind && l.rich:
		return colorBlind(light)
	case l.theme == ThemeColorBlind:
		return palette{red: lipgloss.Yellow, green: lipgloss.Blue}
	case l.theme == ThemeHighContrast && l.rich:
		return highContrast(light)
	case l.theme == ThemeHighContrast:
		return palette{loud: true}
	case light && l.rich:
		return shades("124", "94", "22", "24", "90")
	case light: // yellow, green and cyan of the sixteen can hardly be read on white
		return palette{red: lipgloss.Red, yellow: lipgloss.Magenta, cyan: lipgloss.Blue, magenta: lipgloss.Magenta}
	}
	// The user's own choice for a dark background.
	return palette{red: lipgloss.Red, yellow: lipgloss.Yellow, green: lipgloss.Green, cyan: lipgloss.Cyan, magenta: lipgloss.Magenta}
}

// shades are colours of the 256 that no terminal's own scheme changes.
func shades(red, yellow, green, cyan, magenta string) palette {
	return palette{
		red: lipgloss.Color(red), yellow: lipgloss.Color(yellow), green: lipgloss.Color(green),
		cyan: lipgloss.Color(cyan), magenta: lipgloss.Color(magenta),
	}
}

// colorBlind has three colours that differ without red and green: what fails, what warns, what is well.
func colorBlind(light bool) palette {
	if light {
		return palette{red: lipgloss.Color("130"), yellow: lipgloss.Color("53"), green: lipgloss.Color("20")}
	}
	return palette{red: lipgloss.Color("208"), yellow: lipgloss.Color("227"), green: lipgloss.Color("75")}
}

func highContrast(light bool) palette {
	p := shades("210", "227", "120", "123", "219")
	if light {
		p = shades("88", "58", "22", "18", "53")
	}
	p.loud = true
	return p
}
