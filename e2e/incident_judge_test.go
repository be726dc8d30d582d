package e2e

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// columns is how wide a headline should be, and early how many columns must name the cause.
const (
	columns = 100
	early   = 30
)

// boilerplate are words of kubelets and runtimes that a headline must not repeat.
var boilerplate = regexp.MustCompile(`(?i)back-off |restarting failed container|pod=|rpc error|desc =|combined from similar events|` +
	`[0-9a-f]{64}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|dial tcp|Get "?http|container_id|net/http:|\(Client\.Timeout|context deadline exceeded|` +
	`failed to (create|start) (containerd task|shim)|OCI runtime|runc create|MountVolume\.SetUp|error syncing|\\n|\\"`)

// judge returns what is wrong with a diagnosis. It must not name the bystanders.
func (e expectation) judge(d *reportedDiagnosis, bystanders []string) []string {
	if d == nil {
		if isOneOf(e.cause, "none") {
			return nil
		}
		return []string{"there is no diagnosis"}
	}
	var wrong []string
	complain := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	if !isOneOf(e.cause, d.Cause) {
		complain("the cause is %s, want %s", d.Cause, e.cause)
	}
	container, probe, _ := strings.Cut(e.blame, "/")
	if container != "" && d.Container != container {
		complain("the container is %q, want %s", d.Container, container)
	}
	if probe != "" && !isOneOf(probe, d.Probe) {
		complain("the probe is %q, want %s", d.Probe, probe)
	}
	if lacks := lacking(d.Headline, e.words); len(lacks) > 0 {
		complain("the headline lacks %q", lacks)
	}
	head := d.Headline
	if runes := []rune(head); len(runes) > early {
		head = string(runes[:early])
	}
	if len(lacking(head, e.early)) > 0 {
		complain("the first %d columns lack %q", early, e.early)
	}
	for _, word := range slices.Concat(words(e.never), bystanders) {
		if contains(d.Headline, word) {
			complain("the headline has %q", word)
		}
	}
	if said := boilerplate.FindString(d.Headline); said != "" {
		complain("the headline repeats %q", said)
	}
	return wrong
}

// words splits a list between commas.
func words(list string) []string {
	return slices.DeleteFunc(strings.Split(list, ", "), func(w string) bool { return w == "" })
}

// isOneOf reports whether a word is one of several with | between them.
func isOneOf(several, word string) bool { return slices.Contains(strings.Split(several, "|"), word) }

// lacking returns the words of a list of which a text has none of the several that would do.
func lacking(text, list string) []string {
	return slices.DeleteFunc(words(list), func(several string) bool {
		return slices.ContainsFunc(strings.Split(several, "|"), func(word string) bool { return contains(text, word) })
	})
}

// contains reports whether a word, or one that begins with it, is in a text. Upper and lower case are the same.
func contains(text, word string) bool {
	pattern := "(?i)" + regexp.QuoteMeta(word)
	if first, _ := utf8.DecodeRuneInString(word); unicode.IsLetter(first) || unicode.IsDigit(first) {
		pattern = `(?i)(^|[^\pL\pN])` + regexp.QuoteMeta(word)
	}
	return regexp.MustCompile(pattern).MatchString(text)
}

func TestJudgeIncident(t *testing.T) {
	want := headlines("liveness", "app/liveness", "503|refused").but("exit code")
	want.early = "liveness"
	right := reportedDiagnosis{Cause: "liveness", Container: "app", Probe: "liveness", Headline: "liveness killed app 6 times: HTTP 503 from /livez"}
	if wrong := want.judge(&right, []string{"envoy"}); len(wrong) != 0 {
		t.Errorf("a right diagnosis is judged wrong: %q", wrong)
	}
	for name, spoil := range map[string]func(*reportedDiagnosis){
		"cause":       func(d *reportedDiagnosis) { d.Cause = "exit" },
		"container":   func(d *reportedDiagnosis) { d.Container = "envoy" },
		"probe":       func(d *reportedDiagnosis) { d.Probe = "" },
		"reason":      func(d *reportedDiagnosis) { d.Headline = strings.ReplaceAll(d.Headline, "503", "1503") },
		"late":        func(d *reportedDiagnosis) { d.Headline = "something that is long and wrong: " + d.Headline },
		"blame":       func(d *reportedDiagnosis) { d.Headline += ", exit code 0" },
		"bystander":   func(d *reportedDiagnosis) { d.Headline += " as envoy did" },
		"boilerplate": func(d *reportedDiagnosis) { d.Headline += `: dial tcp 10.0.0.1:8080` },
	} {
		d := right
		spoil(&d)
		if wrong := want.judge(&d, []string{"envoy"}); len(wrong) != 1 {
			t.Errorf("a diagnosis that is spoiled by its %s has %d faults, want 1: %q", name, len(wrong), wrong)
		}
	}
	if wrong := want.judge(nil, nil); len(wrong) != 1 {
		t.Errorf("no diagnosis has %d faults, want 1", len(wrong))
	}
	if wrong := fine.judge(&right, nil); len(wrong) == 0 {
		t.Error("a diagnosis of a healthy pod is judged right")
	}
}
