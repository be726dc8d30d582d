package mask

import "strings"

// isNothing reports whether a value says that there is a secret or none, and not which.
func isNothing(value string) bool {
	switch strings.ToLower(value) {
	case "yes", "no", "true", "false", "none", "null", "nil", "undefined", "unset", "set", "n/a", "empty", "missing", "required", "redacted",
		"present", "absent", "hidden", "on", "off", "not", "enabled", "disabled", "ok", "provided", "optional", "omitted", "default", "invalid", "expired",
		"(null)", "<nil>", "<none>", "(none)", "(empty)", "string", "0", "1", "-", "?":
		return true
	}
	return false
}

// isWordOrNumber reports whether a value is an ordinary word, or a number of no more digits than a status has.
func isWordOrNumber(value string) bool {
	return isProse(value) || isNothing(value) || len(value) <= 3 && isDigits(value)
}

// prose reports whether an unquoted word at i goes on as a sentence does, as in "getting a token: connection refused": letters alone, and
// more words on the same line.
func (m *masker) prose(i int) bool {
	word, next := m.wordAt(i)
	switch {
	case word == "":
		return false
	case isProse(word):
		return true
	case strings.HasPrefix(m.text[i+len(word):], ":") && (isLetters(word) || isLibrary(word)) && next > i+len(word)+1:
		return true // the error of another layer
	}
	return isLetters(word) && next < len(m.text) && !isLineEnd(m.text[next]) && next > i+len(word)
}

// proseAfter is prose behind a name for sure. Of a password a word is enough, unless it is one of a sentence.
func (m *masker) proseAfter(name string, i int) bool {
	if !m.prose(i) {
		word, next := m.wordAt(i)
		after, _ := m.wordAt(next)
		return len(word) == 3 && isDigits(word) && isLetters(after) && after != "" // 401 Unauthorized
	}
	word, next := m.wordAt(i)
	if isProse(word) || !foldContains(name, "pass") && !foldContains(name, "pwd") {
		return true
	}
	after, _ := m.wordAt(next)
	return !isProse(after)
}

// wordAt returns the word at i, of letters, digits and apostrophes, and where the next begins on its line.
func (m *masker) wordAt(i int) (word string, next int) {
	end := i
	for end < len(m.text) && (isLetter(m.text[end]) || isDigit(m.text[end]) || m.text[end] == '\'' && end > i) {
		end++
	}
	next = end
	for next < len(m.text) && strings.IndexByte(",.:;!)", m.text[next]) >= 0 {
		next++
	}
	if next < len(m.text) && !isSpace(m.text[next]) {
		if next == end {
			return "", i // it goes on with another character
		}
		return m.text[i:end], end
	}
	return m.text[i:end], m.spaces(next)
}

// isWhere reports whether a value says where a secret of a class is to be found, as a path does.
func isWhere(value string, c class) bool {
	if len(value) < 2 || c == weak {
		return false
	}
	for _, place := range [...]string{"/var/", "/run/", "/etc/", "/home/", "/tmp/", "/opt/", "/usr/", "/app", "/root/", "/secrets", "/srv", "/mnt", "/vault/", "/data", "/dev/", "/proc/", "./", "../", "~/"} {
		if strings.HasPrefix(value, place) && !strings.ContainsAny(value, "@#!$%^&*=") {
			return true
		}
	}
	return false
}

func isLetters(s string) bool {
	for i := range len(s) {
		if !isLetter(s[i]) && s[i] != '\'' {
			return false
		}
	}
	return s != ""
}

func isDigits(s string) bool {
	for i := range len(s) {
		if !isDigit(s[i]) {
			return false
		}
	}
	return s != ""
}

// isLibrary reports whether a word with digits in it is the name of a layer that errors come from.
func isLibrary(word string) bool {
	switch strings.ToLower(word) {
	case "oauth2", "x509", "asn1", "http2", "http3", "pkcs1", "pkcs7", "pkcs8", "pkcs12", "s3", "k8s", "base64", "utf8", "ec2", "sha1", "sha256", "rs256", "es256", "hs256", "md5", "ipv4", "ipv6", "oauth1", "log4j", "lz4", "h2", "net6":
		return true
	}
	return false
}

