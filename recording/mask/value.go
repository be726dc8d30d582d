package mask

import "strings"

// value hides the value that begins at i, quoted or not, and returns where it ends.
func (m *masker) value(i int) int {
	if i >= len(m.text) {
		m.expects = true
		return len(m.text)
	}
	from, to, next := m.extent(i)
	if value := m.text[from:to]; !isMasked(value) {
		next = m.hideValue(from, to, next)
	}
	return max(next, i+1)
}

// extent returns where the value that begins at i begins and ends, without its quotes and without what it is part of, and where to
// go on behind it.
func (m *masker) extent(i int) (from, to, next int) {
	if i >= len(m.text) {
		return len(m.text), len(m.text), len(m.text)
	}
	if begin := m.quote(i); begin > i {
		end := m.closing(m.text[i:begin], begin)
		return begin, end, end
	}
	end := m.valueEnd(i)
	rest := end
	for rest > i+1 && m.variable(m.text[i:rest]) == "" && strings.IndexByte(",;)]}>", m.text[rest-1]) >= 0 && !isBlank(m.text[i:rest]) {
		rest--
	}
	return i, rest, end
}

// valueLength is how much of an unquoted value is looked at to decide what it is.
const valueLength = 1 << 10

// valueEnd returns where an unquoted value ends that begins at i, or as much of it as is looked at.
func (m *masker) valueEnd(i int) int {
	for limit := i + valueLength; i < len(m.text) && i < limit && !isSpace(m.text[i]) && !m.ends(i); {
		i++
	}
	return i
}

// hideValue hides the value between from and to, and what is left of it when it is longer than what was looked at. It returns where to go on.
func (m *masker) hideValue(from, to, next int) int {
	if next-from >= valueLength && m.quote(next) == next {
		for next < len(m.text) && !isSpace(m.text[next]) && !m.ends(next) {
			next++
		}
		to = next
	}
	m.hide(from, to)
	return next
}

// ends reports whether what is at i ends an unquoted value: a quote or a bracket that what it is part of ends with, or what separates it from
// another name.
func (m *masker) ends(i int) bool {
	switch c := m.text[i]; c {
	case '&', ';', ',':
		return m.namedAt(i+1) || c == '&' && i+1 < len(m.text) && m.text[i+1] == '&'
	case '<':
		return i+1 < len(m.text) && m.text[i+1] == '/'
	case '"', '\'', '`', '\\':
		next := m.quote(i)
		return next > i && (next == len(m.text) || strings.IndexByte(" \t\r\n,;:)]}>|&", m.text[next]) >= 0)
	}
	return false
}

// namedAt reports whether a name with a value begins at i, in quotes or not.
func (m *masker) namedAt(i int) bool {
	i = m.spaces(i)
	if strings.HasPrefix(m.text[i:], "amp;") {
		i += len("amp;")
	}
	begin := m.quote(i)
	end := begin
	for end < len(m.text) && (inName(m.text[end]) || m.text[end] == '[' || m.text[end] == ']') {
		end++
	}
	if end == begin {
		return begin > i
	}
	end = m.quote(end)
	return end < len(m.text) && (m.text[end] == '=' || m.text[end] == ':')
}

// authorization hides the value of an Authorization header, all but its scheme.
func (m *masker) authorization(i int) int {
	i = m.quote(i)
	end := i
	for end < len(m.text) && (isLetter(m.text[end]) || end > i && (isDigit(m.text[end]) || m.text[end] == '-')) {
		end++
	}
	next := m.spaces(end)
	if end == i || next == end || next == len(m.text) || isLineEnd(m.text[next]) || m.quote(end) > end {
		return m.value(i)
	}
	if scheme := m.text[i:end]; strings.EqualFold(scheme, "digest") || strings.Contains(scheme, "-") || strings.EqualFold(scheme, "hawk") {
		return m.line(next)
	}
	if isProse(m.text[i:end]) && !isScheme(m.text[i:end]) {
		return 0
	}
	return m.value(next)
}

// isScheme reports whether a word is the name of a scheme of authorization.
func isScheme(word string) bool {
	switch strings.ToLower(word) {
	case "basic", "bearer", "digest", "negotiate", "ntlm", "token", "apikey", "splunk", "hawk", "googlelogin", "oauth":
		return true
	}
	return false
}

// line hides what is left of the line, or of the quoted string, that i is in.
func (m *masker) line(i int) int {
	begin := m.quote(i)
	around := m.around(begin)
	end := begin
	for end < len(m.text) && !isLineEnd(m.text[end]) {
		if next := m.quote(end); next > end && m.text[next-1] == around {
			break
		}
		end++
	}
	if !isMasked(m.text[begin:end]) {
		m.hide(begin, end)
	}
	return max(end, begin)
}

