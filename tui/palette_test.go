package tui

import (
	"image/color"
	"math"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/colorprofile"
)

// linear are the parts of a colour as light, from 0 to 1.
func linear(c color.Color) (rgb [3]float64) {
	r, g, b, _ := c.RGBA()
	for i, v := range [...]uint32{r, g, b} {
		rgb[i] = float64(v) / 0xffff
		if rgb[i] <= 0.04045 {
			rgb[i] /= 12.92
		} else {
			rgb[i] = math.Pow((rgb[i]+0.055)/1.055, 2.4)
		}
	}
	return rgb
}

// contrast is the ratio that the guidelines for web content define.
func contrast(a, b color.Color) float64 {
	light := func(c color.Color) float64 {
		rgb := linear(c)
		return 0.2126*rgb[0] + 0.7152*rgb[1] + 0.0722*rgb[2]
	}
	low, high := light(a), light(b)
	if low > high {
		low, high = high, low
	}
	return (high + 0.05) / (low + 0.05)
}

// seen turns a colour into what somebody sees who has no cones for red, or none for green, as lightness, a and b.
func seen(c color.Color, noRed bool) [3]float64 {
	rgb := linear(c)
	r, g, b := rgb[0], rgb[1], rgb[2]
	yellow, blue := 0.29275*r+0.70725*g, -0.02234*r+0.02234*g+b
	if noRed {
		yellow, blue = 0.11238*r+0.88762*g, 0.00401*r-0.00401*g+b
	}
	f := func(v float64) float64 { return math.Cbrt(max(v, 0)) }
	x, y, z := f((0.7700*yellow+0.1805*blue)/0.95047), f(0.9278*yellow+0.0722*blue), f((0.1385*yellow+0.9505*blue)/1.08883)
	return [3]float64{116*y - 16, 500 * (x - y), 200 * (y - z)}
}

func TestColoursOfAThemeCanBeRead(t *testing.T) {
	backgrounds := map[bool][]string{false: {"#000000", "#1e1e1e"}, true: {"#ffffff", "#fdf6e3"}}
	for _, name := range Themes() {
		for light, against := range backgrounds {
			l := look{theme: name, light: light, rich: true}
			if name == ThemeDark && light || name == ThemeLight && !light {
				continue
			}
			least := 4.3
			if name == ThemeHighContrast {
				least = 6
			}
			p := l.palette()
			for _, c := range []color.Color{p.red, p.yellow, p.green, p.cyan, p.magenta} {
				if _, own := c.(lipgloss.ANSIColor); !own { // the sixteen are what the user's terminal makes of them
					continue
				}
				for _, background := range against {
					if got := contrast(c, lipgloss.Color(background)); got < least {
						t.Errorf("%s: %v on %s has a contrast of %.1f, want %.1f", name, c, background, got, least)
					}
				}
			}
		}
	}
}

func TestColourBlindThemeDiffersWithoutRedAndGreen(t *testing.T) {
	for _, light := range []bool{false, true} {
		l := look{theme: ThemeColorBlind, light: light, rich: true}
		p := l.palette()
		for _, pair := range [][2]color.Color{{p.red, p.yellow}, {p.red, p.green}, {p.yellow, p.green}} {
			for _, noRed := range []bool{false, true} {
				a, b := seen(pair[0], noRed), seen(pair[1], noRed)
				if d := math.Hypot(math.Hypot(a[0]-b[0], a[1]-b[1]), a[2]-b[2]); d < 25 {
					t.Errorf("light %t: %v and %v look alike (%.0f) where no red is seen: %t", light, pair[0], pair[1], d, noRed)
				}
			}
		}
	}
}

func TestTheBackgroundChoosesTheTheme(t *testing.T) {
	const dark, light = "\x1b[1;31m", "\x1b[1;38;5;124m" // what fails
	paper, night := tea.BackgroundColorMsg{Color: lipgloss.Color("#fdf6e3")}, tea.BackgroundColorMsg{Color: lipgloss.Color("#002b36")}
	many := tea.ColorProfileMsg{Profile: colorprofile.ANSI256}
	for name, c := range map[string]struct {
		theme  Theme
		answer []tea.Msg
		want   string
	}{
		"no answer":             {"", []tea.Msg{many}, dark},
		"dark":                  {ThemeAuto, []tea.Msg{many, night}, dark},
		"light":                 {ThemeAuto, []tea.Msg{many, paper}, light},
		"light, sixteen":        {ThemeAuto, []tea.Msg{paper, tea.ColorProfileMsg{Profile: colorprofile.ANSI}}, dark},
		"dark is wanted":        {ThemeDark, []tea.Msg{many, paper}, dark},
		"light is wanted":       {ThemeLight, []tea.Msg{many, night}, light},
		"mono":                  {ThemeMono, []tea.Msg{many, paper}, "\x1b[1m"},
		"color-blind":           {ThemeColorBlind, []tea.Msg{many}, "\x1b[1;38;5;208m"},
		"color-blind, light":    {ThemeColorBlind, []tea.Msg{many, paper}, "\x1b[1;38;5;130m"},
		"high-contrast, light":  {ThemeHighContrast, []tea.Msg{many, paper}, "\x1b[1;38;5;88m"},
		"high-contrast, simple": {ThemeHighContrast, nil, "\x1b[1m"},
	} {
		t.Run(name, func(t *testing.T) {
			o := options()
			o.Theme = c.theme
			b := boardOf(t, o, 80, 24, incident().snapshot())
			before := plainScreen(b)
			for _, msg := range c.answer {
				b.Update(msg)
			}
			if b.theme.bad.on != c.want || !strings.Contains(b.View().Content, c.want) {
				t.Errorf("what fails is drawn with %q, want %q", b.theme.bad.on, c.want)
			}
			if after := plainScreen(b); after != before {
				t.Errorf("the text differs:\n%s\n%s", before, after)
			}
		})
	}
}

func TestTheBackgroundIsAskedForWhenItMatters(t *testing.T) {
	for theme, want := range map[Theme]bool{"": true, ThemeAuto: true, ThemeColorBlind: true, ThemeHighContrast: true, ThemeDark: false, ThemeLight: false, ThemeMono: false} {
		for _, noColor := range []bool{false, true} {
			l := look{theme: theme, noColor: noColor}
			if got := l.follows(); got != (want && !noColor) {
				t.Errorf("theme %q, no colour %t: asked %t", theme, noColor, got)
			}
		}
	}
}

func TestHighContrastHasNothingFaint(t *testing.T) {
	for _, keys := range [][]string{nil, {"enter"}, {"?"}} {
		o := options()
		o.Theme = ThemeHighContrast
		b := boardOf(t, o, 120, 40, incident().snapshot())
		press(b, keys...)
		if strings.Contains(b.View().Content, "\x1b[2m") {
			t.Errorf("faint text after %q", keys)
		}
	}
}