// isProse reports whether a word is one that sentences about passwords, tokens and errors are made of, in small letters or not.
func isProse(word string) bool {
	if len(word) > 16 {
		return false
	}
	switch strings.ToLower(word) {
	case "a", "an", "the", "this", "that", "these", "those", "it", "its", "he", "she", "they", "we", "you", "your", "my", "our", "their", "i",
		"is", "are", "was", "were", "be", "been", "being", "has", "have", "had", "do", "does", "did", "doesn't", "didn't", "isn't", "wasn't", "can", "can't", "cannot", "could", "couldn't",
		"will", "would", "should", "must", "may", "might", "shall", "and", "or", "but", "if", "then", "else", "so", "as", "at", "by", "for", "from", "in", "into", "of", "on", "onto", "off", "out",
		"over", "to", "under", "up", "via", "with", "within", "without", "while", "when", "where", "which", "who", "why", "how", "not", "no", "yes", "nor", "only", "also", "already", "again", "yet", "still",
		"after", "before", "because", "since", "until", "than", "too", "very", "all", "any", "both", "each", "every", "few", "more", "most", "other", "some", "such", "same", "own", "per",
		"error", "errors", "err", "eof", "failed", "fails", "failure", "failing", "fail", "failures", "fatal", "warning", "warn", "info", "debug", "trace", "panic", "exception", "caused", "exit", "code", "status", "reason", "message",
		"invalid", "valid", "validated", "validation", "verified", "verify", "verification", "unverified", "expired", "expires", "expiring", "expiration", "expiry", "missing", "required", "requires", "require", "unset", "set", "setting", "empty", "null", "none", "nil",
		"wrong", "incorrect", "correct", "bad", "good", "ok", "okay", "fine", "denied", "refused", "rejected", "rejecting", "rejects", "accepted", "accepts", "allowed", "forbidden", "unauthorized", "unauthenticated", "authorized", "unknown", "known", "unexpected", "expected", "mismatch", "mismatched", "matches", "match", "matching",
		"found", "notfound", "lookup", "resolve", "resolved", "resolving", "dial", "dialing", "connect", "connected", "connecting", "connection", "connections", "reset", "closed", "closing", "broken", "pipe", "timeout", "timed", "deadline", "exceeded", "context", "canceled", "cancelled", "retry", "retrying", "retries",
		"open", "opened", "opening", "read", "reading", "write", "writing", "stat", "get", "got", "getting", "post", "put", "patch", "delete", "deleted", "create", "created", "creating", "update", "updated", "updating", "fetch", "fetching", "fetched", "fetcher", "load", "loaded", "loading", "parse", "parsed", "parsing", "parser", "decode", "decoding", "encode", "encoding",
		"unable", "unavailable", "unsupported", "unreachable", "undefined", "unmarshal", "marshal", "malformed", "rpc", "http", "https", "tcp", "tls", "ssl", "dns", "grpc", "oidc", "saml", "ldap", "exec", "io", "json", "yaml", "xml", "url", "uri", "uuid", "oauth", "openid", "jwt",
		"password", "passwords", "passphrase", "token", "tokens", "secret", "secrets", "key", "keys", "credential", "credentials", "user", "username", "account", "login", "logout", "session", "cookie", "cookies", "header", "headers", "certificate", "certificates", "cert", "realm", "scope", "scopes", "basic", "bearer", "digest", "negotiate",
		"auth", "authentication", "authenticate", "authenticated", "authenticating", "authenticator", "authorization", "authority", "access", "permission", "permissions", "policy", "policies", "role", "roles", "rule", "rules", "plugin", "method", "methods", "mode", "flow", "grant", "grants", "granted",
		"server", "client", "service", "services", "endpoint", "request", "requests", "response", "responses", "reply", "check", "checks", "checking", "checked", "file", "files", "path", "directory", "config", "configuration", "configured", "provider", "providers", "issuer", "audience", "store", "stores", "storage", "manager", "controller", "handler", "mount", "mounted", "volume", "volumes",
		"name", "names", "named", "value", "values", "type", "types", "field", "fields", "format", "length", "size", "count", "number", "limit", "string", "stream", "character", "characters", "line", "lines", "position", "column", "index", "list", "listing", "map", "reference", "referenced", "version", "versions", "review", "reviews", "request's",
		"use", "used", "uses", "using", "usage", "call", "called", "calling", "command", "commands", "change", "changed", "changes", "changing", "rotate", "rotated", "rotation", "rotating", "renew", "renewed", "renewal", "renewing", "refresh", "refreshed", "refreshing", "revoke", "revoked", "revocation", "issued", "issue", "signed", "signing", "signature", "signatures", "encryption", "encrypted", "decryption", "decrypt", "decrypting", "hash", "hashing", "hashed",
		"provided", "provide", "supplied", "specified", "given", "sent", "send", "sending", "received", "receiving", "returned", "returns", "return", "exists", "exist", "existing", "present", "absent", "available", "ready", "unready", "running", "waiting", "pending", "stopped", "started", "starting", "start", "stop", "disabled", "enabled", "default", "optional", "needed", "needs", "need",
		"please", "try", "enter", "see", "contains", "contain", "containing", "includes", "include", "including", "likely", "longer", "shorter", "short", "long", "weak", "strong", "old", "new", "next", "previous", "first", "last", "current", "currently", "temporary", "temporarily", "time", "times", "seconds", "minutes", "hours", "days", "now", "ago", "soon", "never", "always", "once", "about",
		"ping", "pong", "alive", "healthy", "unhealthy", "health", "up-to-date", "down", "success", "successful", "successfully", "succeeded", "complete", "completed", "done", "skipped", "skipping", "ignored", "ignoring", "database", "db", "table", "schema", "host", "hosts", "port", "node", "pod", "pods", "container", "containers", "namespace", "cluster", "image", "cache", "cached", "queue", "topic", "bucket", "object", "objects", "data", "event", "events",
		"prompt", "completion", "max", "min", "total", "budget", "bucket's", "throttled", "throttling", "exhausted", "quota", "ttl", "age", "id", "ids", "plain", "cram", "scram", "anonymous", "internal", "external", "public", "private", "shared", "local", "remote", "global", "generic", "opaque", "kubernetes", "etcd", "vault", "redis", "postgres", "mysql", "noauth", "nopass":
		return true
	}
	return false
}
