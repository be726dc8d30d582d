package model

import (
	"slices"
	"strings"
	"testing"
	"unicode"
)

func TestPrintable(t *testing.T) {
	tests := map[string]struct{ in, want string }{
		"nothing":                      {"", ""},
		"plain text is left alone":     {"HTTP probe failed with statuscode: 503", "HTTP probe failed with statuscode: 503"},
		"several spaces are kept":      {"a  b", "a  b"},
		"line breaks become spaces":    {"one\ntwo\r\n\tthree\n", "one two three"},
		"escape sequences lose escape": {"\x1b[31mred\x1b[0m", "\uFFFD[31mred\uFFFD[0m"},
		"an operating system command":  {"\x1b]0;title\x07x", "\uFFFD]0;title\uFFFDx"},
		"eight-bit controls":           {"a\u009b31mb", "a\uFFFD31mb"},
		"broken encoding":              {"a\xff\xc3b", "a\uFFFD\uFFFDb"},
		"bidi overrides and isolates":  {"a\u202egnp.exe\u202c\u2066x\u2069", "agnp.exex"},
		"zero-width characters":        {"a\u200b\u200d\ufeffb\u2060", "ab"},
		"variation selectors":          {"\u203c\ufe0f", "\u203c"},
		"invisible letters":            {"a\u3164\u115fb", "ab"},
		"line and page separators":     {"a\u2028b\u2029c\u0085d", "a b c d"},
		"no-break spaces":              {"a\u00a0b", "a b"},
		"private use":                  {"\ue0b0", "\uFFFD"},
		"letters of any script":        {"żółć 数据 е́", "żółć 数据 е́"},
		"piles of marks":               {"e" + strings.Repeat("\u0301", 50) + "f", "e\u0301\u0301f"},
		"a mark on nothing":            {"\u0301x", "x"},
		"a mark on a line break":       {"a\n\u0301x", "a x"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := Printable(tt.in); got != tt.want {
				t.Errorf("Printable(%q) = %q, want %q", tt.in, got, tt.want)
			}
		})
	}
}

func TestPrintableLines(t *testing.T) {
	got := PrintableLines("goroutine 1:\n\tmain.go:3\x1b[2J\r\n\n  x\n\n")
	want := []string{"goroutine 1:", "    main.go:3\uFFFD[2J", "", "  x"}
	if !slices.Equal(got, want) {
		t.Errorf("PrintableLines = %q, want %q", got, want)
	}
}

func TestPrintableDoesNotAllocateForPlainText(t *testing.T) {
	s := strings.Repeat("connection refused ", 50)
	if n := testing.AllocsPerRun(100, func() { Printable(s) }); n != 0 {
		t.Errorf("%v allocations, want none", n)
	}
}

func FuzzPrintable(f *testing.F) {
	f.Add("\x1b]52;c;aGk=\x07\u202e\n")
	f.Fuzz(func(t *testing.T, s string) {
		got := Printable(s)
		for _, r := range got {
			if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Zl, r) || unicode.Is(unicode.Zp, r) {
				t.Fatalf("Printable(%q) = %q has %U", s, got, r)
			}
		}
		if again := Printable(got); again != got {
			t.Fatalf("Printable(%q) = %q, and of that %q", s, got, again)
		}
	})
}
