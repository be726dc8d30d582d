package prober

import (
	"slices"
	"strconv"
	"strings"

	"github.com/probetop/probetop/model"
	"github.com/probetop/probetop/recording/mask"
)

// Variable is a shell variable that stands in a command line in the place of a secret.
type Variable struct {
	// Name is the variable's, without a dollar sign.
	Name string
	// Of says what it is to be set to, as in "header X-Api-Key".
	Of string
}

// paste is a command line in the making, in which secrets become variables.
type paste struct {
	policy mask.Policy
	words  [][]model.ShellPart
	fill   []Variable
	// secrets are what the variables stand for.
	secrets []string
}

// add appends words that have no secrets in them, or are arguments that explain one another when all is set.
func (l *paste) add(words ...string) {
	var found [][]mask.Span
	if l.policy == mask.Hide {
		found, _ = mask.FindInCommand(words)
	}
	for i, w := range words {
		if found == nil || len(found[i]) == 0 {
			l.words = append(l.words, literally(w))
			continue
		}
		l.words = append(l.words, l.filled(w, found[i], "SECRET", "the secret in "+strconv.Quote(mask.Replace(w, found[i]))))
	}
}

// header appends a header for curl.
func (l *paste) header(name, value string) {
	word := curlHeader(name, value)
	hidden := l.policy.Header(name, value)
	if hidden == value {
		l.words = append(l.words, literally("-H"), literally(word))
		return
	}
	begin := len(word) - len(value)
	spans := []mask.Span{{From: begin, To: len(word)}}
	if hidden != mask.Hidden {
		spans = mask.Find(value)
		for i := range spans {
			spans[i].From += begin
			spans[i].To += begin
		}
	}
	l.words = append(l.words, literally("-H"), l.filled(word, spans, variableOf(name), "header "+strconv.Quote(name)))
}

// literally is a word that is one text.
func literally(word string) []model.ShellPart { return []model.ShellPart{{Text: word}} }

// filled returns a word in which variables stand in the place of spans.
func (l *paste) filled(word string, spans []mask.Span, name, of string) []model.ShellPart {
	var parts []model.ShellPart
	done := 0
	literal := func(end int) {
		if end > done {
			parts = append(parts, model.ShellPart{Text: word[done:end]})
		}
	}
	for _, span := range spans {
		literal(span.From)
		parts = append(parts, model.ShellPart{Variable: l.variable(word[span.From:span.To], name, of)})
		done = span.To
	}
	literal(len(word))
	return parts
}

// variable returns the name of the variable for a secret: the same for the same secret.
func (l *paste) variable(secret, name, of string) string {
	if i := slices.Index(l.secrets, secret); i >= 0 {
		return l.fill[i].Name
	}
	taken := func(name string) bool {
		return slices.ContainsFunc(l.fill, func(v Variable) bool { return v.Name == name })
	}
	free := name
	for n := 2; taken(free); n++ {
		free = name + "_" + strconv.Itoa(n)
	}
	l.secrets, l.fill = append(l.secrets, secret), append(l.fill, Variable{free, of})
	return free
}

// variableOf returns the name of a variable for the value of a header: one that means nothing to a shell.
func variableOf(header string) string {
	name := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' {
			return r - 'a' + 'A'
		}
		if r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return '_'
	}, header)
	switch name {
	case "AUTHORIZATION", "COOKIE":
		return name
	}
	if !strings.Contains(strings.Trim(name, "_"), "_") || !strings.HasPrefix(name, "X_") {
		return "HEADER_" + name // $PATH and $USER are taken
	}
	return name
}
