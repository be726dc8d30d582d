package mask

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
	if stop := m.issued(i); stop > 0 {
		m.hide(i, stop)
		return stop
	}
	if m.identity.From <= i && i < m.identity.To {
		return 0
	}
	for at := i; at < end; {
		stop := encodedEnd(m.text[:min(len(m.text), at+reach)], at)
		if looksSecret(m.text[at:stop]) && !m.isIdentity(at, stop) {
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
	if isHex(s) {
		return len(s) >= hexLength && strings.ContainsAny(s, "0123456789") && strings.ContainsAny(s, "abcdefABCDEF")
	}
	return random(s)
}

// random reports whether s mixes upper case, lower case and digits as words and names do not: a third of its
// characters differ in kind from the one before, and three of ten when a capital at the beginning of a word does not count. (Of random
// base64 it is two thirds, and a half.) A long string may do without one of the cases.
func random(s string) bool {
	var upper, lower, digit, changes, humps int
	before, earlier := byte(0), byte(0)
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
			if before == 'A' && kind == 'a' && earlier != 'A' {
				humps++
			}
		}
		before, earlier = kind, before
	}
	if upper > 1 && lower > 1 && digit > 0 {
		return changes*3 >= len(s) && (changes-humps)*10 >= 3*len(s)
	}
	return len(s) >= hexLength && digit > 3 && upper+lower+digit == len(s) && changes*4 >= len(s)
}

// looksEncoded reports whether s is base64 rather than a word.
func looksEncoded(s string) bool {
	return len(s) >= 8 && encodedEnd(s, 0) == len(s) && strings.ContainsAny(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789=")
}

func isHex(s string) bool {
	for i := range len(s) {
		if !isHexDigit(s[i]) {
			return false
		}
	}
	return true
}

// isUUID reports whether s is a UUID.
func isUUID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i := range len(s) {
		if dash := i == 8 || i == 13 || i == 18 || i == 23; dash != (s[i] == '-') || !dash && !isHexDigit(s[i]) {
			return false
		}
	}
	return true
}

// isIdentity reports whether the string between i and end names something: a digest, a container, a static pod, the tag
// of an image, a commit.
func (m *masker) isIdentity(i, end int) bool {
	before := m.text[max(0, i-reach):i]
	for _, prefix := range [...]string{"sha256:", "sha512:", "SHA256:", "sha256-", "sha384-", "sha512-", "://"} {
		if strings.HasSuffix(before, prefix) {
			return true
		}
	}
	s := m.text[i:end]
	if strings.HasPrefix(s, "sha256-") || strings.HasPrefix(s, "sha384-") || strings.HasPrefix(s, "sha512-") {
		return true // of subresource integrity
	}
	if !isHex(s) {
		return false
	}
	if strings.HasSuffix(before, "(") && strings.HasPrefix(m.text[end:], ")") {
		return true // pod=name_namespace(uid)
	}
	word := before[strings.LastIndexAny(before, " \t\n\"'=(")+1:]
	if strings.HasSuffix(word, ":") && strings.Contains(word, "/") || strings.HasSuffix(word, "00-") {
		return true // registry/image:tag, and the trace of a traceparent
	}
	if len(s) == idLength && isRuntimeNoun(lastWord(before)) {
		return true
	}
	for range 4 {
		if isCommitNoun(lastWord(before)) {
			return true
		}
		if before = trimWord(before); len(s) == hexLength {
			break
		}
	}
	return false
}

// lastWord returns the last word of s, without what separates it from what follows.
func lastWord(s string) string {
	s = strings.TrimRight(s, between)
	return s[strings.LastIndexAny(s, "\t\n{"+between)+1:]
}

// between is what separates words.
const between = " \"'\\=:/@#(,["

// trimWord takes the last word off s.
func trimWord(s string) string {
	s = strings.TrimRight(s, between)
	return strings.TrimSuffix(s, lastWord(s))
}

// isRuntimeNoun reports whether a container runtime's id follows that word.
func isRuntimeNoun(word string) bool {
	switch word {
	case "exec", "container", "task", "sandbox", "containerID", "ID", "id", "shim", "pod", "layer", "snapshot":
		return true
	}
	return false
}

// isCommitNoun reports whether a commit, a digest or a trace follows that word.
func isCommitNoun(word string) bool {
	switch strings.ToLower(word) {
	case "commit", "commits", "revision", "rev", "sha", "sha1", "head", "ref", "refs", "version", "build", "tag", "branch", "git", "checkout", "tree", "blob",
		"hash", "checksum", "digest", "md5", "md5sum", "sha256sum", "etag", "trace", "traceid", "span", "spanid", "parent", "merge", "cherry-pick", "image", "fingerprint", "serial":
		return true
	}
	return false
}

