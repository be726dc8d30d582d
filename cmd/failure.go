package cmd

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// The exit codes. They are part of the contract with scripts.
const (
	exitFine        = 0
	exitFailing     = 1
	exitUsage       = 2
	exitUnreachable = 3
	exitTimedOut    = 4
	exitInterrupted = 130
)

// failure is an error that ends the command: a sentence for the user with the next step, and the exit code. The sentence is
// empty when what was printed says it all.
type failure struct {
	sentence string
	code     int
	cause    error
}

func (f *failure) Error() string {
	if f.sentence == "" {
		return fmt.Sprintf("exit code %d", f.code)
	}
	return f.sentence
}

// Unwrap returns the chain behind the sentence, for --debug-log.
func (f *failure) Unwrap() error { return f.cause }

// usage returns a failure that the user can mend in what he typed or configured.
func usage(format string, args ...any) *failure {
	return &failure{sentence: fmt.Sprintf(format, args...), code: exitUsage}
}

// because adds the error behind a failure.
func because(f *failure, err error) *failure {
	f.cause = err
	return f
}

// nameList lists the keys of a map in order, the first ten of them.
func nameList[V any](m map[string]V) string {
	names := slices.Sorted(maps.Keys(m))
	if rest := len(names) - 10; rest > 0 {
		names = append(names[:10], fmt.Sprintf("and %d more", rest))
	}
	return strings.Join(names, ", ")
}
