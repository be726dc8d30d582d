package mask

import "strings"

// follows hides what follows the word between i and end after a space: token ABC, IDENTIFIED BY 'x', Bearer ABC. It returns where to go
// on; 0 when nothing follows that is a secret.
func (m *masker) follows(i, end int) int {
	next := m.spaces(end)
	if next == end || next == len(m.text) {
		return 0
	}
	word := m.text[i:end]
	switch word {
	case "AUTH", "requirepass", "masterauth", "PASS":
		return m.argumentOf(next)
	case "auth", "Auth":
		if m.program.asks {
			return m.argumentOf(next)
		}
		return 0
	case "BY", "by", "By":
		if m.quote(next) > next && m.identified(i) {
			return m.value(next)
		}
		return 0
	case "add_user", "authenticate_user", "change_password": // of rabbitmqctl, with the user first
		return m.second(next)
	case "SETUSER", "setuser":
		return m.rules(next)
	}
	switch {
	case strings.EqualFold(word, "bearer"):
		return m.bearer(next)
	case strings.EqualFold(word, "basic") && looksEncoded(m.text[next:m.valueEnd(next)]),
		(strings.EqualFold(word, "negotiate") || strings.EqualFold(word, "ntlm")) && looksEncoded(m.text[next:m.valueEnd(next)]) && generated(m.text[next:m.valueEnd(next)]):
		return m.value(next)
	}
	if c := m.classAt(i, end); c >= medium {
		return m.told(word, c, next)
	}
	return 0
}

// bearer hides what follows the name of the scheme.
func (m *masker) bearer(i int) int {
	from, to, next := m.extent(i)
	value := m.text[from:to]
	if isProse(strings.TrimRight(value, ".,;:!?")) || m.placeholder(value) {
		return 0
	}
	if name, rest, assigns := strings.Cut(value, "="); assigns && strings.Trim(rest, "=") != "" && classOf(name) == plain {
		return 0 // realm="…"
	}
	m.hide(from, to)
	return max(next, i+1)
}

// told hides the value at i that follows a name of a class without anything between, when it does not read like a sentence that goes on.
func (m *masker) told(word string, c class, i int) int {
	if skipped := m.copula(i); skipped > i {
		if w, _ := m.wordAt(skipped); !isProse(w) && m.quote(skipped) == skipped && skipped < len(m.text) {
			from, to, next := m.extent(skipped)
			value := strings.TrimRight(m.text[from:to], ".!?")
			if !isWordOrNumber(value) && !m.placeholder(value) && !strings.Contains(value, "://") && !strings.HasSuffix(value, ":") && (c == strong && len(value) > 3 || generated(value)) {
				m.hide(from, from+len(value))
				return max(next, skipped+1)
			}
			return 0
		}
		i = skipped
	}
	if strings.IndexByte("=:>|&(){}[]<-/", m.text[i]) >= 0 {
		return m.bracketed(c, i)
	}
	from, to, next := m.extent(i)
	value := m.text[from:to]
	bare := strings.TrimRight(value, ".,;:!?")
	quoted := from > i
	if end := m.complaint(i); end > 0 && c == strong {
		return end
	}
	password := foldContains(word, "pass") || foldContains(word, "pwd") || !isASCII(word) || isLanguage(strings.ToLower(word))
	switch {
	case m.placeholder(value), isWordOrNumber(bare), strings.Contains(value, "://"), isWhere(value, c), quoted && (m.isName(to) || m.around(from-1) == m.text[from-1]):
		return 0
	case quoted && password && !strings.Contains(value, "\n") && len(value) < 80:
	case len(bare) < 3:
		return 0
	case isUUID(bare):
	case !quoted && m.judged(next) && c == strong && len(bare) > 3:
	case foldContains(word, "secret") && isObjectName(bare) && len(bare) < 32:
		return 0 // the name of one in Kubernetes
	case generated(bare) && len(bare) >= 5 && !isCode(bare):
	case !quoted && password && m.netrc(i):
	default:
		return 0
	}
	if !quoted {
		to = from + len(bare)
	}
	m.hide(from, to)
	return max(next, i+1)
}

// bracketed hides a value in brackets that looks like a secret: password (x7) rejected.
func (m *masker) bracketed(c class, i int) int {
	at := strings.IndexByte("([<{", m.text[i])
	if at < 0 || c < strong {
		return 0
	}
	end := strings.IndexByte(m.text[i:min(len(m.text), i+lineReach)], ")]>}"[at])
	if end < 2 || !generated(m.text[i+1:i+end]) || strings.ContainsAny(m.text[i+1:i+end], " =:") {
		return 0
	}
	m.hide(i+1, i+end)
	return i + end
}

