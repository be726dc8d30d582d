package fact

import (
	"fmt"
	"regexp"
	"strings"
)

// bareWord are the words that no shell reads anything into.
var bareWord = regexp.MustCompile(`^[A-Za-z0-9_@%+=:,./-]+$`)

// ShellPart is a part of a word: a text as it is, or what a shell variable holds.
type ShellPart struct{ Text, Variable string }

// ShellLine returns a command as a line to paste into a shell, which takes each word for one, as it is, and whatever is in
// it; a terminal shows the line as it is. It is right in every POSIX shell, dash among them. It is empty when there is no such
// line: no argument of a command has a NUL in it.
//
// What is not printable is written by printf, as octal bytes. The shell takes line ends off the end of what a command
// writes, so a text that ends in one is put into a variable first, with a full stop behind it.
func ShellLine(words []string) string {
	parts := make([][]ShellPart, len(words))
	for i, w := range words {
		parts[i] = []ShellPart{{Text: w}}
	}
	return ShellLineOf(parts)
}

// ShellLineOf is ShellLine for words of several parts.
func ShellLineOf(words [][]ShellPart) string {
	var line shellLine
	quoted := make([]string, len(words))
	for i, parts := range words {
		quoted[i] = line.word(parts)
	}
	if line.impossible {
		return ""
	}
	return line.before.String() + strings.Join(quoted, " ")
}

// shellLine is a line in the making.
type shellLine struct {
	// before are the variables that are set first, n of them.
	before strings.Builder
	n      int
	// impossible is set when there is a NUL in it.
	impossible bool
}

// word returns a word of several parts. What names a variable is read more easily when it stands within the same quotes.
func (l *shellLine) word(parts []ShellPart) string {
	if len(parts) == 2 && parts[1].Variable != "" && bareWord.MatchString(strings.ReplaceAll(parts[0].Text, " ", "")+"x") {
		return `"` + parts[0].Text + "$" + parts[1].Variable + `"`
	}
	var b strings.Builder
	for _, p := range parts {
		b.WriteString(l.part(p))
	}
	return b.String()
}

func (l *shellLine) part(p ShellPart) string {
	switch {
	case p.Variable != "":
		return `"$` + p.Variable + `"`
	case strings.ContainsRune(p.Text, 0):
		l.impossible = true
		return ""
	case strings.HasSuffix(p.Text, "\n"):
		name := fmt.Sprintf("arg%d", l.n)
		l.n++
		fmt.Fprintf(&l.before, "%s=$(printf '%s.'); ", name, octal(p.Text))
		return `"${` + name + `%.}"`
	}
	return shellWord(p.Text)
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
