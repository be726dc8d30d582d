package tui

import (
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/probetop/probetop/model"
)

// fields are the columns that a filter can name, and what it then looks at, as of a moment.
var fields = map[string]func(*model.Row, time.Time) string{
	"ns":        func(r *model.Row, _ time.Time) string { return r.Pod.Namespace },
	"namespace": func(r *model.Row, _ time.Time) string { return r.Pod.Namespace },
	"name":      func(r *model.Row, _ time.Time) string { return r.Pod.Name },
	"status":    func(r *model.Row, _ time.Time) string { return r.Summary.Status },
	"state":     func(r *model.Row, _ time.Time) string { return r.Severity.String() },
	"why":       func(r *model.Row, now time.Time) string { return r.Headline(now) },
	"node":      func(r *model.Row, _ time.Time) string { return r.Pod.Node },
	"workload":  func(r *model.Row, _ time.Time) string { return r.Pod.Owner.String() },
}

// parseFilter reads what the user typed. The filter keeps the rows that every word of it matches:
// a text is looked for in names, status, the diagnosis as of now, workload and node; column:regex looks at one column;
// ! turns a word round. It is nil when there is nothing to look for. It finds a row or not whenever it is asked, however
// long after now: the order of rows relies on that.
func parseFilter(s string, now time.Time) (func(*model.Row) bool, error) {
	var terms []func(*model.Row) bool
	for word := range strings.FieldsSeq(s) {
		rest, not := strings.CutPrefix(word, "!")
		if rest == "" {
			continue
		}
		term, err := parseTerm(rest, now)
		if err != nil {
			return nil, err
		}
		if not {
			is := term
			term = func(r *model.Row) bool { return !is(r) }
		}
		terms = append(terms, term)
	}
	if len(terms) == 0 {
		return nil, nil
	}
	return func(r *model.Row) bool {
		for _, term := range terms {
			if !term(r) {
				return false
			}
		}
		return true
	}, nil
}

func parseTerm(word string, now time.Time) (func(*model.Row) bool, error) {
	name, pattern, ok := strings.Cut(word, ":")
	if !ok {
		return contains(word, now), nil
	}
	field := fields[strings.ToLower(name)]
	if field == nil {
		return nil, fmt.Errorf("no column %q: try ns, name, state, status, why, node or workload", name)
	}
	re, err := regexp.Compile("(?i)" + pattern)
	if err != nil {
		return nil, fmt.Errorf("%q is no regular expression", pattern)
	}
	return func(r *model.Row) bool { return re.MatchString(field(r, now)) }, nil
}

// contains looks for a text, whatever its case. A text with a slash can also be namespace/name or kind/name.
func contains(text string, now time.Time) func(*model.Row) bool {
	text = strings.ToLower(text)
	has := containsFold
	if strings.ContainsFunc(text, func(r rune) bool { return r >= utf8.RuneSelf }) {
		has = func(s, lower string) bool { return strings.Contains(strings.ToLower(s), lower) }
	}
	slash := strings.Contains(text, "/")
	return func(r *model.Row) bool {
		p := r.Pod
		return has(p.Name, text) || has(p.Namespace, text) || has(r.Summary.Status, text) || has(p.Node, text) ||
			has(p.Owner.Name, text) || has(p.Owner.Kind, text) || has(r.Headline(now), text) ||
			slash && (has(p.Namespace+"/"+p.Name, text) || has(p.Owner.String(), text))
	}
}

// containsFold reports whether s contains a text of lower-case ASCII, without regard to case.
func containsFold(s, lower string) bool {
	for i := 0; i+len(lower) <= len(s); i++ {
		n := 0
		for n < len(lower) && fold(s[i+n]) == lower[n] {
			n++
		}
		if n == len(lower) {
			return true
		}
	}
	return false
}

func fold(b byte) byte {
	if 'A' <= b && b <= 'Z' {
		return b + 'a' - 'A'
	}
	return b
}
