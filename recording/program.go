package recording

import "strings"

// program is how a program takes a password by flags.
type program struct {
	// letters are the short flags of the password. It follows as an argument of its own, or is attached to the flag.
	letters           string
	follows, attached bool
	// plain are the short flags without a value: they may precede a letter in the same argument.
	plain string
	// long are the flags, separated by spaces, that do not say by their names that a password follows.
	long string
}

// programNamed returns the program of that name; the zero program when it is none that we know of. These are
// the ones that probes run.
func programNamed(name string) program {
	switch name {
	case "redis-cli", "valkey-cli", "keydb-cli":
		return program{letters: "a", follows: true}
	case "mysql", "mysqladmin", "mysqlcheck", "mysqlsh", "mariadb", "mariadb-admin", "mariadb-check":
		return program{letters: "p", attached: true}
	case "mongo", "mongosh", "cqlsh", "sshpass", "rabbitmqadmin":
		return program{letters: "p", follows: true, attached: true}
	case "curl":
		return program{
			letters: "uU", follows: true, attached: true, plain: "0123456afgGiIjkLlMnNOpqRsSvVZ#", long: "--user --proxy-user",
		}
	case "etcdctl":
		return program{long: "--user"}
	case "sqlcmd":
		return program{letters: "P", follows: true, attached: true}
	case "ldapsearch", "ldapwhoami":
		return program{letters: "w", follows: true, attached: true, plain: "AcCILMnNQvxZ"}
	}
	return program{}
}

// short returns where the short flag of the password ends in an argument that begins with a dash; 0 when it has none.
func (p program) short(arg string) int {
	for at := 1; at < len(arg); at++ {
		switch c := arg[at]; {
		case strings.IndexByte(p.letters, c) >= 0:
			return at + 1
		case strings.IndexByte(p.plain, c) < 0:
			return 0
		}
	}
	return 0
}

// takes reports whether the password is the argument behind that flag.
func (p program) takes(flag string) bool {
	return p.follows && p.short(flag) == len(flag) || p.assigns(flag)
}

// assigns reports whether the password is what is assigned to that flag.
func (p program) assigns(flag string) bool { return hasWord(p.long, flag) }

// hasWord reports whether word is one of words.
func hasWord(words, word string) bool {
	for w := range strings.FieldsSeq(words) {
		if w == word {
			return true
		}
	}
	return false
}
