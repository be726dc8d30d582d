package fact

import "strings"

// Labels are the labels of a pod, or the selector of a Service, as kubectl writes them: key=value, sorted by key
// and separated by commas. Neither keys nor values can hold either character.
type Labels string

// Selects reports whether a Service with selector l has a pod with these labels among its own. A Service
// without a selector has none.
func (l Labels) Selects(labels Labels) bool {
	if l == "" {
		return false
	}
	for pair := range strings.SplitSeq(string(l), ",") {
		if !labels.has(pair) {
			return false
		}
	}
	return true
}

func (l Labels) has(pair string) bool {
	for own := range strings.SplitSeq(string(l), ",") {
		if own == pair {
			return true
		}
	}
	return false
}
