package fact

import (
	"slices"
	"strings"
	"testing"
	"unicode"
)

func TestPrintable(t *testing.T) {
	tests := map[string]struct{ in, want string }{
		"nothing":                       {"", ""},
		"plain text is left alone":      {"HTTP probe failed with statuscode: 503", "HTTP probe failed with statuscode: 503"},
		"several spaces are kept":       {"a  b", "a  b"},
		"line breaks become spaces":     {"one\ntwo\r\n\tthree\n", "one two three"},
		"colours":                       {"\x1b[31mred\x1b[0m \x1b[38;5;6mstore\x1b[m", "red store"},
		"an operating system command":   {"\x1b]0;title\x07x\x1b]8;;http://a\x1b\\y", "xy"},
		"a string that does not end":    {"a\x1b]0;title\nb", "a b"},
		"a device control string":       {"a\x1bPq#0;2;0\x1b\\b\x1b_x\x1b\\c", "abc"},
		"single escapes":                {"\x1b(Ba\x1b=b\x1b7c\x1b", "abc"},
		"an escape before a letter":     {"a\x1bżb", "ażb"},
		"eight-bit sequences":           {"a\u009b31mb\u009d0;t\u009cc", "abc"},
		"another eight-bit control":     {"a\u0084b", "a\uFFFDb"},
		"a line written over":           {"10%\r50%\r100%\nnext", "100% next"},
		"carriage return at a line end": {"one\r\ntwo\r\r\nthree\r", "one two three"},
		"carriage return and a colour":  {"one\r\x1b[0m\ntwo", "one two"},
		"colours and line ends": {
			"\x1b[38;5;6mstore \x1b[38;5;5m06:35:11.81 \x1b[0m\x1b[38;5;1mERROR\x1b[0m ==> endpoint is sick\r\n{\"a\":1}\r\n",
			"store 06:35:11.81 ERROR ==> endpoint is sick {\"a\":1}",
		},
		"broken encoding":             {"a\xff\xc3b", "a\uFFFD\uFFFDb"},
		"bidi overrides and isolates": {"a\u202egnp.exe\u202c\u2066x\u2069", "agnp.exex"},
		"zero-width characters":       {"a\u200b\u200d\ufeffb\u2060", "ab"},
		"variation selectors":         {"\u203c\ufe0f", "\u203c"},
		"invisible letters":           {"a\u3164\u115fb", "ab"},
		"line and page separators":    {"a\u2028b\u2029c\u0085d", "a b c d"},
		"no-break spaces":             {"a\u00a0b", "a b"},
		"private use":                 {"\ue0b0", "\uFFFD"},
		"letters of any script":       {"żółć 数据 е́", "żółć 数据 е́"},
		"piles of marks":              {"e" + strings.Repeat("\u0301", 50) + "f", "e\u0301\u0301f"},
		"a mark on nothing":           {"\u0301x", "x"},
		"a mark on a line break":      {"a\n\u0301x", "a x"},
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
	want := []string{"goroutine 1:", "    main.go:3", "", "  x"}
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
	f.Add("\x1b\x1b[[31m\r\x1b\r\n\u009b\u009c\xc2\x9b\xc2")
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
		for _, line := range PrintableLines(s) {
			if Printable(line) != line {
				t.Fatalf("PrintableLines(%q) has %q", s, line)
			}
		}
	})
}
