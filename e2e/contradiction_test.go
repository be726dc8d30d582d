package e2e

import (
	"fmt"
	"strings"
	"testing"
)

// judge fails a test if the story was not told, or was contradicted.
func (s *story) judge(t *testing.T, wrong error, lines []tale) {
	t.Helper()
	if wrong != nil {
		t.Error(wrong)
	}
	if c := s.contradicts(lines); c != "" {
		t.Error(c)
	}
	for i := range lines {
		if t.Failed() {
			t.Logf("%s: %s", lines[i].at.Format("15:04:05.0"), &lines[i])
		}
	}
}

// contradicts says where a line is sure of something that the story does not have; nothing when no line is.
func (s *story) contradicts(lines []tale) string {
	states, causes := s.plot()
	for i := range lines {
		line := &lines[i]
		for _, c := range line.Containers {
			if len(causes) == 0 && c.Restarts > 0 && c.Kind != "init" {
				return fmt.Sprintf("%s was restarted, which is not in the story: %s", c.Name, line)
			}
			for k := range c.Probes {
				p := &c.Probes[k]
				key := c.Name + "/" + p.Type
				if sure(p.Certainty) && !states[key+" "+p.State] && !notListening(p) {
					return fmt.Sprintf("%s, which is not in the story: %s", key, line)
				}
			}
		}
		for _, r := range line.Restarts {
			if sure(r.Certainty) && !causes[r.Cause] {
				return fmt.Sprintf("a restart by %s, which is not in the story: %s", r.Cause, line)
			}
		}
	}
	return ""
}

// notListening reports whether a probe fails because its container does not listen yet, or any more.
func notListening(p *reportedProbe) bool {
	return (p.State == "failing" || p.State == "failed") && p.LastFailure != nil && p.LastFailure.Cause == "REFUSED"
}

// plot is what lines may be sure of: the states and causes of the beats, and what comes before them.
func (s *story) plot() (states, causes map[string]bool) {
	states, causes = map[string]bool{}, map[string]bool{}
	spec := s.also
	for i := range s.beats {
		if words := s.beats[i].probes; words != "" {
			spec = strings.TrimPrefix(spec+", "+words, ", ")
		}
		for cause := range strings.FieldsSeq(s.beats[i].restarts) {
			causes[strings.TrimSuffix(cause, "?")] = true
		}
	}
	for claim := range strings.SplitSeq(spec, ", ") {
		name, rest, _ := strings.Cut(claim, " ")
		if !strings.Contains(name, "/") {
			name = "main/" + name
		}
		state, _, _ := strings.Cut(rest, " ")
		for _, before := range append([]string{state, "waiting", "delayed", "gated"}, leads[state]...) {
			states[name+" "+before] = true
		}
	}
	return states, causes
}

// leads are the states that a probe goes through before it is in another.
var leads = map[string][]string{"failed": {"failing", "starting"}, "erroring": {"starting"}, "held": {"starting"}}
