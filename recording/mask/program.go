package mask

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
	// asks is set when the program takes commands such as auth.
	asks bool
	// oracle is set when it takes user/password@host, percent when it takes user%password.
	oracle, percent bool
}

// programNamed returns the program of that name; the zero program when it is none that we know of. These are
// the ones that probes run.
func programNamed(name string) program {
	switch name {
	case "redis-cli", "valkey-cli", "keydb-cli", "redis-benchmark", "valkey-benchmark":
		return program{letters: "a", follows: true, asks: true}
	case "mysql", "mysqladmin", "mysqlcheck", "mysqlsh", "mysqldump", "mysqlshow", "mysqlimport", "mysqlslap",
		"mariadb", "mariadb-admin", "mariadb-check", "mariadb-dump", "mariadb-show":
		return program{letters: "p", attached: true}
	case "mongo", "mongosh", "mongodump", "mongostat", "mongoexport", "cqlsh", "sshpass", "rabbitmqadmin", "clickhouse", "clickhouse-client":
		return program{letters: "p", follows: true, attached: true}
	case "login": // docker login, oc login, az login
		return program{letters: "p", follows: true}
	case "curl":
		return program{
			letters: "uUb", follows: true, attached: true, plain: "0123456afgGiIjkLlMnNOpqRsSvVZ#",
			long: "--user --proxy-user --cookie --oauth2-bearer --pass --proxy-pass --tlspassword --aws-sigv4",
		}
	case "http", "https", "xh":
		return program{letters: "a", follows: true}
	case "ab":
		return program{letters: "AP", follows: true}
	case "etcdctl":
		return program{long: "--user"}
	case "sqlcmd", "bcp", "isql", "mosquitto_sub", "mosquitto_pub", "mosquitto_rr", "ipmitool", "zip", "unzip": //nolint:misspell // the names of programs
		return program{letters: "P", follows: true, attached: true}
	case "sqlplus", "tnsping", "rman":
		return program{oracle: true}
	case "smbclient", "rpcclient", "winexe":
		return program{percent: true}
	case "snmpget", "snmpwalk", "snmpstatus", "snmpbulkwalk":
		return program{letters: "cAX", follows: true, attached: true}
	case "nodetool", "jmxterm", "plink", "pscp":
		return program{long: "-pw", follows: true}
	case "influx":
		return program{long: "-password --password -t", follows: true}
	case "lftp":
		return program{letters: "u", follows: true}
	case "ldapsearch", "ldapwhoami", "ldapadd", "ldapmodify", "ldapcompare":
		return program{letters: "w", follows: true, attached: true, plain: "AcCILMnNQvxZ"}
	}
	return program{}
}

// short returns where the short flag of the password ends in an argument that begins with a dash; 0 when it has none.
func (p program) short(arg string) int {
	if p.letters == "" {
		return 0
	}
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
	return p.follows && p.short(flag) > 0 && p.short(flag) == len(flag) || p.assigns(flag)
}

// assigns reports whether the password is what is assigned to that flag.
func (p program) assigns(flag string) bool { return p.long != "" && hasWord(p.long, flag) }

// hasWord reports whether word is one of words.
func hasWord(words, word string) bool {
	for w := range strings.FieldsSeq(words) {
		if w == word {
			return true
		}
	}
	return false
}
