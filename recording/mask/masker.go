package mask

import "strings"

// masker finds the secrets of a text, or of the arguments of a command one after the other.
type masker struct {
	// variables are the names of those that stood in the place of a secret: they are not hidden, because
	// $(PASSWORD) tells nothing.
	variables []string
	// program is what the arguments at hand are of, if it is one that takes passwords by short flags.
	program program
	// expects is set when a text ends where a secret should follow, and sure when it does whatever it looks like.
	expects, sure bool
	// shell finds the script among the arguments, and literal is set while an argument is at hand that is none.
	shell   shell
	literal bool

	text  string
	spans []Span
	// at is set when there is an @ in the text.
	at bool
	// pair is what was said last of a name whose value is a member of its own.
	pair pair
	// identity is the value of a name that says which thing it is: a trace, a commit, a digest.
	identity Span
}

// argument returns what is secret in the next argument. It is valid until the next call.
func (m *masker) argument(arg string) []Span {
	m.literal = !m.shell.script(arg)
	flag := strings.HasPrefix(arg, "-")
	if m.expects && (m.sure || !flag) {
		m.expects = false
		return m.whole(arg, 0)
	}
	// With everything that would end a value in a text:
	if name, value, assigns := strings.Cut(arg, "="); assigns && !strings.ContainsAny(name, " \t\n\"'?&") && classOf(name) == strong && !m.placeholder(value) && (flag || !strings.ContainsAny(value, " \n")) {
		return m.whole(arg, len(name)+1)
	} else if flag && assigns && m.program.assigns(name) {
		return m.whole(arg, len(name)+1)
	}
	if at := m.program.short(arg); flag && m.program.attached && at > 0 && at < len(arg) {
		return m.whole(arg, at)
	}
	return m.scan(arg)
}

// whole finds everything from index i on to be secret.
func (m *masker) whole(text string, i int) []Span {
	m.begin(text)
	m.hide(i, len(text))
	return m.spans
}

// scan finds what looks like a secret. The result is valid until the next call.
func (m *masker) scan(text string) []Span {
	m.begin(text)
	for i := 0; i < len(text); {
		i = m.step(i)
	}
	return m.spans
}

func (m *masker) begin(text string) {
	m.text, m.spans, m.expects, m.sure = text, m.spans[:0], false, false
	m.at, m.pair, m.identity = strings.IndexByte(text, '@') >= 0, pair{}, Span{}
}

// step looks at what begins at index i and returns where to go on.
func (m *masker) step(i int) int {
	c := m.text[i]
	switch {
	case c == '/' && strings.HasPrefix(m.text[i:], "//"):
		return m.userinfo(i + 2)
	case c == '-' && strings.HasPrefix(m.text[i:], pemBegin):
		return m.pem(i)
	case c == '$':
		return m.hash(i)
	case c == '|' || c == ';' || c == '&' || c == '\n':
		m.program = program{}
		return i + 1
	case !inWord(c):
		return i + 1
	}
	end := i
	for end < len(m.text) && inWord(m.text[end]) {
		end++
	}
	if next := m.assignment(i, end); next > 0 {
		return next
	}
	if next := m.flag(i, end); next > 0 {
		return next
	}
	if next := m.follows(i, end); next > 0 {
		return next
	}
	if next := m.account(i, end); next > 0 {
		return next
	}
	if next := m.looks(i, end); next > 0 {
		return next
	}
	if p := programNamed(m.text[i:end]); p != (program{}) {
		m.program = p
	}
	return end
}

// hide finds what is between i and end to be secret, unless it is a variable.
func (m *masker) hide(i, end int) {
	if i >= end {
		return
	}
	if name := m.variable(m.text[i:end]); name != "" {
		m.variables = append(m.variables, name)
		return
	}
	m.spans = append(m.spans, Span{i, end})
}
