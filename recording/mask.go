package recording

import "strings"

// hidden stands where a credential was.
const hidden = "***"

// mask returns a text with what looks like a credential hidden, and the rest as it was.
func mask(text string) string { return new(masker).scan(text) }

// masker hides credentials in a text, or in the arguments of a command one after the other. What is a
// credential is said by what precedes it: a name (password=…, "token": "…", --secret …), a scheme (Bearer …),
// the beginning of a URL (//user:password@…), the flag of a well-known program (redis-cli -a …); or by its
// own looks.
type masker struct {
	// variables are the names of those that stood in the place of a credential: they are not hidden, because
	// $(PASSWORD) tells nothing.
	variables []string
	// program is what the arguments at hand are of, if it is one that takes passwords by short flags.
	program program
	// expects is set when a text ends where a credential should follow.
	expects bool

	text string
	out  []byte // the text as far as done, masked; nil while nothing has been hidden
	done int
}

// arguments returns the arguments of a command, masked, in a new slice.
func (m *masker) arguments(args []string) []string {
	if args == nil {
		return nil
	}
	out := make([]string, len(args))
	for i, arg := range args {
		name, _, assigns := strings.Cut(arg, "=")
		switch {
		case m.expects && !strings.HasPrefix(arg, "-"):
			m.expects = false
			out[i] = m.whole(arg, 0)
		case assigns && strings.HasPrefix(name, "-") && namesCredential(name):
			out[i] = m.whole(arg, len(name)+1) // with everything that would end a value in a text
		default:
			out[i] = m.scan(arg)
		}
	}
	return out
}

// whole hides everything from index i on.
func (m *masker) whole(text string, i int) string {
	m.begin(text)
	m.hide(i, len(text))
	return m.end()
}

// scan hides what looks like a credential.
func (m *masker) scan(text string) string {
	m.begin(text)
	for i := 0; i < len(text); {
		i = m.step(i)
	}
	return m.end()
}

func (m *masker) begin(text string) { m.text, m.out, m.done, m.expects = text, nil, 0, false }

func (m *masker) end() string {
	if m.out == nil {
		return m.text
	}
	return string(append(m.out, m.text[m.done:]...))
}

// step looks at what begins at index i and returns where to go on.
func (m *masker) step(i int) int {
	c := m.text[i]
	switch {
	case strings.HasPrefix(m.text[i:], "//"):
		return m.userinfo(i + 2)
	case c == '|' || c == ';' || c == '&' || c == '\n':
		m.program = program{}
		return i + 1
	case !inName(c):
		return i + 1
	}
	end := i
	for end < len(m.text) && inName(m.text[end]) {
		end++
	}
	for _, look := range [...]func(i, end int) int{m.assignment, m.flag, m.scheme, m.looks} {
		if next := look(i, end); next > 0 {
			return next
		}
	}
	if p := programNamed(m.text[i:end]); p != (program{}) {
		m.program = p
	}
	return end
}

// userinfo hides what precedes an @ in the authority that begins at i.
func (m *masker) userinfo(i int) int {
	end := i
	for end < len(m.text) && strings.IndexByte("/ \t\r\n\"'`\\<>", m.text[end]) < 0 {
		end++
	}
	if at := strings.LastIndexByte(m.text[i:end], '@'); at > 0 {
		m.hide(i, i+at)
		return i + at
	}
	return i
}

// assignment hides what is assigned to the name between i and end: name=value, name: value, "name":"value".
// It returns where to go on; 0 when there is no assignment of interest.
func (m *masker) assignment(i, end int) int {
	at := m.spaces(m.quote(end))
	v := at
	for v < len(m.text) && v < at+2 && strings.IndexByte("=:>", m.text[v]) >= 0 {
		v++
	}
	if v == at || strings.HasPrefix(m.text[at:], "://") {
		return 0
	}
	value := m.spaces(v)
	switch name := m.text[i:end]; {
	case isCookie(name):
		return m.line(value)
	case isAuthorization(name):
		return m.authorization(value)
	case !namesCredential(name), m.text[at] == ':' && value > v && m.prose(value):
		return 0
	}
	return m.value(value)
}

// flag hides the argument that follows the flag between i and end.
func (m *masker) flag(i, end int) int {
	if m.text[i] != '-' || i > 0 && !isBreak(m.text[i-1]) {
		return 0
	}
	name := m.text[i:end]
	if short := m.program.attached; short != "" && len(name) > len(short) && strings.HasPrefix(name, short) && name[1] != '-' {
		return m.value(i + len(short))
	}
	if !namesCredential(name) && (m.program.flags == "" || !hasWord(m.program.flags, name)) {
		return 0
	}
	next := m.quote(end)
	for next < len(m.text) && (isSpace(m.text[next]) || m.text[next] == ',') {
		next++
	}
	switch {
	case next == len(m.text):
		m.expects = true
		return next
	case next == end, strings.HasPrefix(m.text[m.quote(next):], "-"):
		return 0
	}
	return m.value(next)
}

// scheme hides what follows the name of an authorization scheme.
func (m *masker) scheme(i, end int) int {
	next := m.spaces(end)
	switch name := m.text[i:end]; {
	case next == end || next == len(m.text):
		return 0
	case strings.EqualFold(name, "bearer"):
		return m.value(next)
	case strings.EqualFold(name, "basic") && looksEncoded(m.text[next:m.valueEnd(next)]):
		return m.value(next)
	}
	return 0
}
