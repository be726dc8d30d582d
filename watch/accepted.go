package watch

import (
	"cmp"
	"slices"
	"strings"

	"github.com/probetop/probetop/model"
)

// acceptPrefix is how the annotations begin that accept a finding of lint; recordings keep them.
const acceptPrefix = "lint.probetop/"

// acceptedOf reads what is accepted out of the annotations of a pod.
func acceptedOf(in *interner, annotations map[string]string) []model.Acceptance {
	var accepted []model.Acceptance
	for key, reason := range annotations {
		name, ok := strings.CutPrefix(key, acceptPrefix)
		if !ok {
			continue
		}
		rule, container, _ := strings.Cut(name, ".")
		accepted = append(accepted, model.Acceptance{
			Rule: in.string(rule), Container: in.string(container), Reason: in.text(strings.TrimSpace(reason)),
		})
	}
	slices.SortFunc(accepted, func(a, b model.Acceptance) int {
		return cmp.Or(cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Container, b.Container))
	})
	return accepted
}
