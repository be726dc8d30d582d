package mask

import "strings"

// assignment hides what is assigned to the name between i and end: name=value, name: value, "name":"value", name("value"). It returns
// where to go on; 0 when there is no assignment of interest.
func (m *masker) assignment(i, end int) int {
	at, value := m.separator(i, end)
	if value == at {
		return m.call(i, end)
	}
	name := m.text[i:end]
	assigns := strings.IndexByte(m.text[at:value], '=') >= 0 || m.text[at] == '>' || m.text[at] == ',' || m.text[at] == '|'
	begin := m.spaces(value)
	switch c := m.classAt(i, end); {
	case isCookie(name):
		if m.prose(begin) {
			return 0
		}
		return m.line(begin)
	case isAuthorization(name):
		if word, _ := m.wordAt(begin); m.prose(begin) && !isScheme(word) {
			return 0
		}
		return m.authorization(begin)
	case assigns && m.program.assigns(name):
		return m.value(begin)
	case namesAuth(name):
		return m.auth(begin, assigns)
	case c == plain || c == identity:
		return m.other(name, c, i, begin)
	default:
		return m.named(c, i, begin, assigns)
	}
}

// separator returns where what separates a name from its value begins and ends; twice the same when nothing does.
func (m *masker) separator(i, end int) (at, value int) {
	at = m.quote(end)
	for at < len(m.text) && m.text[at] == ']' { // user[password]=
		at = m.quote(at + 1)
	}
	at = m.spaces(at)
	value = at
	for value < len(m.text) && value < at+3 && strings.IndexByte("=:>?|", m.text[value]) >= 0 {
		value++
	}
	sep := m.text[at:value]
	switch {
	case sep == "" && strings.HasPrefix(m.text[at:], "->"):
		return at, at + len("->")
	case sep == "" && at > end && at < len(m.text) && m.text[at] == ',' && m.isFirst(i) && m.isArgument(at+1):
		return at, at + 1 // define('PASSWORD', 'x')
	case sep == "", strings.HasPrefix(m.text[at:], "://"), sep == "::", sep == "?", sep == "|", sep == "||":
		return at, at
	case sep == ">" && (i == 0 || m.text[i-1] != '<' || value == len(m.text) || isSpace(m.text[value])):
		return at, at
	}
	return at, value
}

// isFirst reports whether the string that begins at i is the first of the arguments of a call.
func (m *masker) isFirst(i int) bool {
	for i > 0 && strings.IndexByte("\"'`\\", m.text[i-1]) >= 0 {
		i--
	}
	return i > 0 && m.text[i-1] == '('
}

// isArgument reports whether a string begins at i that is no name of another member.
func (m *masker) isArgument(i int) bool {
	i = m.spaces(i)
	from, to, _ := m.extent(i)
	return from > i && !m.isName(to)
}

// isName reports whether what ends at i is the name of a member: a quote and a colon follow.
func (m *masker) isName(i int) bool {
	i = m.spaces(m.quote(i))
	return i < len(m.text) && (m.text[i] == ':' || m.text[i] == '=')
}

// classAt is the class of the name between i and end, with the words before it as far as they belong to it: API key, mot de passe.
func (m *masker) classAt(i, end int) class {
	c := classOf(m.text[i:end])
	if c >= medium || end-i > 8 {
		return c
	}
	switch strings.ToLower(m.text[i:end]) {
	case "key", "id", "code", "passe", "phrase", "word", "khau", "sandi":
	default:
		if !isDigits(m.text[i:end]) || end-i > 2 { // unseal key 1
			return c
		}
	}
	begin := i
	for range 2 {
		before := begin
		for before > 0 && m.text[before-1] == ' ' {
			before--
		}
		from := before
		for from > 0 && inWord(m.text[from-1]) {
			from--
		}
		if before == begin || from == before || begin-before > 1 {
			break
		}
		if joined := classOf(m.text[from:end]); joined >= medium {
			return joined
		}
		begin = from
	}
	return c
}

