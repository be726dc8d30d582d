package mask

import (
	"cmp"
	"io"
	"slices"
	"strings"
)

// Hidden stands where a secret was.
const Hidden = "***"

// Policy says whether secrets are hidden. The zero value hides them.
type Policy uint8

// The policies.
const (
	// Hide hides what looks like a secret.
	Hide Policy = iota
	// Show leaves everything as it is.
	Show
)

// Text returns a text with what looks like a secret hidden, and the rest as it was.
func (p Policy) Text(s string) string {
	if p == Show {
		return s
	}
	return Text(s)
}

// Command returns the arguments of a command, masked, in a new slice.
func (p Policy) Command(args []string) []string {
	if p == Show {
		return args
	}
	masked, _ := Command(args)
	return masked
}

// Header returns the value of an HTTP header, masked.
func (p Policy) Header(name, value string) string {
	if p == Show {
		return value
	}
	return Header(name, value)
}

// Text returns a text with what looks like a secret hidden, and the rest as it was.
func Text(s string) string { return Replace(s, Find(s)) }

// Command returns the arguments of a command, masked, in a new slice, and the names of the variables that stand in the place of a
// secret: these are not hidden, because $(PASSWORD) tells nothing.
func Command(args []string) (masked, variables []string) {
	if args == nil {
		return nil, nil
	}
	found, variables := FindInCommand(args)
	masked = make([]string, len(args))
	for i, arg := range args {
		masked[i] = Replace(arg, found[i])
	}
	return masked, variables
}

// Span is a part of a text: from the byte at From to before the one at To.
type Span struct{ From, To int }

// Find returns what looks like a secret in a text, in order and without overlaps; nil for nothing.
func Find(s string) []Span {
	switch sift(s) {
	case harmless:
		return nil
	case written:
		m := masker{}
		return tidy(m.scan(s))
	}
	m := masker{}
	spans := slices.Clone(m.scan(s))
	for _, v := range versions(s) {
		hidden := masker{}
		spans = append(spans, v.back(hidden.scan(v.text))...)
	}
	return tidy(spans)
}

// FindInCommand does the same for the arguments of a command, which explain one another, and returns the names of the variables that
// stand in the place of a secret.
func FindInCommand(args []string) (found [][]Span, variables []string) {
	m := masker{}
	found = make([][]Span, len(args))
	for i, arg := range args {
		found[i] = slices.Clone(m.argument(arg))
		if sift(arg) == disguised {
			for _, v := range versions(arg) {
				hidden := masker{literal: m.literal}
				found[i] = append(found[i], v.back(hidden.scan(v.text))...)
			}
		}
		found[i] = tidy(found[i])
	}
	return found, m.variables
}

// Replace returns a text with its spans hidden.
func Replace(s string, spans []Span) string {
	if len(spans) == 0 {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	done := 0
	for _, span := range spans {
		b.WriteString(s[done:span.From])
		b.WriteString(Hidden)
		done = span.To
	}
	b.WriteString(s[done:])
	return b.String()
}

// tidy sorts spans and joins those that overlap.
func tidy(spans []Span) []Span {
	if len(spans) < 2 {
		return spans
	}
	slices.SortFunc(spans, func(a, b Span) int { return cmp.Compare(a.From, b.From) })
	kept := spans[:1]
	for _, s := range spans[1:] {
		if last := &kept[len(kept)-1]; s.From < last.To {
			last.To = max(last.To, s.To)
			continue
		}
		kept = append(kept, s)
	}
	return kept
}

// Writer returns a writer that masks what is written to it, each call by itself.
func Writer(out io.Writer, policy func() Policy) io.Writer { return &writer{out, policy} }

type writer struct {
	out    io.Writer
	policy func() Policy
}

// Write implements io.Writer. The number that it returns is that of the bytes it was given.
func (w *writer) Write(p []byte) (int, error) {
	if _, err := io.WriteString(w.out, w.policy().Text(string(p))); err != nil {
		return 0, err
	}
	return len(p), nil
}
