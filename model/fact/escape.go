package fact

import "unicode/utf8"

// The control characters that begin a sequence (ECMA-48), and those that end a string.
const (
	bell       = 0x07
	escape     = 0x1b
	cancel     = 0x18
	substitute = 0x1a
	// The eight-bit forms, as code points.
	eightBitDCS = '\u0090'
	eightBitSOS = '\u0098'
	eightBitCSI = '\u009b'
	eightBitST  = '\u009c'
	eightBitOSC = '\u009d'
	eightBitPM  = '\u009e'
	eightBitAPC = '\u009f'
)

// sequence returns how many bytes at the beginning of s are a control sequence: one of colours (CSI), of a title (OSC), any other
// string, or a single escape. It is 0 when s does not begin with one. A sequence that does not end is no longer than its line.
func sequence(s string) int {
	r, size := utf8.DecodeRuneInString(s)
	if r == escape {
		if len(s) == 1 {
			return 1
		}
		size = 2
		switch s[1] {
		case '[':
			r = eightBitCSI
		case ']', 'P', 'X', '^', '_':
			r = eightBitOSC
		default:
			return single(s)
		}
	}
	switch r {
	case eightBitCSI:
		return size + parameters(s[size:])
	case eightBitOSC, eightBitDCS, eightBitSOS, eightBitPM, eightBitAPC:
		return size + toTerminator(s[size:])
	}
	return 0
}

// single returns the length of an escape with the intermediate bytes and the final one that follow it.
func single(s string) int {
	n := 1
	for n < len(s) && s[n] >= 0x20 && s[n] <= 0x2f {
		n++
	}
	if n < len(s) && s[n] >= 0x30 && s[n] <= 0x7e {
		n++
	}
	return n
}

// parameters returns the length of what follows CSI: parameters, intermediate bytes and a final byte.
func parameters(s string) int {
	n := 0
	for n < len(s) && s[n] >= 0x20 && s[n] <= 0x3f {
		n++
	}
	if n < len(s) && s[n] >= 0x40 && s[n] <= 0x7e {
		n++
	}
	return n
}

// toTerminator returns the length of a string with the bell or ST that ends it, or up to the end of its line.
func toTerminator(s string) int {
	for i, r := range s {
		switch {
		case r == bell, r == cancel, r == substitute:
			return i + 1
		case r == eightBitST:
			return i + utf8.RuneLen(r)
		case r == escape && i+1 < len(s) && s[i+1] == '\\':
			return i + 2
		case r == escape, r == '\n', r == '\r':
			return i
		}
	}
	return len(s)
}
