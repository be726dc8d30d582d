package lint

import (
	"fmt"
	"slices"

	"github.com/probetop/probetop/model"
)

// AcceptPrefix is how the annotations begin that accept a finding: lint.probetop/RULE or lint.probetop/RULE.CONTAINER, with the
// reason as the value.
const AcceptPrefix = "lint.probetop/"

// Accepted is a finding that an annotation accepts, and why.
type Accepted struct {
	Finding

	Reason string
}

// Accept takes out of the findings about a pod what its annotations accept. An annotation that names no rule, or gives no reason,
// accepts nothing and is a finding itself.
func Accept(pod *model.Pod, findings []Finding) (open []Finding, accepted []Accepted) {
	for _, f := range findings {
		if i := slices.IndexFunc(pod.Accepted, func(a model.Acceptance) bool { return covers(a, f) }); i >= 0 {
			accepted = append(accepted, Accepted{f, pod.Accepted[i].Reason})
			continue
		}
		open = append(open, f)
	}
	for _, a := range pod.Accepted {
		key := AcceptPrefix + a.Rule
		if a.Container != "" {
			key += "." + a.Container
		}
		finding := Finding{Rule: Acceptance, Level: Warning, Container: a.Container, Fields: []string{"metadata.annotations{" + key + "}"}}
		switch {
		case About(Rule(a.Rule)) == nil:
			finding.Evidence, finding.Consequence = fmt.Sprintf("annotation %s names no rule", key), "it accepts nothing"
		case a.Reason == "":
			finding.Evidence, finding.Consequence = fmt.Sprintf("annotation %s gives no reason", key), "it accepts nothing: its value is to be why"
		case a.Container != "" && pod.Container(a.Container) == nil:
			finding.Evidence, finding.Consequence = fmt.Sprintf("annotation %s names no container of the pod", key), "it accepts nothing"
		default:
			continue
		}
		open = append(open, finding)
	}
	sortFindings(open)
	return open, accepted
}

func covers(a model.Acceptance, f Finding) bool {
	return a.Reason != "" && Rule(a.Rule) == f.Rule && (a.Container == "" || a.Container == f.Container)
}