// named hides the value that begins at begin, of a name that begins at i and is of a class, as far as the value may be a secret.
func (m *masker) named(c class, i, begin int, assigns bool) int {
	if begin < len(m.text) && isLineEnd(m.text[begin]) {
		return m.below(c, begin)
	}
	m.takePair(i, begin)
	if begin < len(m.text) && m.text[begin] == '!' { // a tag of YAML
		if word, next := m.wordAt(begin + 1); isLetters(word) && m.quote(next) > next {
			begin = next
		}
	}
	if begin < len(m.text) && m.text[begin] == '[' && begin+1 < len(m.text) && !isSpace(m.text[begin+1]) && !foldContains(m.text[begin:min(len(m.text), begin+12)], "redact") {
		begin++ // the first of a list
	}
	quoted := m.quote(begin) > begin
	from, to, next := m.extent(begin)
	value := m.text[from:to]
	switch {
	case !quoted && (value == "|" || value == ">" || value == "|-" || value == ">-"): // a block of YAML
		if next < len(m.text) && isLineEnd(m.text[next]) {
			return m.below(c, next)
		}
		return 0
	case !quoted && strings.HasPrefix(value, "{") && !strings.HasPrefix(value, "{{"):
		return m.object(c, begin)
	case c == strong && isSeedPhrase(m.text[i:begin]):
		return m.line(begin)
	case from >= len(m.text):
		m.expects = true
		return len(m.text)
	case m.placeholder(value), isWhere(value, c):
		m.noteVariable(value)
		return max(next, from)
	case strings.Contains(value, "://") || strings.HasPrefix(m.text[to:], "://"):
		return 0 // a URL: its parts are looked at
	case c == weak && !m.generated(value, i), c == medium && isWordOrNumber(value):
		return 0
	case c == medium && !assigns && !quoted && m.prose(begin), c == strong && !assigns && !quoted && m.proseAfter(m.text[i:begin], begin):
		return 0
	case !quoted && isMember(value):
		return 0
	}
	return max(m.hideValue(from, to, next), begin+1)
}

// object looks at the value that begins with a brace at i: an object with a value in it, or braces around a value.
func (m *masker) object(c class, i int) int {
	if m.namedAt(i + 1) {
		m.pair = pair{class: c, from: i}
		return 0
	}
	end := strings.IndexByte(m.text[i:], '}')
	if end < 2 || c < strong || m.placeholder(m.text[i+1:i+end]) || strings.ContainsAny(m.text[i:i+end], "\n\"'") {
		return 0
	}
	m.hide(i+1, i+end)
	return i + end
}

// isSeedPhrase reports whether a name is that of the words that a key is made of.
func isSeedPhrase(name string) bool {
	return foldContains(name, "mnemonic") || foldContains(name, "phrase") && foldContains(name, "seed")
}

// isMember reports whether a value is an object or a list, whose members are looked at.
func isMember(value string) bool { return value == "" || value == "{" || value == "[" }

// noteVariable remembers a variable that stands in the place of a secret.
func (m *masker) noteVariable(value string) {
	if name := m.variable(value); name != "" {
		m.variables = append(m.variables, name)
	}
}

// generated reports whether the value of a weak name, which begins at i, looks like a secret.
func (m *masker) generated(value string, i int) bool {
	if strings.ContainsAny(value, " \n(") || strings.HasPrefix(value, "&") {
		return false // a sentence, or code
	}
	if i > 0 && (m.text[i-1] == '?' || m.text[i-1] == '&') && len(value) >= 16 {
		return true
	}
	return isUUID(value) || len(value) >= 5 && generated(value) && !isCode(value)
}

// below hides the value on the line below its name.
func (m *masker) below(c class, i int) int {
	for i < len(m.text) && isLineEnd(m.text[i]) {
		i++
	}
	begin := m.spaces(i)
	from, to, next := m.extent(begin)
	value := m.text[from:to]
	switch {
	case c < medium, c == medium && !generated(value), value == "", strings.IndexByte("-{[#<", value[0]) >= 0, strings.HasSuffix(value, ":"), strings.ContainsAny(value, "=:"), m.placeholder(value), isProse(value), isWhere(value, c):
		return 0
	}
	m.hide(from, to)
	return max(next, begin+1)
}