// complaint hides what follows a few words and a colon at the end of a line: password incorrect: x7. It returns where to go on; 0 when
// there is nothing of the kind.
func (m *masker) complaint(i int) int {
	for range 4 {
		word, next := m.wordAt(i)
		end := i + len(word)
		if word == "" || !isLetters(word) || end >= len(m.text) {
			return 0
		}
		if m.text[end] != ':' {
			i = next
			continue
		}
		from, to, after := m.extent(next)
		if value := m.text[from:to]; next < len(m.text) && !strings.HasSuffix(value, ":") && generated(value) && !isCode(value) && (after == len(m.text) || isLineEnd(m.text[after])) {
			m.hide(from, to)
			return after
		}
		return 0
	}
	return 0
}

// copula returns where the word behind "is" begins; i when there is none.
func (m *masker) copula(i int) int {
	word, next := m.wordAt(i)
	switch word {
	case "is", "was", "ist", "est", "es", "til", "IS":
		if next < len(m.text) && !isLineEnd(m.text[next]) && m.text[i+len(word)] == ' ' {
			return next
		}
	}
	return i
}

// judged reports whether the word at i says what became of a credential.
func (m *masker) judged(i int) bool {
	word, _ := m.wordAt(m.spaces(i))
	switch word {
	case "rejected", "refused", "denied", "accepted", "revoked", "leaked", "abgelehnt":
		return true
	}
	return false
}

// netrc reports whether the words before the last one before i are those of a .netrc.
func (m *masker) netrc(i int) bool {
	before := m.text[max(0, i-80):i]
	return strings.Contains(before, "login ") && !strings.Contains(before, "login failed")
}

// argumentOf hides what follows a command of a protocol: a password, or a user and a password.
func (m *masker) argumentOf(i int) int {
	from, to, next := m.extent(i)
	value := m.text[from:to]
	bare := strings.TrimRight(value, ".,;:!?")
	if m.placeholder(value) || isProse(bare) && from == i || bare == "" || strings.IndexByte("=:<(-/", value[0]) >= 0 && from == i {
		after := m.spaces(next)
		if after == next || after == len(m.text) {
			return 0
		}
		second := m.text[after:m.valueEnd(after)]
		if isMechanism(bare) && looksEncoded(second) || bare == "default" && !isProse(second) {
			return m.value(after)
		}
		return 0
	}
	m.hide(from, to)
	after := m.spaces(m.quote(next))
	if second, _ := m.wordAt(after); after > next && after < len(m.text) && !isLineEnd(m.text[after]) && (second == "" || !isProse(second)) && isLetters(bare) {
		from, to, next = m.extent(after)
		if value := m.text[from:to]; !m.placeholder(value) && strings.IndexByte("|&;<>()", value[0]) < 0 {
			m.hide(from, to)
		}
	}
	return max(next, i+1)
}

// isMechanism reports whether a word is a mechanism of SASL, which the credentials follow.
func isMechanism(word string) bool {
	switch word {
	case "PLAIN", "LOGIN", "XOAUTH2", "EXTERNAL", "DIGEST-MD5", "CRAM-MD5", "SCRAM-SHA-1", "SCRAM-SHA-256":
		return true
	}
	return false
}

// identified reports whether the BY at i belongs to an IDENTIFIED.
func (m *masker) identified(i int) bool { return foldContains(m.text[max(0, i-64):i], "identified") }

// second hides the second of the arguments that begin at i.
func (m *masker) second(i int) int {
	end := m.spaces(m.valueEnd(i))
	if end == len(m.text) || isLineEnd(m.text[end]) {
		return 0
	}
	return m.value(end)
}

// rules hides the passwords among the rules of an ACL of Redis: >password, <password, #hash.
func (m *masker) rules(i int) int {
	hidden := 0
	for i < len(m.text) && !isLineEnd(m.text[i]) {
		end := m.valueEnd(i)
		if strings.IndexByte("><#", m.text[i]) >= 0 && end > i+1 {
			m.hide(i+1, end)
			hidden = end
		}
		i = m.spaces(max(end, i+1))
	}
	return hidden
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// isObjectName reports whether s may be the name of an object of Kubernetes.
func isObjectName(s string) bool {
	for i := range len(s) {
		if c := s[i]; (c < 'a' || c > 'z') && !isDigit(c) && c != '-' && c != '.' && c != '/' {
			return false
		}
	}
	return s != ""
}
