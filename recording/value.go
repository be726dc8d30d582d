package recording

import "strings"

// value hides the value that begins at i, quoted or not, and returns where it ends.
func (m *masker) value(i int) int {
	if i >= len(m.text) {
		m.expects = true
		return len(m.text)
	}
	if begin := m.quote(i); begin > i {
		end := m.closing(m.text[i:begin], begin)
		m.hide(begin, end)
		return end
	}
	end := m.valueEnd(i)
	rest := end
	for rest > i+1 && m.variable(m.text[i:rest]) == "" && strings.IndexByte(",;)]}", m.text[rest-1]) >= 0 {
		rest-- // of what the value is part of
	}
	m.hide(i, rest)
	return max(end, i+1)
}

// authorization hides the value of an Authorization header, all but its scheme.
func (m *masker) authorization(i int) int {
	i = m.quote(i)
	end := i
	for end < len(m.text) && isLetter(m.text[end]) {
		end++
	}
	next := m.spaces(end)
	if end == i || next == end || next == len(m.text) || isLineEnd(m.text[next]) {
		return m.value(i)
	}
	if strings.EqualFold(m.text[i:end], "digest") {
		return m.line(next)
	}
	return m.value(next)
}

// line hides what is left of the line, or of the quoted string, that i is in.
func (m *masker) line(i int) int {
	i = m.quote(i)
	end := i
	for end < len(m.text) && !isLineEnd(m.text[end]) && m.quote(end) == end {
		end++
	}
	m.hide(i, end)
	return max(end, i)
}

// valueEnd returns where an unquoted value ends that begins at i.
func (m *masker) valueEnd(i int) int {
	for i < len(m.text) && !isSpace(m.text[i]) && m.text[i] != '&' && m.quote(i) == i {
		i++
	}
	return i
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

// prose reports whether an unquoted word at i goes on as a sentence does, as in "getting a token: connection
// refused": letters alone, and more words on the same line.
func (m *masker) prose(i int) bool {
	end := i
	for end < len(m.text) && isLetter(m.text[end]) {
		end++
	}
	next := m.spaces(end)
	return end > i && next > end && next < len(m.text) && !isLineEnd(m.text[next])
}

// hide replaces what is between i and end, unless it is a variable.
func (m *masker) hide(i, end int) {
	if i >= end {
		return
	}
	if name := m.variable(m.text[i:end]); name != "" {
		m.variables = append(m.variables, name)
		return
	}
	m.out = append(append(m.out, m.text[m.done:i]...), hidden...)
	m.done = end
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
	return i
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

func inName(c byte) bool    { return isLetter(c) || isDigit(c) || c == '_' || c == '-' || c == '.' }
func isLetter(c byte) bool  { return c|0x20 >= 'a' && c|0x20 <= 'z' }
func isDigit(c byte) bool   { return c >= '0' && c <= '9' }
func isLineEnd(c byte) bool { return c == '\n' || c == '\r' }
func isSpace(c byte) bool   { return c == ' ' || c == '\t' || isLineEnd(c) }

// isBreak reports whether an argument may begin behind c.
func isBreak(c byte) bool { return isSpace(c) || strings.IndexByte("\"'`[,(", c) >= 0 }