// generated reports whether s, of which something says that it may be a secret, looks like one rather than like a word, a name, a place, a
// version or a measure.
func generated(s string) bool {
	s = strings.TrimRight(s, ".,;:)]}!?>")
	var upper, lower, digit, mark, turns int
	for i := range len(s) {
		switch c := s[i]; {
		case isDigit(c):
			digit++
		case c >= 'a' && c <= 'z':
			lower++
			if i > 1 && s[i-1] >= 'A' && s[i-1] <= 'Z' && s[i-2] >= 'a' && s[i-2] <= 'z' {
				turns++
			}
		case c >= 'A' && c <= 'Z':
			upper++
		case strings.IndexByte("!@#$%^&*+=~?|", c) >= 0:
			mark++
		}
	}
	letters := upper + lower
	switch {
	case len(s) < 4 || isThing(s):
		return false
	case mark > 0 && letters+digit >= 4 && !strings.HasPrefix(s, "%"):
		return true
	case digit > 0 && letters > 0:
		return upper > 0 && lower > 0 || !isNameShaped(s)
	case letters == 0:
		return digit >= 6 && digit == len(s)
	}
	return turns >= 3 && turns*4 >= len(s) || upper > 3 && lower > 3 && turns > 1 && !isCamel(s)
}

// isCamel reports whether s is made of words that begin with a capital.
func isCamel(s string) bool {
	run := 0
	for i := range len(s) {
		if s[i] >= 'A' && s[i] <= 'Z' {
			if i > 0 && run < 3 {
				return false
			}
			run = 0
		}
		run++
	}
	return true
}

// isNameShaped reports whether s is small letters and digits in words with dashes, dots or underscores between them, as names of
// Kubernetes are.
func isNameShaped(s string) bool {
	return strings.ContainsAny(s, "-._") && !strings.ContainsAny(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ+=/@")
}

// isThing reports whether s is a place, a version, a measure, a number of another base or the name of an algorithm.
func isThing(s string) bool {
	switch {
	case strings.Contains(s, "://"), s[0] == '/', strings.HasPrefix(s, "./"), strings.HasPrefix(s, "0x"), isLibrary(s), isAddress(s), strings.Contains(s, "/") && isNameShaped(strings.ReplaceAll(s, "/", "-")):
		return true
	case (s[0] == 'v' || s[0] == 'V') && isDigits(strings.NewReplacer(".", "", "-", "").Replace(s[1:])):
		return true
	}
	digits := 0
	for digits < len(s) && (isDigit(s[digits]) || s[digits] == '.' || s[digits] == '-' && digits > 0) {
		digits++
	}
	if rest := s[digits:]; digits > 0 && len(rest) <= 3 && isLetters(rest) && len(s) < 12 { // 10s, 5MiB, 2nd
		return true
	}
	switch strings.ToUpper(s) {
	case "RFC7519", "RFC6749", "RFC6750", "RS256", "RS384", "RS512", "ES256", "ES384", "ES512", "HS256", "HS384", "HS512", "PS256", "UTF8", "UTF16", "AES128", "AES256", "ED25519", "RSA2048", "RSA4096":
		return true
	}
	return false
}

// isAddress reports whether s is an IP address or a host, with a port or not.
func isAddress(s string) bool {
	host := s
	if colon := strings.LastIndexByte(s, ':'); colon > 0 && isDigits(s[colon+1:]) && len(s)-colon <= 6 {
		host = s[:colon]
		if isLetters(host) {
			return true
		}
	}
	dots := strings.Count(host, ".")
	return dots > 0 && isNameShaped(host) && !strings.ContainsAny(host, "_:") || dots == 3 && isDigits(strings.ReplaceAll(host, ".", ""))
}

// isCode reports whether s is the code of an error: E1045, ORA-00942, 0x80070005.
func isCode(s string) bool {
	letters := 0
	for letters < len(s) && (s[letters] >= 'A' && s[letters] <= 'Z' || s[letters] == '-' || s[letters] == '_') {
		letters++
	}
	return letters > 0 && letters < 8 && len(s) <= 12 && isDigits(s[letters:]) || isDigits(s) && len(s) < 6
}

// hash hides the hash of a password in the format of crypt that may begin at i: $6$salt$hash. It returns where to go on.
func (m *masker) hash(i int) int {
	end, dollars := i, 0
	for end < len(m.text) && end < i+reach && (isLetter(m.text[end]) || isDigit(m.text[end]) || strings.IndexByte("$./=,+-", m.text[end]) >= 0) {
		if m.text[end] == '$' {
			dollars++
		}
		end++
	}
	if dollars < 3 || end-i < 28 {
		return i + 1
	}
	begin := i + 1 + strings.IndexByte(m.text[i+1:], '$') + 1
	if begin-i > 12 || begin-i < 3 {
		return i + 1
	}
	m.hide(begin, end)
	return end
}
