package prober

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/probetop/probetop/model"
)

// bare are the words that no shell reads anything into.
var bare = regexp.MustCompile(`^[A-Za-z0-9_@%+=:,./-]+$`)

// quote returns a word so that a shell takes it for one, and a terminal for harmless: what is not printable is
// written as octal bytes between $' and '.
func quote(word string) string {
	switch {
	case bare.MatchString(word) && word[0] != '=' && word[0] != '%':
		return word
	case model.Printable(word) == word:
		// Quotes stand outside of the quotes, and so do backslashes: in fish, one takes the meaning from a quote within.
		return "'" + strings.NewReplacer("'", `'\''`, `\`, `'\\'`).Replace(word) + "'"
	}
	var b strings.Builder
	b.WriteString("$'")
	for i := range len(word) {
		switch c := word[i]; {
		// A shell that does not know $' ends the word at the next quote, even one behind a backslash.
		case c < ' ' || c > '~' || c == '\'' || c == '\\':
			fmt.Fprintf(&b, `\%03o`, c)
		default:
			b.WriteByte(c)
		}
	}
	return b.String() + "'"
}

// quoteAll quotes the words of a command.
func quoteAll(words []string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = quote(w)
	}
	return strings.Join(quoted, " ")
}
