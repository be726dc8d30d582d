package prober

import (
	"strings"
	"unicode/utf8"

	corev1 "k8s.io/api/core/v1"
)

// expandCommand returns the command of an exec probe with its $(NAME) references expanded from the container's env
// alone. A variable whose value comes from elsewhere is empty, and one that is not in env stays as it is written.
// It mirrors ExpandContainerCommandOnlyStatic of pkg/kubelet/container/helpers.go.
func expandCommand(command []string, env []corev1.EnvVar, node NodeInfo) []string {
	values := make(map[string]string, len(env))
	for i := range env {
		values[env[i].Name] = env[i].Value
	}
	expanded := make([]string, len(command))
	for i, word := range command {
		expanded[i] = expand(word, values, node)
	}
	return expanded
}

// expand mirrors third_party/forked/golang/expansion/expand.go.
func expand(word string, values map[string]string, node NodeInfo) string {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(word, "$")
		b.WriteString(before)
		switch {
		case !found:
			return b.String()
		case rest == "":
			b.WriteByte('$')
			return b.String()
		case rest[0] == '$':
			b.WriteByte('$')
			word = rest[1:]
		case rest[0] == '(':
			word = expandReference(&b, rest, values)
		default:
			word = keepDollar(&b, rest, node)
		}
	}
}

// expandReference writes what (NAME) at the beginning of rest stands for, and returns what follows it.
func expandReference(b *strings.Builder, rest string, values map[string]string) string {
	name, after, closed := strings.Cut(rest[1:], ")")
	if !closed {
		b.WriteString("$(")
		return rest[1:]
	}
	if value, ok := values[name]; ok {
		b.WriteString(value)
	} else {
		b.WriteString("$(" + name + ")")
	}
	return after
}

// keepDollar writes a dollar that means nothing with the character that follows it, and returns what follows both.
// Until 1.33 the first byte of the character was taken for one.
func keepDollar(b *strings.Builder, rest string, node NodeInfo) string {
	r, size := utf8.DecodeRuneInString(rest)
	if node.before(34) {
		r, size = rune(rest[0]), 1
	}
	b.WriteByte('$')
	b.WriteRune(r)
	return rest[size:]
}
