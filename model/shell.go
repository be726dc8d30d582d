package model

import (
	"fmt"
	"regexp"
	"strings"
)

// bareWord are the words that no shell reads anything into.
var bareWord = regexp.MustCompile(`^[A-Za-z0-9_@%+=:,./-]+$`)

// ShellLine returns a command as a line to paste into a shell, which takes each word for one, as it is, and whatever is in
// it; a terminal shows the line as it is. It is right in every POSIX shell, dash among them. It is empty when there is no such
// line: no argument of a command has a NUL in it.
//
// What is not printable is written by printf, as octal bytes. The shell takes line ends off the end of what a command
// writes, so a word that ends in one is put into a variable first, with a full stop behind it.
func ShellLine(words []string) string {
	var before strings.Builder
	quoted := make([]string, len(words))
	for i, w := range words {
		switch {
		case strings.ContainsRune(w, 0):
			return ""
		case strings.HasSuffix(w, "\n"):
			name := fmt.Sprintf("arg%d", i)
			fmt.Fprintf(&before, "%s=$(printf '%s.'); ", name, octal(w))
			quoted[i] = `"${` + name + `%.}"`
		default:
			quoted[i] = shellWord(w)
		}
	}
	return before.String() + strings.Join(quoted, " ")
}

// shellWord quotes a word that does not end in a line end.
func shellWord(word string) string {
	switch {
	case bareWord.MatchString(word) && word[0] != '=' && word[0] != '%':
		return word
	case Printable(word) == word:
		// Quotes stand outside of the quotes, and so do backslashes: in fish, one takes the meaning from a quote within.
		return "'" + strings.NewReplacer("'", `'\''`, `\`, `'\\'`).Replace(word) + "'"
	}
	return `"$(printf '` + octal(word) + `')"`
}

// octal writes a word as printf's format: what a shell might read something into as octal bytes, the exclamation mark
// among it, which shells at a prompt look for between double quotes.
func octal(word string) string {
	var b strings.Builder
	for i := range len(word) {
		switch c := word[i]; {
		case i == 0 && c == '-', c < ' ' || c > '~' || c == '\'' || c == '"' || c == '\\' || c == '!' || c == '%' || c == '`' || c == '$':
			fmt.Fprintf(&b, `\%03o`, c)
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}
