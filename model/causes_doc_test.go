package model_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	. "github.com/probetop/probetop/model"
)

// TestCausesAreDocumentedInTheirOrder compares docs/causes.md with the order in which causes are looked for.
func TestCausesAreDocumentedInTheirOrder(t *testing.T) {
	text, err := os.ReadFile("../docs/causes.md")
	if err != nil {
		t.Fatal(err)
	}
	row := regexp.MustCompile(`(?m)^\| \d+ \| ([^|]*) \|`)
	word := regexp.MustCompile("`([^`]+)`")
	var documented [][]CauseClass
	for _, m := range row.FindAllStringSubmatch(string(text), -1) {
		var classes []CauseClass
		for _, w := range word.FindAllStringSubmatch(m[1], -1) {
			classes = append(classes, CauseClass(w[1]))
		}
		documented = append(documented, classes)
	}
	order := CauseOrder()
	if len(documented) != len(order) {
		t.Fatalf("docs/causes.md has %d rows, the order %d steps", len(documented), len(order))
	}
	for i := range order {
		if !slices.Equal(documented[i], order[i]) {
			t.Errorf("row %d has %s, the order %s", i+1, documented[i], order[i])
		}
	}
	if strings.Contains(string(text), "restarting failed container") {
		t.Error("an example repeats the kubelet's boilerplate")
	}
}