// auth hides the value of a name that ends in auth. It is none in prose.
func (m *masker) auth(begin int, assigns bool) int {
	from, to, next := m.extent(begin)
	value := m.text[from:to]
	switch quoted := m.quote(begin) > begin; {
	case m.placeholder(value), isWordOrNumber(value), strings.Contains(value, "://"), isMember(value):
		return 0
	case assigns, quoted, strings.IndexByte(value, ':') > 0 && !strings.HasSuffix(value, ":"), generated(value):
		return max(m.hideValue(from, to, next), begin+1)
	}
	return 0
}

// call hides the first argument of a function that is named after a secret: setPassword("x").
func (m *masker) call(i, end int) int {
	at := m.spaces(end)
	if at >= len(m.text) || m.text[at] != '(' || classOf(m.text[i:end]) != strong {
		return 0
	}
	begin := m.spaces(at + 1)
	if m.quote(begin) == begin {
		return 0
	}
	from, to, next := m.extent(begin)
	if value := m.text[from:to]; m.placeholder(value) || isWordOrNumber(value) {
		return 0
	}
	m.hide(from, to)
	return next
}

// pairLength is how far from its name a value that is a member of its own may stand.
const pairLength = 200

// pair is a member that names a secret whose value is another member: {"name":"DB_PASSWORD","value":"x"}, whichever comes first.
type pair struct {
	class class
	from  int  // where the name stands
	value Span // the value that came before its name
}

// other looks at the value of a name that says nothing of secrets.
func (m *masker) other(name string, c class, i, begin int) int {
	if c == plain && len(name) > len("defaultvalue") {
		return 0
	}
	from, to, next := m.extent(begin)
	if c == identity {
		m.identity = Span{from, to}
		if strings.EqualFold(name, "id") || strings.EqualFold(name, "ident") {
			m.notePair(from, to)
		}
		return 0
	}
	switch strings.ToLower(name) {
	case "name", "key", "k", "field", "env", "header", "property", "param", "n", "variable", "var":
		m.notePair(from, to)
	case "value", "val", "v", "stringvalue", "defaultvalue", "data", "content":
		if m.pair.class >= medium && i-m.pair.from < pairLength && !strings.ContainsAny(m.text[m.pair.from:i], "}") {
			m.pair = pair{}
			if value := m.text[from:to]; !m.placeholder(value) && !isMember(value) && !strings.HasSuffix(value, ":") {
				return max(m.hideValue(from, to, next), begin+1)
			}
			return 0
		}
		m.pair = pair{value: Span{from, to}}
	}
	return 0
}

// notePair notes that a member's value is the name of a secret.
func (m *masker) notePair(from, to int) {
	c := classOf(m.text[from:to])
	if namesAuth(m.text[from:to]) || isAuthorization(m.text[from:to]) || isCookie(m.text[from:to]) {
		c = strong
	}
	if c < medium {
		m.pair = pair{}
		return
	}
	if v := m.pair.value; v.To > 0 && from-v.To < pairLength && !strings.ContainsAny(m.text[v.To:from], "}\n") && !m.placeholder(m.text[v.From:v.To]) {
		m.hide(v.From, v.To)
	}
	m.pair = pair{class: c, from: to}
	if end := m.quote(to); end > to && end < len(m.text) && m.text[end] == '>' { // <entry key="password">x</entry>
		if length := strings.IndexByte(m.text[end:], '<'); length > 1 {
			m.hide(end+1, end+length)
		}
	}
}

// takePair notes a pair whose name member is called key, which is the name of a secret itself.
func (m *masker) takePair(i, begin int) {
	if strings.EqualFold(strings.TrimRight(m.text[i:min(begin, i+3)], "\"'\\:= "), "key") {
		from, to, _ := m.extent(begin)
		m.notePair(from, to)
	}
}
