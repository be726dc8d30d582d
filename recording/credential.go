package recording

import "strings"

// namesCredential reports whether a value of that name is a credential, whatever it looks like. Names that
// say where one is found, or that there is none (--token-file, --no-password), do not count.
func namesCredential(name string) bool {
	var buffer [64]byte
	plain := buffer[:0]
	for i := range len(name) {
		if c := name[i]; isLetter(c) || isDigit(c) {
			if c >= 'A' && c <= 'Z' {
				c |= 0x20
			}
			plain = append(plain, c)
		}
	}
	s := string(plain)
	for _, suffix := range [...]string{"file", "path", "dir"} {
		if strings.HasSuffix(s, suffix) {
			return false
		}
	}
	if strings.HasPrefix(name, "--no-") {
		return false
	}
	for _, part := range [...]string{
		"password", "passwd", "pwd", "passphrase", "passcode", "secret", "token", "credential", "apikey", "privatekey", "accesskey",
	} {
		if strings.Contains(s, part) {
			return true
		}
	}
	return strings.HasSuffix(s, "pass")
}

// namesAuth reports whether a value of that name may be a credential, as that of REDISCLI_AUTH is. In prose it is none.
func namesAuth(name string) bool {
	return len(name) >= 4 && strings.EqualFold(name[len(name)-4:], "auth")
}

func isAuthorization(name string) bool {
	return strings.EqualFold(name, "authorization") || strings.EqualFold(name, "proxy-authorization")
}

func isCookie(name string) bool {
	return strings.EqualFold(name, "cookie") || strings.EqualFold(name, "set-cookie")
}
