package fact

import (
	"strings"
	"testing"
	"unicode/utf8"
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
			if got := Shorten(tt.name, tt.most); got != tt.want {
				t.Errorf("shorten(%q, %d) = %q, want %q", tt.name, tt.most, got, tt.want)
			}
		})
	}
	if got := Shorten("กกก\u0e48\u0e48\u0e48\u0e48", 5); utf8.RuneCountInString(got) > 5 || strings.Contains(got, "…\u0e48") {
		t.Errorf("%q", got)
	}
}
