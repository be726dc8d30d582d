package mask

import "strings"

// lineReach is how far a password may go on in which nothing says where it ends.
const lineReach = 160

// userinfo hides the account in the authority that begins at i: what precedes an @. A password may have a slash or a space in it.
func (m *masker) userinfo(i int) int {
	if !m.at || i >= len(m.text) || m.text[i] == '[' {
		return m.hook(i)
	}
	end := i
	for end < len(m.text) && strings.IndexByte("/ \t\r\n\"'`\\<>", m.text[end]) < 0 {
		end++
	}
	if at := strings.LastIndexByte(m.text[i:end], '@'); at > 0 {
		user := m.text[i : i+at]
		if query := strings.IndexByte(user, '?'); user == "git" || isMasked(user) || query >= 0 && strings.IndexByte(user[:query], ':') < 0 {
			return m.hook(i)
		}
		to := i + at
		if last := m.lastAt(to); !m.isWeb(i) && last > to {
			to = last
		}
		m.hide(i, to)
		return to
	}
	if at := m.farAt(i, end); at > 0 {
		m.hide(i, at)
		return at
	}
	return m.hook(i)
}

// lastAt returns where the last @ is before a host with a port in the word that goes on at i; i when there is none.
func (m *masker) lastAt(i int) int {
	end := i
	for end < len(m.text) && end < i+lineReach && strings.IndexByte("? \t\r\n\"'`\\<>", m.text[end]) < 0 {
		end++
	}
	if at := strings.LastIndexByte(m.text[i:end], '@'); at > 0 && isHostPort(m.text[i+at+1:]) {
		return i + at
	}
	return i
}

// farAt returns where the @ is that ends a password with characters in it that end an authority; 0 when there is none. The authority
// is taken to end at end.
func (m *masker) farAt(i, end int) int {
	colon := strings.IndexByte(m.text[i:end], ':')
	if colon < 0 {
		return 0
	}
	begin := i + colon + 1
	limit := begin
	for limit < len(m.text) && limit < begin+lineReach && !isLineEnd(m.text[limit]) && strings.IndexByte("\"'`<>", m.text[limit]) < 0 {
		limit++
	}
	at := strings.IndexByte(m.text[begin:limit], '@')
	if at <= 0 || strings.Contains(m.text[begin:begin+at], "://") {
		return 0
	}
	password, host := m.text[begin:begin+at], m.text[begin+at+1:limit]
	digits := 0
	for digits < len(password) && isDigit(password[digits]) {
		digits++
	}
	port := digits > 0 && digits <= 5 && (digits == len(password) || strings.IndexByte("/? ", password[digits]) >= 0) || password[0] == ' ' || password[0] == '/'
	if port && (m.isWeb(i) || strings.Contains(password, " ") || !isHostPort(host)) {
		return 0
	}
	if host == "" || !isLetter(host[0]) && !isDigit(host[0]) && strings.IndexByte("[(/", host[0]) < 0 {
		return 0
	}
	return begin + at
}

// isWeb reports whether the scheme before an authority at i is one of the web.
func (m *masker) isWeb(i int) bool {
	before := m.text[max(0, i-9):max(0, i-3)]
	return !strings.HasSuffix(m.text[:i], "://") || strings.HasSuffix(before, "http") || strings.HasSuffix(before, "https") || strings.HasSuffix(before, "ws") || strings.HasSuffix(before, "wss")
}

// isHostPort reports whether s begins with a host and a port.
func isHostPort(s string) bool {
	end := 0
	for end < len(s) && (isLetter(s[end]) || isDigit(s[end]) || s[end] == '.' || s[end] == '-') {
		end++
	}
	return end > 0 && end+1 < len(s) && s[end] == ':' && isDigit(s[end+1])
}

// hook hides the secret in the path of a webhook, whose host begins at i, and returns where to go on.
func (m *masker) hook(i int) int {
	for _, place := range [...]string{"hooks.slack.com/services/", "hooks.slack.com/workflows/", "hooks.slack.com/triggers/", "discord.com/api/webhooks/", "discordapp.com/api/webhooks/"} {
		if strings.HasPrefix(m.text[i:], place) {
			m.hide(i+len(place), m.pathEnd(i))
			return m.pathEnd(i)
		}
	}
	const office = ".webhook.office.com/webhookb2/"
	if at := strings.Index(m.text[i:m.pathEnd(i)], office); at > 0 {
		m.hide(i+at+len(office), m.pathEnd(i))
		return m.pathEnd(i)
	}
	return i
}

