package mask

import "strings"

// class is what a name says about its value.
type class uint8

const (
	// plain says nothing.
	plain class = iota
	// identity says that the value names a thing, as a digest does, however random it looks.
	identity
	// weak says that the value is a secret if it looks like one.
	weak
	// medium says that the value is a secret unless it is a word.
	medium
	// strong says that the value is a secret, whatever it looks like.
	strong
	// depends says that it depends on the other words of the name.
	depends
)

// Names reports whether a value of that name is a secret, whatever it looks like.
func Names(name string) bool { return classOf(name) >= medium || namesAuth(name) }

// nameLength is how much of a name is looked at: its end says what it is.
const nameLength = 64

// classOf returns what a name says about its value. Names that say where a secret is found, or that there is none (--token-file,
// --no-password), say nothing.
func classOf(name string) class {
	if strings.HasPrefix(name, "--no-") || name == "PWD" || name == "OLDPWD" {
		return plain
	}
	if len(name) > 2 && name[0] == '-' && name[1] == 'D' {
		name = name[2:] // a property of a JVM
	}
	if len(name) > nameLength {
		name = name[len(name)-nameLength:]
	}
	var buffer [nameLength]byte
	whole, last, foreign := buffer[:0], 0, false
	for i := range len(name) {
		c := name[i]
		switch {
		case c >= 0x80:
			foreign = true
			continue
		case !isLetter(c) && !isDigit(c):
			if last < len(whole) && i+1 < len(name) {
				last = len(whole)
			}
			continue
		case c >= 'A' && c <= 'Z':
			if i > 0 && name[i-1] >= 'a' && name[i-1] <= 'z' {
				last = len(whole)
			}
			c |= 0x20
		}
		whole = append(whole, c)
	}
	if foreign {
		return classOfForeign(strings.ToLower(name))
	}
	for len(whole) > last+1 && isDigit(whole[len(whole)-1]) {
		whole = whole[:len(whole)-1] // password2
	}
	return classOfWords(string(whole), string(whole[last:]))
}

// classOfWords returns what a name says that is written in small letters alone; last is its last word.
func classOfWords(whole, last string) class {
	if len(whole) < 2 {
		return plain
	}
	if of, ok := strings.CutSuffix(whole, "code"); ok && isCodeOf(of) {
		return medium
	}
	if whole == "passcode" || whole == "mnemonic" || whole == "seedphrase" || strings.HasSuffix(whole, "keydata") || strings.HasSuffix(whole, "sessionid") || strings.HasSuffix(whole, "sessid") || strings.HasSuffix(whole, "secretid") {
		return strong
	}
	if c := classOfLast(last); c != depends {
		return c
	}
	for _, part := range [...]string{"password", "passwd", "passwort", "passphrase", "passwrd", "pswd", "secret", "credential", "requirepass", "masterauth"} {
		if strings.Contains(whole, part) {
			return strong
		}
	}
	switch {
	case strings.HasSuffix(whole, "pwd"), strings.HasPrefix(whole, "pwd"), strings.HasSuffix(whole, "pass") && !strings.HasSuffix(whole, "bypass") && !strings.HasSuffix(whole, "compass"):
		return strong
	case strings.HasPrefix(whole, "token"), strings.HasSuffix(whole, "token"), strings.Contains(whole, "tokenvalue"), strings.Contains(whole, "tokenauth"), strings.HasSuffix(whole, "authtokens"):
		if strings.HasPrefix(whole, "tokeni") || strings.HasPrefix(whole, "tokens") || strings.HasPrefix(whole, "tokenreview") {
			return weak
		}
		return strong
	case strings.HasSuffix(whole, "key"):
		return classOfKey(whole)
	case isLanguage(whole):
		return strong
	case isVendor(whole):
		return weak
	}
	return plain
}

