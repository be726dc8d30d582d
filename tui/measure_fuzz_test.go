package tui

import (
	"strings"
	"testing"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/probetop/probetop/model"
)

// scripts are texts that terminals count in different ways: most take more cells rune by rune than as graphemes.
var scripts = map[string]string{
	"jamo":               "\u1112\u1161\u11ab\u1100\u1173\u11af \u1112\u1161\u11ab\u1100\u116e\u11a8",
	"Devanagari":         "स्वास्थ्य जाँच विफल: कनेक्शन अस्वीकृत",
	"Thai":               "การตรวจสอบล้มเหลว: ปฏิเสธการเชื่อมต่อ น้ำ",
	"emoji with a skin":  "👍🏽👍🏿 👩🏾‍🚀 ok",
	"families and flags": "👨‍👩‍👧‍👦 🇩🇪🇫🇷 🏴󠁧󠁢󠁥󠁮󠁧󠁿 ❤️",
	"half-width kana":    "ﾍﾙｽﾁｪｯｸ ﾊﾞｯｸｴﾝﾄﾞ ﾊﾟﾆｯｸ",
	"Chinese":            "连接被拒绝 数据库",
	"marks":              "e\u0301\u0301 y\u0308",
}

// troublemakers are what a byte of a fuzzed text stands for that is no part of a rune: mutations then make texts that count.
var troublemakers = []rune("\u1100\u1112\ua960\u1161\u116e\ud7b0\u11ab\u11af\u3131한글" + // jamo: leading, vowel, trailing
	"सतकष\u094d\u093f\u0940\u0902\u0928\u0bcdநி\u0d4eമ\u200d\u200c" + // conjuncts, and a letter that binds the next
	"กน\u0e49\u0e33\u0e35\u0eb3" + // Thai and Lao
	"👍👩🚀❤🏽🏿🏻\ufe0f\ufe0e🇩🇪🇫🏴\U000e0067\U000e007f#\u20e3" + // emoji, skins, flags, keycaps
	"ﾊﾍｶ\uff9e\uff9f\u30fc\uff70ｱ" + // half-width kana
	"数据库，\u3000\uff01\u3099" + // wide
	"e\u0301\u0308\u20dd\u0488\u06dd\u0600ب\u0651" + // marks that stand above, around and before
	"\u202e\u2066\u200b\u00ad\ufeff\u061c\x1b\x07\x7f\u009b\r\n\t\ue000\ufffd" + // what is cleaned
	"-- …/.\u00a0\u2011\u00b7±×\u2018\u2026█")

// troubled replaces the bytes of a text that are no part of a rune.
func troubled(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && size == 1 {
			r = troublemakers[int(s[i]-utf8.RuneSelf)%len(troublemakers)]
		}
		b.WriteRune(r)
		i += size
	}
	return b.String()
}

// everything is a text of all the troublemakers.
func everything() string {
	var all []byte
	for b := utf8.RuneSelf; b <= 0xff; b++ {
		all = append(all, byte(b))
	}
	return string(all)
}

// measures are both, with the library's own count of each.
var measures = map[string]struct {
	Measure
	count func(string) int
}{
	"rune by rune": {PerRune, ansi.StringWidthWc},
	"graphemes":    {PerGrapheme, ansi.StringWidth},
}