// around returns the quote that what begins at i stands in on its line; 0 when it stands in none.
func (m *masker) around(i int) (open byte) {
	before := m.text[max(0, i-reach):i]
	for at := range len(before) {
		c := before[at]
		switch {
		case isLineEnd(c):
			open = 0
		case c != '"' && c != '\'' && c != '`':
		case open == 0:
			open = c
		case open == c:
			open = 0
		}
	}
	return open
}

// closing returns where the quote is that ends the string which begins at i; the end of the text if there is none.
func (m *masker) closing(quote string, i int) int {
	for at := i; at < len(m.text); {
		n := strings.Index(m.text[at:], quote)
		if n < 0 {
			break
		}
		at += n
		if at == i || m.text[at-1] != '\\' {
			return at
		}
		at += len(quote) // the quote is quoted itself
	}
	return len(m.text)
}

// quote returns the index behind the quote at i, with the backslashes that precede it; i when there is none.
func (m *masker) quote(i int) int {
	for at := i; at < len(m.text); at++ {
		switch m.text[at] {
		case '"', '\'', '`':
			return at + 1
		case '\\':
		default:
			return i
		}
	}
	return i
}

// spaces returns the index of the first byte from i on that is neither space nor tab.
func (m *masker) spaces(i int) int {
	for i < len(m.text) && (m.text[i] == ' ' || m.text[i] == '\t') {
		i++
	}
	return min(i, len(m.text))
}

// variable returns the name of the variable that s is; empty for anything else. Outside a shell's script a dollar sign
// alone makes none: the kubelet knows $(NAME) only.
func (m *masker) variable(s string) string {
	if m.literal && !strings.HasPrefix(s, "$(") {
		return ""
	}
	return variable(s)
}

// variable returns the name in $(NAME), ${NAME} or $NAME; empty for anything else.
func variable(s string) string {
	name, ok := strings.CutPrefix(s, "$")
	if !ok {
		return ""
	}
	for _, brackets := range [...]string{"()", "{}"} {
		if len(name) > 2 && name[0] == brackets[0] && name[len(name)-1] == brackets[1] {
			name = name[1 : len(name)-1]
			break
		}
	}
	for i := range len(name) {
		if !inName(name[i]) {
			return ""
		}
	}
	return name
}

// placeholder reports whether a value stands for a secret and is none: a variable, a word for nothing, a mask.
func (m *masker) placeholder(value string) bool {
	return value == "" || m.variable(value) != "" || isBlank(value) || isMasked(value) || isNothing(value)
}

// isBlank reports whether a value is a place to fill in: <password>, {{ .Password }}, %s.
func isBlank(s string) bool {
	if len(s) < 2 {
		return false
	}
	switch {
	case s[0] == '<' && s[len(s)-1] == '>' && !generated(s[1:len(s)-1]), s[0] == '{' && s[1] == '{', s[0] == '[' && s[len(s)-1] == ']' && isLetters(s[1:len(s)-1]),
		s[0] == '(' && s[len(s)-1] == ')' && isLetters(s[1:len(s)-1]):
		return true
	case s[0] == '%' && len(s) == 2:
		return isLetter(s[1])
	case s[0] == '$' && (s[1] == '{' || s[1] == '('):
		return true
	}
	return false
}

// isMasked reports whether a value has been masked already.
func isMasked(s string) bool {
	if strings.Trim(s, "*") == "" || len(s) >= 3 && strings.Trim(s, "xX") == "" || strings.Trim(s, "•.") == "" {
		return true
	}
	return len(s) >= 6 && len(s) < 24 && (foldContains(s, "redact") || foldContains(s, "masked") || foldContains(s, "filtered"))
}

// foldContains reports whether s contains a part in small letters, whatever the case.
func foldContains(s, part string) bool {
	for i := 0; i+len(part) <= len(s); i++ {
		if strings.EqualFold(s[i:i+len(part)], part) {
			return true
		}
	}
	return false
}

func inName(c byte) bool     { return isLetter(c) || isDigit(c) || c == '_' || c == '-' || c == '.' }
func inWord(c byte) bool     { return inName(c) || c >= 0x80 }
func isLetter(c byte) bool   { return c|0x20 >= 'a' && c|0x20 <= 'z' }
func isDigit(c byte) bool    { return c >= '0' && c <= '9' }
func isHexDigit(c byte) bool { return isDigit(c) || c|0x20 >= 'a' && c|0x20 <= 'f' }
func isLineEnd(c byte) bool  { return c == '\n' || c == '\r' }
func isSpace(c byte) bool    { return c == ' ' || c == '\t' || isLineEnd(c) }

// isBreak reports whether an argument may begin behind c.
func isBreak(c byte) bool { return isSpace(c) || strings.IndexByte("\"'`[,(", c) >= 0 }
