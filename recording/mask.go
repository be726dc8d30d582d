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
	// expects is set when a text ends where a credential should follow, and sure when it does whatever it looks like.
	expects, sure bool
	// shell finds the script among the arguments, and literal is set while an argument is at hand that is none.
	shell   shell
	literal bool

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
		out[i] = m.argument(arg)
	}
	return out
}

func (m *masker) argument(arg string) string {
	m.literal = !m.shell.script(arg)
	flag := strings.HasPrefix(arg, "-")
	if m.expects && (m.sure || !flag) {
		m.expects = false
		return m.whole(arg, 0)
	}
	// With everything that would end a value in a text:
	if name, _, assigns := strings.Cut(arg, "="); flag && assigns && (namesCredential(name) || m.program.assigns(name)) {
		return m.whole(arg, len(name)+1)
	}
	if at := m.program.short(arg); flag && m.program.attached && at > 0 && at < len(arg) {
		return m.whole(arg, at)
	}
	return m.scan(arg)
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

func (m *masker) begin(text string) {
	m.text, m.out, m.done, m.expects, m.sure = text, nil, 0, false, false
}

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
	case m.text[at] == '=' && (m.program.assigns(name) || namesAuth(name)), namesAuth(name) && m.quote(value) > value:
		return m.value(value)
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
	if at := m.program.short(name); at > 0 && m.program.attached && m.goesOn(i, i+at) {
		return m.value(i + at)
	}
	sure := m.program.takes(name)
	if !sure && !namesCredential(name) {
		return 0
	}
	next := m.quote(end)
	for next < len(m.text) && (isSpace(m.text[next]) || m.text[next] == ',') {
		next++
	}
	switch {
	case next == len(m.text):
		m.expects, m.sure = true, sure
		return next
	case next == end, !sure && strings.HasPrefix(m.text[m.quote(next):], "-"):
		return 0
	}
	return m.value(next)
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
