package model

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/probetop/probetop/model/fact"
)

func TestShortenedNamesAreReadable(t *testing.T) {
	tests := map[string]struct {
		name string
		most int
		want string
	}{
		"it fits":                   {"web", 3, "web"},
		"the middle is cut":         {"registry.example.com/shop/web:v2", 11, "regis…eb:v2"},
		"no mark begins what stays": {"การตรวจสอบล้มเหลวเชื\u0e48อ", 7, "การ…อ"},
		"it is cleaned first":       {"a\x1b[31mb\u202ec", 3, "abc"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := fact.Shorten(tt.name, tt.most); got != tt.want {
				t.Errorf("shorten(%q, %d) = %q, want %q", tt.name, tt.most, got, tt.want)
			}
		})
	}
	if got := fact.Shorten("กกก\u0e48\u0e48\u0e48\u0e48", 5); utf8.RuneCountInString(got) > 5 || strings.Contains(got, "…\u0e48") {
		t.Errorf("%q", got)
	}
}

func TestAnExcerptIsCutWhenItIsClean(t *testing.T) {
	text := "\x1b]0;" + strings.Repeat("x", 2*excerptLength) + "\x07the server said no" + strings.Repeat(", and no", 40)
	got := excerpt(text)
	if !strings.HasPrefix(got, "the server said no, and no") || !strings.HasSuffix(got, "…") || fact.Printable(got) != got {
		t.Errorf("%q", got)
	}
}