func (m *masker) pathEnd(i int) int {
	for from := i; i < len(m.text) && i < from+reach && !isSpace(m.text[i]) && strings.IndexByte("\"'`<>?)],;", m.text[i]) < 0; {
		i++
	}
	return i
}

// account hides the password in an account without a scheme: user:PW@tcp(db:3306)/x, user:PW@host, user/PW@host.
func (m *masker) account(i, end int) int {
	if m.program.percent && end < len(m.text) && m.text[end] == '%' {
		to := m.valueEnd(end + 1)
		m.hide(end+1, to)
		return to
	}
	if !m.at || end >= len(m.text) || i > 0 && strings.IndexByte("/@:.", m.text[i-1]) >= 0 && !m.isOracle(i) {
		return 0
	}
	switch m.text[end] {
	case ':':
		if strings.HasPrefix(m.text[end+1:], "//") {
			return 0
		}
	case '/':
		if !m.isOracle(i) && !m.program.oracle {
			return 0
		}
	default:
		return 0
	}
	if at := m.network(end + 1); at > 0 {
		m.hide(end+1, at)
		return at
	}
	to := end + 1
	for to < len(m.text) && to < end+lineReach && !isSpace(m.text[to]) && strings.IndexByte("\"'`<>\\", m.text[to]) < 0 {
		to++
	}
	at := strings.LastIndexByte(m.text[end+1:to], '@')
	if at <= 0 || isLabel(m.text[i:end]) || !isLogin(m.text[end+1+at+1:to]) || isMasked(m.text[end+1:end+1+at]) || strings.Contains(m.text[end+1:end+1+at], "://") {
		return 0
	}
	m.hide(end+1, end+1+at)
	return end + 1 + at
}

// isOracle reports whether a user and a password with a slash between them may begin at i.
func (m *masker) isOracle(i int) bool {
	return strings.HasSuffix(m.text[:i], ":thin:") || strings.HasSuffix(m.text[:i], ":oci:")
}

// network returns where the @ is before the network of a DSN of Go's MySQL driver, as in @tcp(db:3306), for a password that begins at
// i; 0 when there is none.
func (m *masker) network(i int) int {
	if i >= len(m.text) || m.text[i] == ' ' {
		return 0
	}
	limit := i
	for limit < len(m.text) && limit < i+lineReach && !isLineEnd(m.text[limit]) {
		limit++
	}
	for at := i; at < limit; at++ {
		if m.text[at] != '@' {
			continue
		}
		word := at + 1
		for word < limit && (isLetter(m.text[word]) || isDigit(m.text[word])) {
			word++
		}
		if word < limit && word > at+1 && m.text[word] == '(' {
			return at
		}
	}
	return 0
}

// isLabel reports whether a word before an address is no user's.
func isLabel(word string) bool {
	switch strings.ToLower(word) {
	case "mailto", "email", "mail", "e-mail", "user", "username", "from", "to", "cc", "bcc", "contact", "owner", "author", "by", "login", "account", "subject", "principal", "sip", "sips", "acct", "xmpp", "git", "pkg", "npm", "commit", "image", "upn", "reply-to", "sender", "recipient", "maintainer", "support", "id", "error", "http", "https", "ssh", "at":
		return true
	}
	return false
}

// isLogin reports whether s may be what follows the @ behind a password: a host, and no version or digest.
func isLogin(s string) bool {
	switch {
	case s == "", strings.HasPrefix(s, "sha256:"), strings.HasPrefix(s, "sha512:"), strings.HasPrefix(s, "latest"):
		return false
	case s[0] == '/' || s[0] == '[' || s[0] == '(':
		return true
	case s[0] == 'v' && len(s) > 1 && isDigit(s[1]):
		return false
	case isDigit(s[0]):
		host, _, _ := strings.Cut(s, ":")
		host, _, _ = strings.Cut(host, "/")
		return strings.Count(host, ".") == 3
	}
	return isLetter(s[0])
}

const pemBegin = "-----BEGIN "

// pem hides the key in PEM that begins at i, and passes over what is no secret in PEM: certificates, public keys.
func (m *masker) pem(i int) int {
	head := strings.Index(m.text[i+len(pemBegin):], "-----")
	if head < 0 || head > 64 {
		return i + len(pemBegin)
	}
	label := m.text[i+len(pemBegin):][:head]
	begin := i + len(pemBegin) + head + len("-----")
	end := strings.Index(m.text[begin:], "-----END")
	if end < 0 {
		end = len(m.text) - begin
	}
	if strings.Contains(label, "PRIVATE KEY") || strings.Contains(label, "SECRET") {
		m.hide(begin, begin+end)
	}
	return begin + end
}
