package lint_test

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/probetop/probetop/model/lint"
)

var update = flag.Bool("update", false, "write docs/lint.md")

const docFile = "../../docs/lint.md"

// TestRulesAreDocumented compares docs/lint.md, from its list of rules on, with the rules; -update writes it.
func TestRulesAreDocumented(t *testing.T) {
	have, err := os.ReadFile(docFile)
	if err != nil {
		t.Fatal(err)
	}
	const mark = "<!-- The rest is written by go test ./model/lint -update. -->\n"
	head, _, ok := strings.Cut(string(have), mark)
	if !ok {
		t.Fatalf("%s has no line %q", docFile, mark)
	}
	want := head + mark + documentation()
	if *update {
		if err := os.WriteFile(docFile, []byte(want), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if string(have) != want {
		t.Errorf("%s does not say what the rules do: go test ./model/lint -update", docFile)
	}
}

// documentation writes the rules out.
func documentation() string {
	var b strings.Builder
	for _, text := range lint.Texts {
		levels := make([]string, len(text.Levels))
		for i, l := range text.Levels {
			levels[i] = string(l)
		}
		kind := strings.Join(levels, ", ")
		if text.Live {
			kind += "; of a cluster or a recording only"
		}
		fmt.Fprintf(&b, "\n### %s\n\n*%s*\n\n%s\n\nWhy: %s\n\nFix: %s\n", text.Rule, kind, text.What, text.Why, text.Fix)
	}
	return b.String()
}

func TestRulesAreToldApart(t *testing.T) {
	worst, seen := lint.Error, []lint.Rule{}
	for _, text := range lint.Texts {
		if slices.Contains(seen, text.Rule) {
			t.Errorf("%s is there twice", text.Rule)
		}
		seen = append(seen, text.Rule)
		for _, s := range []string{text.What, text.Why, text.Fix} {
			if !strings.HasSuffix(s, ".") {
				t.Errorf("%s: %q is no sentence", text.Rule, s)
			}
		}
		if len(text.Levels) == 0 || !worst.AtLeast(text.Levels[0]) {
			t.Errorf("%s is %v, after %s", text.Rule, text.Levels, worst)
		} else {
			worst = text.Levels[0]
		}
	}
	if lint.About("no-such-rule") != nil || lint.About(lint.HostSet) == nil {
		t.Error("About finds what does not exist, or does not find what does")
	}
}