// FuzzMeasure cuts cleaned texts in every way, counted in both ways: no cut is a cell over, and nothing is lost without an
// ellipsis.
func FuzzMeasure(f *testing.F) {
	for _, text := range scripts {
		for _, width := range []uint8{1, 2, 7, 30} {
			f.Add(text, width)
		}
	}
	f.Add(everything(), uint8(9))
	f.Add(strings.Repeat("\u1100", 40), uint8(3)) // one character of forty runes
	f.Add("ﾊ"+strings.Repeat("\uff9e", 1<<12), uint8(80))
	f.Add("a-\u0e33-🏽🏽-\u11a8", uint8(4))
	f.Add("api-7d9f8b6c5d-\uff9e\uff9e\uff9e\uff9e", uint8(9))
	f.Fuzz(func(t *testing.T, raw string, width uint8) {
		text, w := model.Printable(troubled(raw)), int(width)
		for name, m := range measures {
			if m.Cells(text) != m.count(text) {
				t.Fatalf("%s: %q takes %d cells, want %d", name, text, m.Cells(text), m.count(text))
			}
			for _, ellipsis := range []string{"…", ".."} {
				for cut, got := range map[string]string{
					"Clip": m.Clip(text, w, ellipsis), "clipMiddle": m.clipMiddle(text, w, ellipsis), "clipCentre": m.clipCentre(text, w, ellipsis),
				} {
					switch fits := m.count(text) <= w; {
					case m.count(got) > w:
						t.Errorf("%s: %s(%q, %d) = %q takes %d cells", name, cut, text, w, got, m.count(got))
					case fits && got != text:
						t.Errorf("%s: %s(%q, %d) = %q, though it fits", name, cut, text, w, got)
					case !fits && w >= len(ellipsis) && !strings.Contains(got, ellipsis):
						t.Errorf("%s: %s(%q, %d) = %q has no ellipsis", name, cut, text, w, got)
					}
				}
				checkLines(t, name, text, w, ellipsis)
			}
		}
	})
}

// checkLines checks how a text is broken into lines.
func checkLines(t *testing.T, name, text string, w int, ellipsis string) {
	t.Helper()
	m := measures[name]
	wrapped, folded := m.wrap(text, w, 1<<20, ellipsis), m.fold(text, w, ellipsis)
	for _, line := range append(append(wrapped, folded...), m.wrap(text, w, 2, ellipsis)...) {
		if m.count(line) > w {
			t.Errorf("%s: the line %q of %q takes %d cells, want %d", name, line, text, m.count(line), w)
		}
	}
	if w < tooWide {
		return // a character may be wider than the line
	}
	if got := strings.Join(folded, ""); got != text {
		t.Errorf("%s: %q folded is %q", name, text, folded)
	}
	if bare := strings.NewReplacer(" ", ""); bare.Replace(strings.Join(wrapped, "")) != bare.Replace(text) {
		t.Errorf("%s: %q wrapped is %q", name, text, wrapped)
	}
	if short := m.wrap(text, w, 2, ellipsis); len(wrapped) > 2 && !strings.HasSuffix(short[1], ellipsis) {
		t.Errorf("%s: %q is cut without an ellipsis: %q", name, text, short)
	}
}

// screens are the keys that lead to every screen with a text of the cluster on it.
var screens = [][]string{nil, {"enter"}, {"enter", "G"}, {"P"}, {"P", "j", "j"}, {"enter", "P", "y"}, {"o"}, {"f"}, {"/"}}

// FuzzScreen draws a board on which every text is the one given, at any size, on a terminal that counts in either way: the
// screen has its size, and nothing on it that moves the cursor.
func FuzzScreen(f *testing.F) {
	for _, text := range scripts {
		f.Add(text, uint8(80), uint8(24), uint8(0), false)
		f.Add(text, uint8(80), uint8(24), uint8(1), true)
		f.Add(text, uint8(33), uint8(9), uint8(3), false)
		f.Add(text, uint8(119), uint8(60), uint8(8), true)
	}
	f.Add(evil, uint8(200), uint8(50), uint8(1), false)
	f.Add(everything(), uint8(80), uint8(24), uint8(0), true)
	f.Add(strings.Repeat("\u1100", 1<<10), uint8(200), uint8(50), uint8(1), false)
	f.Fuzz(func(t *testing.T, raw string, width, height, screen uint8, graphemes bool) {
		text := troubled(raw)
		o := shadowOptions(&fakeShadow{state: ShadowState{Lack: text}})
		o.Context, o.Scope, o.Notice = text, text, text
		b := boardOf(t, o, max(int(width), 1), max(int(height), 1), saying(text, 2).snapshot())
		if graphemes {
			b.Update(tea.ModeReportMsg{Mode: ansi.ModeUnicodeCore, Value: ansi.ModeReset})
		}
		press(b, screens[int(screen)%len(screens)]...)
		b.Update(tea.PasteMsg{Content: text})
		checkScreen(t, b)
		press(b, "left", "left", "x")
		checkScreen(t, b)
	})
}
