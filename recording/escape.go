package recording

import (
	"fmt"
	"unicode/utf8"
)

// Escape returns JSON in which every character that a terminal might act upon is written as an escape: it says the same,
// and may be printed. It is json itself when there is none.
func Escape(json []byte) []byte {
	at := hostileIndex(json)
	if at < 0 {
		return json
	}
	escaped := make([]byte, 0, len(json)+len(json)/8)
	for at >= 0 {
		r, size := utf8.DecodeRune(json[at:])
		escaped = fmt.Appendf(append(escaped, json[:at]...), `\u%04x`, r)
		json = json[at+size:]
		at = hostileIndex(json)
	}
	return append(escaped, json...)
}

// hostileIndex returns where the first character is that is hostile; -1 when there is none.
func hostileIndex(p []byte) int {
	for i, b := range p {
		switch b {
		case 0x7f:
			return i
		case 0xc2, 0xd8, 0xe2, 0xef: // what the others begin with
			if r, _ := utf8.DecodeRune(p[i:]); Hostile(r) {
				return i
			}
		}
	}
	return -1
}

// Hostile reports whether r, in JSON, steers a terminal or the direction of text: DEL, the C1 controls, and the bidi
// overrides, embeddings, isolates and marks. JSON has no other control characters inside its strings, which is the only
// place where these occur. So are the two that are no characters, and that YAML does not have.
func Hostile(r rune) bool {
	switch {
	case r == 0x7f, r >= 0x80 && r <= 0x9f, r == 0x061c, r == 0xfffe, r == 0xffff:
		return true
	case r >= 0x200e && r <= 0x200f, r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069:
		return true
	}
	return false
}
