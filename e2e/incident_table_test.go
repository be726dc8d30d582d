package e2e

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// table is the file that make incidents writes.
const table = "../docs/incidents.md"

// write writes the table of the battery.
func (b *battery) write(looks []int) error {
	var out strings.Builder
	right, all := b.count()
	fmt.Fprintf(&out, `# Incidents

What the first sentence of probetop says of %d incidents on a real kubelet, each looked at after %s minutes by a fresh
`+"`probetop get`"+` and by a `+"`get -w`"+` that has watched from the beginning. The headline is that of the last look.
`+"`make incidents`"+` plays them and writes this file. %d of %d are right at every look.

| incident | headline | verdict |
|---|---|---|
`, all, listOf(looks), right, all)
	for _, i := range incidents() {
		fmt.Fprintf(&out, "| %s | %s | %s |\n", i.name, cell(b.headlineOf(&i)), cell(b.verdictOf(&i)))
	}
	if err := os.WriteFile(table, []byte(out.String()), 0o644); err != nil {
		return fmt.Errorf("writing the table: %w", err)
	}
	return nil
}

// listOf are the minutes of the looks in words.
func listOf(looks []int) string {
	text := strings.Trim(strings.Join(strings.Fields(fmt.Sprint(looks)), ", "), "[]")
	if at := strings.LastIndex(text, ", "); at >= 0 {
		text = text[:at] + " and" + text[at+1:]
	}
	return text
}

// cell is a text in a table.
func cell(text string) string {
	return strings.NewReplacer("|", `\|`, "\n", " ").Replace(text)
}

// headlineOf is what the last look found of the first pod of an incident, and what its pods have in common.
func (b *battery) headlineOf(i *incident) string {
	text := ""
	for _, s := range slices.Backward(b.sights[i.name]) {
		if text = s.headline(); text != "" {
			break
		}
	}
	if group := b.groups[i.name]; group != "" {
		text = group + "; each: " + text
	}
	return text
}

// verdictOf is right, or what was wrong first.
func (b *battery) verdictOf(i *incident) string {
	if len(b.sights[i.name]) == 0 {
		return "not looked at"
	}
	for _, s := range b.sights[i.name] {
		if len(s.wrong) > 0 {
			return fmt.Sprintf("wrong after %d min: %s", s.minutes, s.wrong[0])
		}
	}
	return "right"
}

// count returns how many incidents are right at every look, and how many there are.
func (b *battery) count() (right, all int) {
	for i := range b.sights {
		if all++; b.verdictOf(&incident{name: i}) == "right" {
			right++
		}
	}
	return right, all
}

// TestIncidentsTable holds the committed table against the battery: make incidents writes it.
func TestIncidentsTable(t *testing.T) {
	text, err := os.ReadFile(table)
	if err != nil {
		t.Fatalf("reading the table: %v", err)
	}
	var rows, names []string
	for _, m := range regexp.MustCompile(`(?m)^\| ([a-z0-9-]+) \|`).FindAllSubmatch(text, -1) {
		rows = append(rows, string(m[1]))
	}
	for _, i := range incidents() {
		names = append(names, i.name)
	}
	if slices.Sort(names); len(slices.Compact(slices.Clone(names))) != len(names) {
		t.Error("two incidents have the same name")
	}
	rows = slices.DeleteFunc(rows, func(r string) bool { return r == "incident" })
	if slices.Sort(rows); !slices.Equal(rows, names) {
		t.Errorf("the table has %d incidents, the battery %d; want the same: make incidents", len(rows), len(names))
	}
}