// classOfLast returns what the last word of a name says by itself; depends when that depends on the others.
func classOfLast(last string) class {
	switch last {
	case "file", "files", "path", "dir", "url", "uri", "urls", "endpoint", "name", "names", "ref", "type", "len", "length", "count", "size", "limit",
		"expiry", "expires", "expiration", "expired", "ttl", "age", "policy", "algorithm", "alg", "format", "version", "required", "enabled",
		"disabled", "valid", "status", "error", "review", "issuer", "audience", "field", "header", "prefix", "suffix", "min", "max", "timeout",
		"interval", "encryption", "provider", "manager", "store", "service", "server", "host", "port", "user", "username", "login", "mount",
		"volume", "projection", "source", "in", "at", "exists", "used", "changed", "index", "class", "kind", "scope", "scopes", "rotation":
		return plain
	case "id", "traceid", "spanid", "requestid", "uid", "uuid", "guid", "trace", "span", "traceparent", "correlation", "commit", "sha", "sha1", "sha256", "sha512",
		"digest", "revision", "rev", "etag", "checksum", "md5", "image", "tag", "build", "integrity", "fingerprint", "thumbprint", "hash", "sum", "ref2", "head",
		"parent", "containerid", "imageid", "podid", "sandbox", "container", "resource", "subject", "oid", "ident":
		return identity
	case "pw", "psw", "otp", "totp", "psk", "jwt", "sid", "csrf", "xsrf", "hmac", "bearer", "sig", "signature", "pin", "pincode", "cookie", "session", "nonce", "passkey":
		return medium
	case "key", "pass", "token", "pwd":
		return depends
	case "keys", "code", "tokens", "secrets", "salt", "seed", "pepper", "license", "licence", "private", "hook", "webhook", "cert":
		return weak
	}
	return depends
}

// classOfKey returns what a name says that ends in key: what the key is of.
func classOfKey(whole string) class {
	of := strings.TrimSuffix(whole, "key")
	for _, open := range [...]string{
		"public", "primary", "foreign", "partition", "cache", "sort", "row", "object", "lookup", "index", "hash", "group", "label", "registry", "host",
		"idempotency", "routing", "map", "dict", "unique", "metric", "topology", "shard", "search", "translation", "message", "i18n", "hot", "mon", "tur", "don", "whis",
	} {
		if strings.HasSuffix(of, open) {
			return plain
		}
	}
	for _, closed := range [...]string{
		"api", "access", "secret", "private", "encryption", "encrypt", "crypt", "cipher", "signing", "sign", "master", "auth", "account", "license", "shared", "service",
		"deploy", "vault", "admin", "application", "app", "storage", "subscription", "ssh", "session", "consumer", "hmac", "aes", "rsa", "webhook",
		"client", "root", "unseal", "recovery", "age", "pgp", "gpg", "tls", "ssl", "wireguard", "restic", "stripe", "user", "server", "data", "security", "rails",
	} {
		if strings.HasSuffix(of, closed) {
			return strong
		}
	}
	return weak
}

// isCodeOf reports whether a code of that kind is a secret.
func isCodeOf(of string) bool {
	switch of {
	case "verification", "otp", "2fa", "mfa", "security", "recovery", "backup", "pin", "auth", "authorization", "activation", "invite", "pairing", "device":
		return true
	}
	return false
}

// isVendor reports whether a name is that of a service whose keys do not look like any.
func isVendor(whole string) bool {
	for _, vendor := range [...]string{"heroku", "snyk", "hubspot", "sendbird", "intercom", "sumo"} {
		if strings.HasPrefix(whole, vendor) {
			return true
		}
	}
	return false
}

// namesAuth reports whether a value of that name may be a secret, as that of REDISCLI_AUTH is. In prose it is none.
func namesAuth(name string) bool {
	return len(name) >= 4 && strings.EqualFold(name[len(name)-4:], "auth")
}

func isAuthorization(name string) bool {
	return strings.EqualFold(name, "authorization") || strings.EqualFold(name, "proxy-authorization") || strings.EqualFold(name, "authentication")
}

func isCookie(name string) bool {
	return strings.EqualFold(name, "cookie") || strings.EqualFold(name, "set-cookie")
}
