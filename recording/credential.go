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

func isAuthorization(name string) bool {
	return strings.EqualFold(name, "authorization") || strings.EqualFold(name, "proxy-authorization")
}

func isCookie(name string) bool {
	return strings.EqualFold(name, "cookie") || strings.EqualFold(name, "set-cookie")
}

// program is how a program takes a password by a short flag.
type program struct {
	// flags are those that the password follows as an argument of its own, separated by spaces.
	flags string
	// attached is the flag that the password follows immediately.
	attached string
}

// programNamed returns the program of that name; the zero program when it is none that we know of. These are
// the ones that probes run.
func programNamed(name string) program {
	switch name {
	case "redis-cli", "valkey-cli", "keydb-cli":
		return program{flags: "-a"}
	case "mysql", "mysqladmin", "mysqlcheck", "mysqlsh", "mariadb", "mariadb-admin", "mariadb-check":
		return program{attached: "-p"}
	case "mongo", "mongosh", "cqlsh", "sshpass", "rabbitmqadmin":
		return program{flags: "-p", attached: "-p"}
	case "curl":
		return program{flags: "-u --user -U --proxy-user", attached: "-u"}
	case "etcdctl":
		return program{flags: "--user"}
	case "sqlcmd":
		return program{flags: "-P", attached: "-P"}
	case "ldapsearch", "ldapwhoami":
		return program{flags: "-w", attached: "-w"}
	}
	return program{}
}

// hasWord reports whether word is one of words.
func hasWord(words, word string) bool {
	for w := range strings.FieldsSeq(words) {
		if w == word {
			return true
		}
	}
	return false
}
