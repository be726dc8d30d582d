package mask

import "strings"

// flag hides the argument that follows the flag between i and end.
func (m *masker) flag(i, end int) int {
	if m.text[i] != '-' || i > 0 && !isBreak(m.text[i-1]) {
		return 0
	}
	name := m.text[i:end]
	if name[len(name)-1] == '.' {
		return 0 // of a sentence that ends with it
	}
	if at := m.program.short(name); at > 0 && m.program.attached && m.goesOn(i, i+at) {
		return m.value(i + at)
	}
	sure := m.program.takes(name)
	c := classOf(name)
	account := isAccountFlag(name)
	if !sure && c < weak && !account {
		return 0
	}
	next := m.quote(end)
	for next < len(m.text) && (isSpace(m.text[next]) || m.text[next] == ',') {
		next++
	}
	switch {
	case next == len(m.text):
		m.expects, m.sure = c > weak || sure, sure
		return next
	case next == end, !sure && strings.HasPrefix(m.text[m.quote(next):], "-"):
		return 0
	}
	from, to, _ := m.extent(next)
	value := m.text[from:to]
	switch {
	case !sure && from == next && isJoint(value):
		return 0
	case sure, c == strong, c == medium:
		if !sure && m.placeholder(value) && m.variable(value) == "" || isWhere(value, c) {
			return 0
		}
		return m.value(next)
	case account && (strings.IndexByte(value, ':') > 0 && !isAddress(value) || generated(value)) && !strings.Contains(value, "://"), c == weak && generated(value):
		return m.value(next)
	}
	return 0
}

// isJoint reports whether a word behind a flag shows that a sentence is about the flag.
func isJoint(word string) bool {
	switch word {
	case "and", "or", "is", "are", "was", "must", "needs", "requires", "cannot", "can", "has", "nor", "with", "flag", "flags":
		return true
	}
	return false
}

// isAccountFlag reports whether the value of a flag may be a user with a password, whatever the program.
func isAccountFlag(flag string) bool {
	switch strings.TrimLeft(flag, "-") {
	case "auth", "basic-auth", "basicauth", "http-auth", "proxy-auth", "user-pass", "userpass", "creds", "cred", "login", "oauth2-bearer", "proxy-user", "user":
		return true
	}
	return namesAuth(flag)
}

// goesOn reports whether the argument that begins at i has not ended before at. A quote does not end it, unless it is
// one that the argument itself, or the command, is in.
func (m *masker) goesOn(i, at int) bool {
	const after = " \t\r\n,;:|&<>)]}"
	begin := m.quote(at)
	switch {
	case begin == len(m.text):
		return false
	case begin > at && i > 0 && m.quote(i-1) == i:
		return false
	}
	return strings.IndexByte(after, m.text[begin]) < 0
}
