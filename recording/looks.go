package recording

import "strings"

const (
	// hexLength is from what length on a hexadecimal string counts as a secret: 128 bits.
	hexLength = 32
	// encodedLength is from what length on a random-looking string does.
	encodedLength = 20
	// idLength is the length of a container runtime's ids.
	idLength = 64
	// reach is how much of a text is looked at to decide what a string is, so that a long path is not read again
	// from each of its parts.
	reach = 512
)

// looks hides what looks like a key or a token by itself, from i on or after a dot. It returns where to go on; 0
// when there is nothing of the kind.
func (m *masker) looks(i, end int) int {
	if i > 0 && m.text[i-1] == '+' {
		return 0
	}
	for at := i; at < end; {
		stop := encodedEnd(m.text[:min(len(m.text), at+reach)], at)
		if looksSecret(m.text[at:stop]) && !m.identity(at, stop) {
			stop = m.encodedRest(at, stop)
			m.hide(at, stop)
			if stop >= end {
				return stop
			}
		}
		dot := strings.IndexByte(m.text[at:end], '.')
		if dot < 0 {
			break
		}
		at += dot + 1
	}
	return 0
}

// encodedEnd returns where the string of base64 characters ends that begins at i. Slashes belong to it when
// they are few; many make a path, which is looked at part by part.
func encodedEnd(s string, i int) int {
	end, slashes, first := i, 0, -1
	for ; end < len(s) && inEncoded(s[end]); end++ {
		if s[end] == '/' {
			if slashes++; first < 0 {
				first = end
			}
		}
	}
	if slashes*12 > end-i {
		return first
	}
	for n := 0; n < 2 && end < len(s) && s[end] == '='; n++ {
		end++
	}
	return end
}

func inEncoded(c byte) bool {
	return isLetter(c) || isDigit(c) || c == '/' || c == '_' || c == '-' || c == '+'
}

// encodedRest returns where the string ends that begins at i and was looked at up to end.
func (m *masker) encodedRest(i, end int) int {
	if end < i+reach {
		return end
	}
	for end < len(m.text) && (inEncoded(m.text[end]) || m.text[end] == '=') {
		end++
	}
	return end
}

// looksSecret reports whether s, of base64 characters, was made by a machine to be unguessable.
func looksSecret(s string) bool {
	if len(s) < encodedLength {
		return false
	}
	for _, prefix := range [...]string{"AKIA", "ASIA", "ghp_", "gho_", "ghs_", "ghu_", "github_pat_", "glpat-", "xoxb-", "xoxp-", "xapp-", "sk_live_", "rk_live_", "eyJ"} {
		if strings.HasPrefix(s, prefix) {
			return true
		}
	}
	if isHex(s) {
		return len(s) >= hexLength && strings.ContainsAny(s, "0123456789") && strings.ContainsAny(s, "abcdefABCDEF")
	}
	return random(s)
}

// random reports whether s mixes upper case, lower case and digits as words and names do not: a third of its
// characters differ in kind from the one before. (Of random base64 it is two thirds.)
func random(s string) bool {
	var upper, lower, digit, changes int
	before := byte(0)
	for i := range len(s) {
		kind := byte('+')
		switch c := s[i]; {
		case isDigit(c):
			kind, digit = '0', digit+1
		case c >= 'a' && c <= 'z':
			kind, lower = 'a', lower+1
		case c >= 'A' && c <= 'Z':
			kind, upper = 'A', upper+1
		}
		if kind != before {
			changes++
		}
		before = kind
	}
	return upper > 1 && lower > 1 && digit > 0 && changes*3 >= len(s)
}

// looksEncoded reports whether s is base64 rather than a word.
func looksEncoded(s string) bool {
	return len(s) >= 8 && encodedEnd(s, 0) == len(s) && strings.ContainsAny(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789=")
}

func isHex(s string) bool {
	for i := range len(s) {
		if c := s[i]; !isDigit(c) && (c|0x20 < 'a' || c|0x20 > 'f') {
			return false
		}
	}
	return true
}

// identity reports whether the hexadecimal string between i and end names something: a digest, a container,
// a static pod, the tag of an image.
func (m *masker) identity(i, end int) bool {
	if !isHex(m.text[i:end]) {
		return false
	}
	before := m.text[max(0, i-reach):i]
	for _, prefix := range [...]string{"sha256:", "sha512:", "://"} {
		if strings.HasSuffix(before, prefix) {
			return true
		}
	}
	if strings.HasSuffix(before, "(") && strings.HasPrefix(m.text[end:], ")") {
		return true // pod=name_namespace(uid)
	}
	word := before[strings.LastIndexAny(before, " \t\n\"'=(")+1:]
	if strings.HasSuffix(word, ":") && strings.Contains(word, "/") {
		return true // registry/image:tag
	}
	return end-i == idLength && isRuntimeNoun(lastWord(before))
}

// lastWord returns the last word of s, without what separates it from what follows.
func lastWord(s string) string {
	s = strings.TrimRight(s, " \"'\\=:")
	return s[strings.LastIndexAny(s, " \t\n\"'(/,")+1:]
}

// isRuntimeNoun reports whether a container runtime's id follows that word.
func isRuntimeNoun(word string) bool {
	switch word {
	case "exec", "container", "task", "sandbox", "containerID", "ID":
		return true
	}
	return false
}
